"""`cyder down`: labs removed, with everything that was made for them."""

from __future__ import annotations

import json
import time

import click
from rich.console import Console

from range.access.point import AccessPoint
from range.errors import CyderError
from range.events.folder import ExerciseFolder
from range.events.log import is_written
from range.exercise.spawn import stop
from range.host.ready import ensure_host
from range.providers import deployments
from range.providers.registry import provider
from range.settings import Settings, settings


@click.command("down")
@click.argument("names", metavar="[DEPLOYMENT]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every deployment of this host.")
@click.option("--force", is_flag=True, help="Also under a running exercise: its engine is ended.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(names: tuple[str, ...], everything: bool, force: bool, as_json: bool) -> None:
    """Remove DEPLOYMENTs: guests, bridges, namespaces, rules, mounts, files.

    What an exercise wrote down stays: its log, its score, its report.
    """
    here = settings()
    known = deployments.names(here)
    if everything:
        names = tuple(known)
    elif not names:
        raise click.UsageError(f"name a deployment, or --all. There are: {', '.join(known)}")
    plans = {name: deployments.need(here, name) for name in names}
    for name in names:
        _end_engine(here, name, force)
    ensure_host(here)
    told = []
    with Console(stderr=True).status("removing ...") as status:
        for name in names:
            status.update(f"removing {name} ...")
            began = time.monotonic()
            for lab in plans[name].labs:
                AccessPoint(here, lab).stop()
            guests = provider("lxc", here).down(name)
            seconds = time.monotonic() - began
            told.append({"deployment": name, "guests": guests, "seconds": round(seconds, 3)})
    if as_json:
        click.echo(json.dumps({"removed": told}))
        return
    for one in told:
        click.echo(f"{one['deployment']}: {one['guests']} guests removed in {one['seconds']:.1f} s")


def _end_engine(here: Settings, name: str, force: bool) -> None:
    """Let no engine go on without its labs; CyderError where one lives and nobody said so."""
    exercise = ExerciseFolder(here.exercises / name)
    if not is_written(exercise.log):
        return
    if not force:
        raise CyderError(
            f"{name} is a running exercise: its labs are in use",
            hint=f"End it first (cyder ctl {name} end), or remove them all the same with --force.",
        )
    stop(exercise)
