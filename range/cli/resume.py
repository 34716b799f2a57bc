"""`cyder resume`: go on with an exercise whose engine died."""

from __future__ import annotations

from pathlib import Path

import click

from range.cli.follow import follow
from range.errors import CyderError
from range.events.event import Kind
from range.events.folder import find
from range.events.log import Log, is_written
from range.exercise.spawn import spawn
from range.providers import deployments
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
    if is_written(folder.log):
        raise CyderError(
            f"the engine of {folder.id} is alive", hint=f"cyder ctl {folder.id} status"
        )
    with Log.open(folder.log, read_only=True) as log:
        over = any(event.kind is Kind.ENDED for event in log.read())
    if over and deployments.load(here, folder.id) is None:
        raise CyderError(f"{folder.id} is over", hint=f"cyder score {folder.id}")
    follow(here, folder, spawn(folder, here), as_json=as_json, out=out)
