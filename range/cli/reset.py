"""`cyder reset`: a node as it was baked, with everything that happened to it gone."""

from __future__ import annotations

import json
import time

import click
from rich.console import Console

from range.cli.places import find_node, refuse_running
from range.providers.registry import provider
from range.settings import settings


@click.command("reset")
@click.argument("deployment")
@click.argument("team")
@click.argument("node")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(deployment: str, team: str, node: str, as_json: bool) -> None:
    """Return NODE of TEAM's lab to its baked state and wait until it is up.

    In a running exercise use `cyder ctl EXERCISE reset`: there it is logged, and costs.
    """
    here = settings()
    lab = find_node(here, deployment, team, node)
    refuse_running(here, deployment, f"reset {team} {node}")
    began = time.monotonic()
    with Console(stderr=True).status(f"resetting {node} of {team} ..."):
        provider("lxc", here).reset(lab, node)
    seconds = time.monotonic() - began
    if as_json:
        told = {"deployment": deployment, "team": team, "node": node, "seconds": round(seconds, 3)}
        click.echo(json.dumps(told))
    else:
        click.echo(f"{node} of {team} is up again after {seconds:.1f} s")
