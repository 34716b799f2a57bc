"""`cyder status`: which labs there are, and how their nodes are."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from range.plan.model import Plan
from range.providers import deployments
from range.providers.base import Progress
from range.providers.registry import provider
from range.settings import settings

_STYLES = {"running": "green", "booting": "yellow", "made": "yellow"}


@click.command("status")
@click.argument("names", metavar="[DEPLOYMENT]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(names: tuple[str, ...], as_json: bool) -> None:
    """Show every node of DEPLOYMENTs (default: all)."""
    here = settings()
    plans = [deployments.need(here, name) for name in names or deployments.names(here)]
    labs = provider("lxc", here) if plans else None
    found = [(plan, list(labs.status(plan))) for plan in plans if labs is not None]
    if as_json:
        click.echo(json.dumps({"deployments": [_json(plan, nodes) for plan, nodes in found]}))
        return
    if not found:
        click.echo("there are no labs")
    for plan, nodes in found:
        running = sum(told.state == "running" for told in nodes)
        click.echo(
            f"{plan.deployment} ({plan.scenario}): {running} of {len(nodes)} nodes are running"
        )
        Console().print(_table(plan, nodes))


def _json(plan: Plan, nodes: list[Progress]) -> dict[str, Any]:
    return {
        "deployment": plan.deployment,
        "scenario": plan.scenario,
        "teams": [lab.team for lab in plan.labs],
        "nodes": [
            {"team": told.team, "node": told.node, "state": told.state, "detail": told.detail}
            for told in nodes
        ],
    }


def _table(plan: Plan, nodes: list[Progress]) -> Table:
    table = Table()
    for heading in ("team", "node", "addresses", "state"):
        table.add_column(heading)
    addresses = {
        (lab.team, node.name): ", ".join(str(nic.address) for nic in node.nics)
        for lab in plan.labs
        for node in lab.nodes
    }
    for told in nodes:
        state = escape(f"{told.state} {told.detail}".strip())
        style = _STYLES.get(told.state, "red")
        held = addresses[told.team, told.node]
        table.add_row(told.team, told.node, held, f"[{style}]{state}[/]")
    return table
