"""Events: the facts of an exercise. Everything shown or graded is computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What can happen, with the shape of `data`. `team` is "" where all teams are meant."""

    CREATED = "exercise.created"  # scenario, digest, teams, names, seed, speed, responders
    BRINGUP = "lab.progress"  # node, state, detail
    STARTED = "exercise.started"  # {} (STARTEX)
    ENDED = "exercise.ended"  # reason (ENDEX)
    CLOCK = "clock.changed"  # running: bool, rate: float | "jump"
    ENGINE = "engine.started"  # resumed: bool
    INTENDED = "inject.intended"  # inject
    INJECTED = "inject.ended"  # inject, outcome, detail, facts, blocked_by, technique
    RETIMED = "inject.retimed"  # inject, at
    OBSERVED = "check.observed"  # check, probe (digest), raw | null, error (of the checker)
    SUBMITTED = "form.submitted"  # form, answers, by, id
    HINT = "hint.taken"  # hint, by
    MARKED = "mark.given"  # check, credit, reason
    NOTED = "note.taken"  # text; inject: an answer to it; failed: a node not put back
    MESSAGE = "message.sent"  # by the white cell, outside the MSEL: channel, from, to, text
    REVERTED = "node.reverted"  # node, name (of a snapshot, or ""), charged: bool
    ACTING = "responder.intended"  # step
    ACTED = "responder.ended"  # step, outcome (done, failed), detail, captured
    VERB = "control.verb"  # verb, args


@dataclass(frozen=True)
class Draft:
    """An event before the log gives it its place."""

    kind: Kind
    data: Mapping[str, Any] = field(default_factory=dict)
    team: str = ""
    actor: str = "engine"
    at: float | None = None  # exercise seconds at which it counts; None before the start


@dataclass(frozen=True)
class Event:
    """One entry of the log. `wall` is Unix time in seconds, `at` exercise time in seconds."""

    seq: int
    kind: Kind
    data: Mapping[str, Any]
    team: str
    actor: str
    at: float | None
    wall: float
