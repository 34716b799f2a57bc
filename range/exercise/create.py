"""Making an exercise: its folder, and the first event of its log."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import Any

from range.errors import CyderError
from range.events.event import Draft, Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.load.scenario import Loaded
from range.plan.model import Plan
from range.plan.secrets import secret
from range.scenario.model import Language
from range.scenario.responder import Responder
from range.settings import Settings


@dataclass(frozen=True)
class Options:
    """How an exercise is run; part of its `exercise.created` event."""

    provider: str = "lxc"
    speed: float | str = 1.0  # a rate, or "jump"
    headless: bool = False  # starts by itself, decides by the injects' own rules, tears down
    keep: bool = False  # leaves the labs standing afterwards
    language: Language = "ja"
    users: bool = True  # benign users live
    preflight: bool = True


def claim_id(settings: Settings, scenario: str) -> str:
    """Return an id for an exercise that begins now, and make its folder: nobody else has it.

    Ids sort by time.
    """
    settings.exercises.mkdir(parents=True, exist_ok=True)
    while True:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        id_ = f"e{stamp}-{scenario[:11].strip('-')}-{secrets.token_hex(1)}"
        with suppress(FileExistsError):
            (settings.exercises / id_).mkdir(mode=0o700)
            return id_


def create(
    settings: Settings,
    loaded: Loaded,
    plan: Plan,
    responders: Mapping[str, Responder],
    options: Options,
    *,
    seed: str,
    names: Mapping[str, str],
) -> ExerciseFolder:
    """Fill the folder of the exercise that is called like the plan's deployment.

    `names` are what teams are called on screens and in reports; see `names`.
    """
    exercise = ExerciseFolder(settings.exercises / plan.deployment)
    shutil.copytree(loaded.folder, exercise.scenario, symlinks=True)
    exercise.save_bundle(loaded.bundle)
    folder = exercise.path / "responders"
    folder.mkdir()
    for team, responder in responders.items():
        (folder / f"{team}.json").write_text(responder.model_dump_json(by_alias=True))
    data = {
        "exercise": exercise.id,
        "scenario": loaded.scenario.name,
        "digest": loaded.digest,
        "teams": [lab.team for lab in plan.labs],
        "names": dict(names),
        "seed": seed,
        "speed": options.speed,
        "responders": {team: responder.responder for team, responder in responders.items()},
        "secrets": {
            lab.team: {
                name: secret(lab.seed, name, known.length)
                for name, known in loaded.scenario.secrets.items()
            }
            for lab in plan.labs
        },
        "options": asdict(options),
    }
    with Log.open(exercise.log) as log:
        log.append([Draft(Kind.CREATED, data)])
    return exercise


def creation(events: list[Event]) -> Mapping[str, Any]:
    """Return the data of the event that an exercise begins with; CyderError if it is missing."""
    if not events or events[0].kind is not Kind.CREATED:
        raise CyderError("the log does not begin with exercise.created")
    return events[0].data


def options(created: Mapping[str, Any]) -> Options:
    """Return the options in the data of `exercise.created`."""
    known = {field.name for field in fields(Options)}
    return Options(**{key: value for key, value in created["options"].items() if key in known})


def responders(exercise: ExerciseFolder, created: Mapping[str, Any]) -> dict[str, Responder]:
    """Return each team's responder, as it was frozen."""
    return {
        team: Responder.model_validate_json(
            (exercise.path / "responders" / f"{team}.json").read_bytes()
        )
        for team in created["teams"]
    }
