"""`cyder regrade`: the score once more from the log, also by corrected checks."""

from __future__ import annotations

import json

import click
from rich.console import Console

from range.errors import CyderError, InvalidInput, Problem
from range.events.event import Kind
from range.events.folder import ExerciseFolder, find
from range.grading.compare import Change, compared
from range.grading.grade import grade
from range.grading.result import Grade, summary, summary_text
from range.load.scenario import load_scenario
from range.scenario.scenario import Bundle
from range.settings import settings
from scoreboard.table import board


@click.command()
@click.argument("exercise")
@click.option(
    "--scenario", metavar="PATH", help="Grade by the checks of this scenario folder instead."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(exercise: str, scenario: str | None, as_json: bool) -> None:
    """Compute the score of EXERCISE (an id, a folder, or `last`) again from its log.

    The same log and scenario give the same bytes. With --scenario, says what changed and which
    checks cannot be graded again because their probe asks another question than the log answers.
    """
    folder = find(settings(), exercise)
    bundle = folder.bundle() if scenario is None else _replaced(folder, scenario)
    with folder.read() as log:
        log.verify()
        result = grade(bundle, log.read(), exercise=folder.id)
    console = Console()
    if scenario is None:
        if as_json:
            click.echo(summary_text(result), nl=False)
        else:
            console.print(board(result, width=console.width))
            click.echo(_against(folder, result))
        return
    changes = _changes(folder, result)
    if as_json:
        told = {
            **summary(result),
            "changes": [change.as_json() for change in changes],
            "not_regraded": list(result.stale),
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    console.print(board(result, width=console.width))
    for change in changes:
        click.echo(str(change))
    for name in result.stale:
        click.echo(
            f"{name}: cannot be regraded: its probe changed, nothing was seen by the new one"
        )


def _replaced(folder: ExerciseFolder, scenario: str) -> Bundle:
    """Load the bundle of another folder; InvalidInput when it is another scenario."""
    loaded = load_scenario(scenario, settings())
    with folder.read() as log:
        names = {str(event.data.get("scenario")) for event in log.only(Kind.CREATED)}
    if loaded.scenario.name not in names:
        told = f"this is scenario {loaded.scenario.name}; the exercise ran {', '.join(names)}"
        raise InvalidInput([Problem(str(loaded.folder), 0, 0, told)])
    return loaded.bundle


def _against(folder: ExerciseFolder, result: Grade) -> str:
    """Compare with what was written when the exercise ended."""
    try:
        before = folder.result.read_text(encoding="utf-8")
    except OSError:
        return "No result was written when it ended; there is nothing to compare with."
    if before == summary_text(result):
        return "Identical to the result written when it ended, byte for byte."
    return f"Differs from {folder.result}: marks were given since, or the grading changed."


def _changes(folder: ExerciseFolder, result: Grade) -> list[Change]:
    """Compare with the grade by the frozen scenario, where that can be read."""
    try:
        bundle = folder.bundle()
    except CyderError:
        return []  # damaged: that is why it was replaced
    with folder.read() as log:
        return compared(grade(bundle, log.read(), exercise=folder.id), result)
