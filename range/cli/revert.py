"""`cyder revert`: a node as a snapshot has it, with everything that happened since gone."""

from __future__ import annotations

import json
import time

import click
from rich.console import Console

from range.cli.places import find_node, refuse_running
from range.errors import CyderError
from range.providers.registry import provider
from range.settings import settings


@click.command("revert")
@click.argument("deployment")
@click.argument("team")
@click.argument("node")
@click.option("--name", help="Which snapshot; the newest if nothing is said.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(deployment: str, team: str, node: str, name: str | None, as_json: bool) -> None:
    """Return NODE of TEAM's lab to a snapshot and wait until it is up.

    In a running exercise use `cyder ctl EXERCISE revert`: there it is logged, and costs.
    """
    here = settings()
    lab = find_node(here, deployment, team, node)
    refuse_running(here, deployment, f"revert {team} {node}")
    labs = provider("lxc", here)
    name = name or next((s.name for s in reversed(labs.snapshots(lab)) if s.node == node), None)
    if name is None:
        raise CyderError(
            f"{node} of {team} has no snapshot", hint=f"cyder snapshot {deployment} {team} {node}"
        )
    began = time.monotonic()
    with Console(stderr=True).status(f"returning {node} of {team} to {name} ..."):
        labs.revert(lab, node, name)
    seconds = time.monotonic() - began
    if as_json:
        told = {"deployment": deployment, "team": team, "node": node, "name": name}
        click.echo(json.dumps({**told, "seconds": round(seconds, 3)}))
    else:
        click.echo(f"{node} of {team} is up again as {name} has it, after {seconds:.1f} s")
