"""`cyder up`: labs without an exercise, to look at, to author in, to preflight."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path

import click
from rich.console import Console

from range.access.point import AccessPoint
from range.cli.bringup import bars
from range.errors import CyderError
from range.exercise.prepare import plan_labs
from range.host.ready import ensure_host
from range.images.ensure import ensure_images
from range.images.room import room_for
from range.load.scenario import Loaded, load_scenario
from range.plan.make import team_names
from range.plan.model import Plan
from range.providers import deployments
from range.providers.registry import provider
from range.settings import Settings, settings


@click.command("up")
@click.argument("scenario")
@click.option("--teams", type=click.IntRange(1, 255), help="Default: 1, or as many as there are.")
@click.option("--name", help="Of the deployment. Default: the scenario's name.")
@click.option("--seed", default="", help="Hex; the same seed gives the same labs.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(scenario: str, teams: int | None, name: str | None, seed: str, as_json: bool) -> None:
    """Make labs of SCENARIO, one for each team. What is there already stays as it is."""
    here = settings()
    loaded = load_scenario(scenario, here)
    ensure_host(here)
    plan = _plan(here, loaded, name or loaded.scenario.name, teams, seed)
    console = Console(stderr=True)
    with bars(plan, console) as shown:
        ensure_images(here, plan, loaded.role_folders, shown.image)
        began = time.monotonic()
        provider("lxc", here).up(plan, shown.node)
        seconds = time.monotonic() - began
    _open(here, plan)
    _tell(plan, seconds, as_json)


def _plan(here: Settings, loaded: Loaded, name: str, teams: int | None, seed: str) -> Plan:
    """Plan anew, or find the same plan again: a deployment keeps its seed as long as it lives."""
    known = deployments.load(here, name)
    kept = here.labs / name / "seed"
    if known is not None:
        if not kept.exists():
            raise CyderError(
                f"{name} is the deployment of an exercise", hint="Give yours another --name."
            )
        seed = seed or kept.read_text()
    count = teams or (len(known.labs) if known is not None else 1)
    seed = seed or secrets.token_hex(32)
    try:
        plan = plan_labs(here, loaded, name, team_names(count), seed)
        if known is None:
            room_for(plan, here).require()
            _keep(kept, seed)
    except CyderError:
        if known is None:
            deployments.release(here, name)
        raise
    if known is not None and known != plan:
        raise CyderError(
            f"{name} was made from another version of the scenario, or with other teams or seed",
            hint=f"`cyder down {name}` removes it.",
        )
    return plan


def _open(here: Settings, plan: Plan) -> None:
    """Open each lab's way in. There is no exercise behind it, so it has no desk."""
    for lab in plan.labs:
        if not AccessPoint(here, lab).running:
            AccessPoint.start(lab, here)


def _keep(path: Path, seed: str) -> None:
    path.touch(mode=0o600)
    path.write_text(seed)


def _tell(plan: Plan, seconds: float, as_json: bool) -> None:
    guests = sum(len(lab.nodes) for lab in plan.labs)
    if as_json:
        told = {
            "deployment": plan.deployment,
            "scenario": plan.scenario,
            "teams": [lab.team for lab in plan.labs],
            "guests": guests,
            "seconds": round(seconds, 3),
            "seconds_per_guest": round(seconds / guests, 3) if guests else None,
        }
        click.echo(json.dumps(told))
        return
    each = f", {seconds / guests:.2f} s per guest" if guests else ""
    click.echo(f"{plan.deployment}: {guests} guests up in {seconds:.1f} s{each}")
