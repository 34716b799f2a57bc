"""`cyder plan`: what would be made, what it takes, and whether this host has it."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from range.exercise.sketch import sketch
from range.images.room import Room, room_for
from range.load.scenario import load_scenario
from range.plan.model import NodePlan, Plan
from range.settings import settings


@click.command("plan")
@click.argument("scenario")
@click.option("--teams", default=1, show_default=True, type=click.IntRange(1, 255))
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
def command(scenario: str, teams: int, as_json: bool) -> None:
    """Show what `up` would make of SCENARIO for some teams. Makes nothing.

    Exit code 3 when this host has too little memory or disk for it.
    """
    here = settings()
    loaded = load_scenario(scenario, here)
    plan = sketch(loaded, teams)
    room = room_for(plan, here)
    if as_json:
        click.echo(json.dumps(_json(plan, room), ensure_ascii=False))
    else:
        _print(plan, room)
    room.require()


def _json(plan: Plan, room: Room) -> dict[str, Any]:
    """Bytes and seconds throughout; `nodes` are those of one lab, for all are alike."""
    wanted, host = room.wanted, room.host
    return {
        "scenario": plan.scenario,
        "teams": [lab.team for lab in plan.labs],
        "guests": wanted.guests,
        "estimate": {
            "memory": wanted.memory,
            "disk": wanted.disk,
            "bakes": wanted.bakes,
            "bake_seconds": round(wanted.bake_seconds, 1),
            "boot_seconds": round(wanted.boot_seconds, 1),
        },
        "host": {
            "memory_available": host.memory_available,
            "disk_free": host.disk_free,
            "cpus": host.cpus,
        },
        "fits": not room.lacks,
        "lacks": list(room.lacks),
        "layers": [
            {"id": layer.id, "role": layer.role, "present": layer.id not in room.missing}
            for layer in plan.layers
        ],
        "networks": [
            {"name": probe.network, "prefix": probe.prefix} for probe in plan.labs[0].probes
        ],
        "nodes": [_node(node) for node in plan.labs[0].nodes],
    }


def _node(node: NodePlan) -> dict[str, Any]:
    return {
        "name": node.name,
        "fqdn": node.fqdn,
        "side": node.side,
        "image": node.image,
        "roles": [layer.role for layer in node.stack],
        "interfaces": [
            {"network": nic.network, "address": f"{nic.address}/{nic.prefix}"} for nic in node.nics
        ],
        "access": None if node.access is None else str(node.access.address),
        "memory": node.memory,
    }


def _print(plan: Plan, room: Room) -> None:
    console = Console()
    table = Table(title=f"{plan.scenario}: each of {len(plan.labs)} labs", title_justify="left")
    for heading in ("node", "side", "addresses", "roles", "memory at most"):
        table.add_column(heading)
    for node in plan.labs[0].nodes:
        table.add_row(
            node.name,
            node.side,
            "\n".join(f"{nic.address} ({nic.network})" for nic in node.nics),
            ", ".join(layer.role for layer in node.stack),
            f"{node.memory // 2**20} MiB",
        )
    console.print(table)
    wanted, host = room.wanted, room.host
    console.print(f"{wanted.guests} guests in {len(plan.labs)} labs", highlight=False)
    console.print(
        f"memory {_gib(wanted.memory)} of {_gib(host.memory_available)} available, "
        f"disk {_gib(wanted.disk)} of {_gib(host.disk_free)} free",
        highlight=False,
    )
    bake = f"{wanted.bakes} layers to bake (about {wanted.bake_seconds / 60:.0f} min)"
    console.print(
        f"{bake if wanted.bakes or wanted.systems else 'nothing to bake'}, "
        f"start in about {wanted.boot_seconds:.0f} s",
        highlight=False,
    )


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
