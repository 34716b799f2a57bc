"""`cyder snapshot`: a node kept as it is at one moment."""

from __future__ import annotations

import json
import time

import click
from rich.console import Console

from range.cli.places import find_node, refuse_running
from range.providers.registry import provider
from range.settings import settings


@click.command("snapshot")
@click.argument("deployment")
@click.argument("team")
@click.argument("node")
@click.option("--name", help="What to call it; the time if nothing is said.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(deployment: str, team: str, node: str, name: str | None, as_json: bool) -> None:
    """Keep NODE of TEAM's lab as it is now; it stands still for as long as that takes.

    Files are kept, not what is in memory. In a running exercise use `cyder ctl EXERCISE snapshot`.
    """
    here = settings()
    lab = find_node(here, deployment, team, node)
    refuse_running(here, deployment, f"snapshot {team} {node}")
    name = name or time.strftime("t%H%M%S")
    began = time.monotonic()
    with Console(stderr=True).status(f"keeping {node} of {team} ..."):
        provider("lxc", here).snapshot(lab, node, name)
    seconds = time.monotonic() - began
    if as_json:
        told = {"deployment": deployment, "team": team, "node": node, "name": name}
        click.echo(json.dumps({**told, "seconds": round(seconds, 3)}))
    else:
        click.echo(f"{node} of {team} is kept as {name}, in {seconds:.1f} s")
