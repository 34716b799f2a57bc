"""`cyder score`: the score of an exercise, point by point where asked."""

from __future__ import annotations

import difflib
import json

import click
from rich.console import Console

from range.errors import CyderError
from range.events.folder import find
from range.grading.result import full
from range.report.explain import explained
from range.report.standings import Standings
from range.report.words import say
from range.scenario.model import Language
from range.settings import settings
from scoreboard.table import board


@click.command()
@click.argument("exercise")
@click.option("--explain", "check", metavar="CHECK", help="Trace every point of one check.")
@click.option("--team", help="Explain for this team only.")
@click.option("--language", type=click.Choice(["ja", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every check.")
def command(
    exercise: str, check: str | None, team: str | None, language: Language, as_json: bool
) -> None:
    """Show the score of EXERCISE (an id, a folder, or `last`), and why."""
    folder = find(settings(), exercise)
    with folder.read() as log:
        standings = Standings.of(folder, log)
        bundle, result = standings.bundle, standings.grade
    if as_json:
        told = full(result)
        if check is not None:
            for item in told["teams"]:
                item["checks"] = [entry for entry in item["checks"] if entry["check"] == check]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    if check is not None:
        known = bundle.scenario.checks
        if check not in known:
            close = difflib.get_close_matches(check, known, 1)
            raise CyderError(
                f"{bundle.scenario.name} has no check {check}",
                hint=f"Did you mean {close[0]}?" if close else f"Checks are {', '.join(known)}.",
            )
        for item in result.teams:
            if team in (None, item.team):
                click.echo("\n".join(explained(bundle.scenario, item, check, language)))
        return
    console = Console()
    console.print(board(result, language, console.width))
    for item in result.teams:
        if item.reasons:
            why = say("comma", language).join(say(reason, language) for reason in item.reasons)
            click.echo(f"{item.name}: {say('provisional', language)}: {why}")
