"""`cyder image`: list, bake and prune base systems and layers."""

from __future__ import annotations

import click

from range.cli.baking import BakeDisplay
from range.host.ready import ensure_host
from range.images.ensure import ensure_images
from range.images.recipe import system_id
from range.load.roles import role_digests
from range.load.scenario import Loaded, load_scenario
from range.plan.make import make_plan, team_names
from range.plan.model import Plan
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
    with BakeDisplay() as display:
        for one in loaded:
            plan = plan_images(one, here)
            ensure_images(here, plan, one.role_folders, display)
    count = len({layer.id for one in loaded for layer in plan_images(one, here).layers})
    click.echo(f"{count} layers are there")
