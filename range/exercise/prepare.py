"""From a scenario to an exercise that an engine can run: labs planned, responders read."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from range.errors import InvalidInput, Problem
from range.events.folder import ExerciseFolder
from range.exercise.create import Options, claim_id, create
from range.exercise.names import display_names
from range.images.recipe import system_id
from range.images.room import room_for
from range.load.responder import load_responder
from range.load.roles import role_digests
from range.load.scenario import Loaded, load_scenario
from range.plan.make import make_plan, team_names
from range.plan.model import Plan
from range.providers import deployments
from range.scenario.responder import IDLE, Responder
from range.settings import Settings

_CHOICE = re.compile(r"(?:([a-z][a-z0-9-]*)=)?(.+)")


def prepare(
    settings: Settings, scenario: str, teams: int, chosen: Sequence[str], options: Options,
    *, seed: str = "", names: Mapping[str, str] | None = None,
) -> ExerciseFolder:  # fmt: skip
    """Make an exercise of `scenario`, ready for its engine.

    `chosen` are responders as on the command line: `solution`, `team2=idle`, `FILE`. Raises
    InvalidInput for mistakes of the scenario, of `chosen` or of `names` (team -> what it is
    called), HostNotReady for a host too small.
    """
    loaded = load_scenario(scenario, settings)
    ids = team_names(teams)
    responders = responders_for(loaded, ids, chosen)
    shown = display_names(ids, names or {})
    seed = seed or secrets.token_hex(32)
    id_ = claim_id(settings, loaded.scenario.name)
    try:
        guests = options.provider != "memory"
        plan = plan_labs(settings, loaded, id_, ids, seed, on_host=guests)
        if guests:
            room_for(plan, settings).require()
        deployments.save(settings, plan)
        return create(settings, loaded, plan, responders, options, seed=seed, names=shown)
    except BaseException:
        deployments.release(settings, id_)
        shutil.rmtree(settings.exercises / id_, ignore_errors=True)
        raise


def plan_labs(
    settings: Settings, loaded: Loaded, deployment: str, teams: Sequence[str], seed: str, *,
    on_host: bool = True,
) -> Plan:  # fmt: skip
    """Plan the labs of a deployment, which is given a slot: of this host if it has guests."""
    slot = deployments.reserve(settings, deployment, on_host=on_host)
    images = {node.image for node in loaded.scenario.nodes.values()}
    return make_plan(
        loaded.bundle,
        role_digests=role_digests(loaded.role_folders),
        systems={image: system_id(image) for image in images},
        deployment=deployment,
        slot=slot,
        teams=teams,
        seed=seed,
        first_port=deployments.first_port(slot),
    )


def responders_for(
    loaded: Loaded, teams: Sequence[str], chosen: Sequence[str]
) -> dict[str, Responder]:
    """Return each team's responder: the last one named for it, else for all, else idle."""
    found = dict.fromkeys(teams, IDLE)
    named: dict[str, Responder] = {}
    for choice in chosen:
        match = _CHOICE.fullmatch(choice)
        team, what = (match[1], match[2]) if match else (None, choice)
        if team is None:
            found = dict.fromkeys(teams, _responder(loaded, what))
        elif team in teams:
            named[team] = _responder(loaded, what)
        else:
            message = f"no team {team}; teams are {', '.join(teams)}"
            raise InvalidInput([Problem("--responder", 0, 0, message)])
    return {**found, **named}


def _responder(loaded: Loaded, what: str) -> Responder:
    if what == "idle":
        return IDLE
    path = loaded.folder / "solution.yaml" if what == "solution" else Path(what)
    if not path.is_file() and not path.is_absolute():
        path = loaded.folder / what
    if not path.is_file():
        message = "no such file; write idle, solution or the path of a responder file"
        raise InvalidInput([Problem(str(path), 0, 0, message)])
    return load_responder(path, loaded.bundle)
