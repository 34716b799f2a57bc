"""`cyder validate`: every mistake of a scenario's files, each with its place."""

from __future__ import annotations

import json
import sys

import click

from range.errors import InvalidInput, Problem
from range.load.folder import load_folder
from range.load.scenario import Loaded
from range.settings import settings


@click.command("validate")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print {'errors': [...]} instead of lines.")
def command(paths: tuple[str, ...], as_json: bool) -> None:
    """Check scenario folders (or names of shipped scenarios), with their responders.

    Exit code 2 when there is any mistake.
    """
    problems: list[Problem] = []
    fine: list[Loaded] = []
    for path in paths:
        try:
            fine.append(load_folder(path, settings()))
        except InvalidInput as error:
            problems += error.problems
    problems = sorted(set(problems))
    if as_json:
        click.echo(json.dumps({"errors": [_shown(item) for item in problems]}, ensure_ascii=False))
    else:
        for loaded in fine:
            click.echo(_summary(loaded))
    if problems and as_json:
        sys.exit(InvalidInput.exit_code)
    if problems:
        count = len(problems)
        raise InvalidInput(problems, hint=f"{count} mistake{'s' if count > 1 else ''}")


def _shown(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
    }


def _summary(loaded: Loaded) -> str:
    scenario = loaded.scenario
    nodes = sum(node.count for node in scenario.nodes.values())
    counts = (
        f"{nodes} nodes, {len(scenario.injects)} injects, {len(scenario.checks)} checks, "
        f"{len(scenario.forms)} forms"
    )
    return f"{loaded.folder}: no mistakes ({counts})"
