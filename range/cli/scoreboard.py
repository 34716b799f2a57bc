"""`cyder scoreboard`: the board of an exercise, on a big screen, as JSON or as a page."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from range.errors import CyderError
from range.events.folder import find
from range.events.log import Log
from range.grading.result import summary_text
from range.report.board import Boards
from range.scenario.model import Language, parse_at, parse_duration
from range.settings import settings
from scoreboard.face import Face
from scoreboard.pseudonyms import pseudonyms
from scoreboard.source import Source
from scoreboard.table import board as table


class NoTerminal(CyderError):
    """The big screen was asked for where there is none."""

    exit_code = 2


class Written(click.ParamType[int]):
    """An argument in the scenario language's own way of writing it."""

    def __init__(self, name: str, read: Callable[[Any], int]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return seconds."""
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("exercise")
@click.option("--once", is_flag=True, help="Print the standings and leave.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as `cyder run --json` does.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the board as a page that needs nothing else.")  # fmt: skip
@click.option("--ranks/--no-ranks", default=True, help="Order teams by score, or not.")
@click.option("--pseudonyms", "masked", is_flag=True, help="Call teams by names of birds.")
@click.option("--public", is_flag=True, help="For an audience: nothing can be opened.")
@click.option("--delay", type=Written("DURATION", parse_duration), default=0,
              help="Lag so many real minutes behind, such as 5m.")  # fmt: skip
@click.option("--freeze", type=Written("TIME", parse_at), help="Stop at a time such as T+02:45.")
@click.option("--rotate", type=Written("DURATION", parse_duration), default=0,
              help="Turn pages and views by itself, such as 15s.")  # fmt: skip
@click.option("--language", type=click.Choice(["ja", "en"]), help="The exercise's, unless given.")
def command(
    exercise: str,
    once: bool,
    as_json: bool,
    html: Path | None,
    ranks: bool,
    masked: bool,
    public: bool,
    delay: int,
    freeze: int | None,
    rotate: int,
    language: Language | None,
) -> None:
    """Show the board of EXERCISE (an id, a folder, or `last`). It only reads the log."""
    folder = find(settings(), exercise)
    with folder.read() as log:
        boards = Boards.of(folder, log)
        source = Source(boards, delay=delay, until=freeze)
        created = _created(log)
        spoken = language or ("en" if created.get("language") == "en" else "ja")
        names = pseudonyms([team.team for team in source.live.teams], str(created.get("seed")))
        face = Face(spoken, ranks=ranks, public=public, names=names if masked else None)
        scenario = boards.bundle.scenario
        if once or as_json:
            grade = face.grade(source.board(), scenario)
            if as_json:
                click.echo(summary_text(grade), nl=False)
            else:
                console = Console()
                console.print(table(grade, spoken, console.width, ranks=ranks))
        if html is not None:
            from scoreboard.page import write

            write(html, source, face, scenario.timezone)
            click.echo(str(html), err=as_json)
        if once or as_json or html is not None:
            return
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise NoTerminal(
                "the board needs a terminal",
                hint="Elsewhere use --once, --once --json, or --html FILE.",
            )
        from scoreboard.app import ScoreboardApp
        from tui.look.width import ambiguous_is_wide

        app = ScoreboardApp(
            source, scenario, face, names, rotate=rotate, wide_ambiguous=ambiguous_is_wide()
        )
        app.run()
        if app.trouble:
            raise CyderError(app.trouble)


def _created(log: Log) -> dict[str, Any]:
    """Return what the log says of the exercise's making; empty before it."""
    for event in log.read():
        return dict(event.data)
    return {}
