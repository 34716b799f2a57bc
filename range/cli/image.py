"""`cyder image`: list, bake and prune base systems and layers."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

import click
from rich.console import Console
from rich.table import Table

from range.cli.baking import BakeDisplay
from range.host.ready import ensure_host
from range.images.ensure import ensure_images
from range.images.kept import kept_bakes, kept_guest, prune
from range.images.recipe import system_id
from range.images.store import all_made
from range.load.roles import role_digests
from range.load.scenario import Loaded, load_scenario
from range.plan.make import make_plan, team_names
from range.plan.model import Plan
from range.providers import deployments
from range.settings import Settings, settings


@click.group("image")
def command() -> None:
    """List, bake and prune images: base systems, and layers that hold a role each."""


def plan_images(loaded: Loaded, here: Settings) -> Plan:
    """Plan one lab of a scenario: whatever it needs of images, any number of labs need."""
    images = {node.image for node in loaded.scenario.nodes.values()}
    return make_plan(
        loaded.bundle,
        role_digests=role_digests(loaded.role_folders),
        systems={image: system_id(image) for image in images},
        deployment=loaded.scenario.name,
        slot=0,
        teams=team_names(1),
        seed="00" * 32,
        first_port=2201,
    )


@command.command("bake")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
def bake(scenarios: tuple[str, ...]) -> None:
    """Make every image that the scenarios need. What is there already is not made again."""
    here = settings()
    loaded = [load_scenario(name, here) for name in scenarios]
    ensure_host(here)
    ids: set[str] = set()
    with BakeDisplay() as display:
        for one in loaded:
            plan = plan_images(one, here)
            ensure_images(here, plan, one.role_folders, display)
            ids |= {layer.id for layer in plan.layers}
    click.echo(f"{len(ids)} layers are there")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_images(as_json: bool) -> None:
    """List base systems, layers, and bakes that failed and were kept."""
    here = settings()
    used = _deployed(here)
    made, kept = all_made(here), kept_bakes(here)
    if as_json:
        rows = [{**asdict(meta), "used_by": sorted(used.get(meta.id, ()))} for meta in made]
        groups: dict[str, Any] = {
            "systems": [row for row in rows if row["kind"] == "system"],
            "layers": [row for row in rows if row["kind"] == "layer"],
            "failed": [asdict(bake) for bake in kept],
        }
        click.echo(json.dumps(groups, ensure_ascii=False))
        return
    titles = {meta.id: meta.title for meta in made}
    table = Table(box=None)
    for heading, width in (("title", 0), ("id", 12), ("on", 0), ("MiB", 4), ("made", 11)):
        align: Literal["right", "left"] = "right" if heading == "MiB" else "left"
        table.add_column(heading, justify=align, no_wrap=True, min_width=width)
    table.add_column("used by", no_wrap=True, max_width=26)
    for meta in made:
        when = datetime.fromtimestamp(meta.made, tz=UTC).astimezone().strftime("%m-%d %H:%M")
        first, *more = sorted(used.get(meta.id, ())) or [""]
        names = f"{first} +{len(more)}" if more else first
        on = titles.get(meta.parent, meta.parent)
        table.add_row(
            meta.title, meta.id.rpartition("-")[2][:12], on, f"{meta.size / 2**20:.0f}", when, names
        )
    console = Console()
    console.print(table)
    for bake in kept:
        line = f"failed: {bake.role}, task {bake.task!r}; kept as {bake.guest}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@command.command("prune")
@click.option("--all", "everything", is_flag=True, help="Whatever no deployment stands on.")
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
def prune_images(everything: bool, as_json: bool) -> None:
    """Remove failed bakes, and images that no deployment and no scenario here needs.

    With --all, images that scenarios need go as well, and the packages kept for later bakes.
    """
    here = settings()
    needed = set(_deployed(here))
    if not everything:
        for folder in sorted(here.scenarios.glob("*/scenario.yaml")):
            loaded = load_scenario(folder.parent, here)
            plan = plan_images(loaded, here)
            needed |= {layer.id for layer in plan.layers}
            needed |= {node.system for lab in plan.labs for node in lab.nodes}
    ensure_host(here)
    pruned = prune(here, needed, cache=everything)
    if as_json:
        click.echo(json.dumps(asdict(pruned)))
    else:
        click.echo(
            f"removed {len(pruned.systems)} systems, {len(pruned.layers)} layers "
            f"({pruned.freed / 2**20:.0f} MiB) and {len(pruned.bakes)} unfinished bakes"
        )


@command.command("shell")
@click.argument("guest")
def shell(guest: str) -> None:
    """Open a root shell in the kept GUEST of a failed bake."""
    running = kept_guest(settings(), guest)
    argv = running.guest().entry(["env", "-i", "HOME=/root", "TERM=" + _terminal(),
                                  "/bin/bash", "--login"])  # fmt: skip
    os.execvp(argv[0], argv)


def _terminal() -> str:
    return os.environ.get("TERM", "dumb")


def _deployed(here: Settings) -> dict[str, set[str]]:
    """Names of deployments by the ids of the systems and layers that they stand on."""
    used: dict[str, set[str]] = {}
    for name in deployments.names(here):
        plan = deployments.load(here, name)
        for lab in plan.labs if plan else ():
            for node in lab.nodes:
                for id_ in (node.system, *(layer.id for layer in node.stack)):
                    used.setdefault(id_, set()).add(name)
    return used
