"""`cyder tui`: the instructor's console."""

from __future__ import annotations

import sys

import click

from range.errors import CyderError
from range.events.folder import find
from range.settings import settings


@click.command("tui")
@click.argument("exercise", required=False)
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--actor", default="", help="Under which name you act. Default: who you are.")
def command(exercise: str | None, language: str, actor: str) -> None:
    """Open the console, at EXERCISE (an id, a folder, or `last`) if it is given.

    It may be closed at any time: exercises go on without it.
    """
    here = settings()
    if exercise:
        find(here, exercise)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CyderError(
            "the console needs a terminal", hint="Without one: cyder exercises, run, ctl, score."
        )
    from tui.console.app import ConsoleApp
    from tui.look.width import ambiguous_is_wide

    console = ConsoleApp(
        here,
        actor,
        "en" if language == "en" else "ja",
        exercise=exercise or "",
        wide_ambiguous=ambiguous_is_wide(),
    )
    console.run()
    sys.exit(console.return_code or 0)
