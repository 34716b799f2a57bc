"""What is due, and when. Pure: the state of a team in, its agenda out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from range.exercise.state import ExerciseState, TeamState
from range.scenario.check import Check
from range.scenario.inject import Inject

ActKind = Literal["observe", "inject", "skip", "expire", "step"]
TRIES = 3  # looks at the end that a checker's own fault may cost
# At the same moment: first look at what the last act changed, then injects, then what teams do.
_RANK: dict[ActKind, int] = {"observe": 0, "inject": 1, "skip": 1, "expire": 1, "step": 2}


@dataclass(frozen=True, order=True)
class Due:
    """One act that is due at exercise second `at`. Sorts by time, then rank, then file order."""

    at: float
    rank: int
    index: int
    team: str
    kind: ActKind
    id: str


def agenda(state: ExerciseState, team: TeamState) -> list[Due]:
    """Return everything that is known to be due for one team, in order."""
    return sorted([*_observations(state, team), *(() if state.ending else _acts(state, team))])


def _acts(state: ExerciseState, team: TeamState) -> Iterator[Due]:
    for index, (id_, inject) in enumerate(state.bundle.scenario.injects.items()):
        due = inject_due(team, id_, inject)
        if due is not None:
            kind, at = due
            yield Due(at, _RANK[kind], index, team.team, kind, id_)
    for index, (id_, step) in enumerate(team.responder.steps.items()):
        if id_ in team.acted:
            continue
        at_ = step.at if step.after is None else team.record.happened(step.after)
        if at_ is not None:
            yield Due(at_, _RANK["step"], index, team.team, "step", id_)


def inject_due(team: TeamState, id_: str, inject: Inject) -> tuple[ActKind, float] | None:
    """Return what is to be done with an inject and when; None where it is not known (yet)."""
    if id_ in team.ended or id_ in team.held or id_ in team.unknown:
        return None
    if id_ in team.open:
        return "inject", team.open[id_]
    at = team.retimed.get(id_)
    if at is None:
        at = inject.at if inject.after is None else team.record.happened(inject.after)
    if id_ in team.fired:
        return None if at is None else ("inject", at)
    if inject.expires is not None and (at is None or at > inject.expires):
        return "expire", inject.expires
    if at is None:
        return None
    before = [team.record.happened(moment) for moment in inject.unless]
    if any(moment is not None and moment <= at for moment in before):
        return "skip", at
    return "inject", at


def _observations(state: ExerciseState, team: TeamState) -> Iterator[Due]:
    for index, (id_, check) in enumerate(state.bundle.scenario.checks.items()):
        if check.probe is None:
            continue
        at = _observation(state, team, id_, check)
        if at is not None:
            yield Due(at, _RANK["observe"], index, team.team, "observe", id_)


def _observation(state: ExerciseState, team: TeamState, id_: str, check: Check) -> float | None:
    """When a check is looked at next.

    In real time every so often; on the jumping clock after each act upon the lab, since nothing
    else changes there; and always once more at the end.
    """
    opens = 0.0 if check.starts is None else team.record.happened(check.starts)
    closes = None if check.ends is None else team.record.happened(check.ends)
    if opens is None:
        return None
    seen = team.observed.get(id_)
    if state.ending is not None:
        wanted = seen is None or seen[0] < state.ending or 0 < team.errors[id_] < TRIES
        at = max(opens, state.last) if wanted and opens <= state.last else None
    elif seen is None:
        at = opens
    elif state.speed == "jump":
        at = max(opens, team.touched[1]) if seen[0] < team.touched[0] else None
    else:
        at = seen[1] + check.every * float(state.speed)
    return at if at is not None and (closes is None or at < closes) else None
