"""`cyder resume`: go on with an exercise whose engine died."""

from __future__ import annotations

from pathlib import Path

import click

from range.cli.follow import follow
from range.events.folder import find
from range.exercise.spawn import go_on
from range.settings import settings


@click.command("resume")
@click.argument("exercise")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Write result and report here, too.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(exercise: str, out: Path | None, as_json: bool) -> None:
    """Go on with EXERCISE (an id, or `last`) where its log says that it stood."""
    here = settings()
    folder = find(here, exercise)
    follow(here, folder, go_on(here, folder), as_json=as_json, out=out)
