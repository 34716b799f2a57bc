"""What grading yields: frozen values, and their JSON. Points are of 100 unless said otherwise."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from range.grading.predicate import Outcome
from range.grading.series import FOREVER, START, Run, Stamp
from range.scenario.model import Phase


@dataclass(frozen=True)
class CheckGrade:
    """One check of one team.

    `low` and `high` bound credit times factor: they differ while nobody knows (`outcome` is ERROR,
    or SKIP with `pending`). `points` of `possible` are its share of the total; of a penalty check
    both are 0 and `lost` says what it cost.
    """

    check: str
    phase: Phase
    objective: str
    weight: float
    penalty: float | None
    outcome: Outcome
    credit: float
    factor: float
    low: float
    high: float
    pending: bool  # worth something, but nobody knows yet
    detail: str
    at: float | None  # since when it has been so, exercise seconds
    marked: bool
    runs: tuple[Run, ...]
    points: float = 0.0
    possible: float = 0.0
    lost: float = 0.0

    @property
    def counted(self) -> bool:
        """True where its weight is part of the score."""
        return self.penalty is None and self.outcome in (Outcome.PASS, Outcome.FAIL)

    def sharing(self, **points: float) -> CheckGrade:
        """Return it with its `points`, `possible` or `lost`; many times quicker than `replace`."""
        copy = object.__new__(CheckGrade)
        copy.__dict__.update(self.__dict__, **points)
        return copy


@dataclass(frozen=True)
class PhaseGrade:
    """Points of one phase, out of `max`; `max` is 0 where nothing of it was observed."""

    phase: Phase
    points: float
    max: float
    low: float
    high: float


@dataclass(frozen=True)
class Penalty:
    """Points lost, before the cap: by a check, a hint or a node reset."""

    kind: str  # check, hint, revert
    what: str
    points: float
    at: float | None
    by: str = ""


@dataclass(frozen=True)
class TeamGrade:
    """A team's score out of `max`, its interval, and every point of it."""

    team: str
    name: str  # as it is shown; `team` where it was given none
    score: float
    max: float
    low: float
    high: float
    provisional: bool
    reasons: tuple[str, ...]  # of being provisional: running, unknown, observed
    phases: tuple[PhaseGrade, ...]
    penalties: tuple[Penalty, ...]
    deducted: float  # of the penalties, after the cap
    checks: tuple[CheckGrade, ...]
    stale: tuple[str, ...]  # checks whose observations answer another probe's question

    def check(self, name: str) -> CheckGrade:
        """Return one check's grade; KeyError if the scenario has no such check."""
        for check in self.checks:
            if check.check == name:
                return check
        raise KeyError(name)


@dataclass(frozen=True)
class Grade:
    """The score of an exercise."""

    exercise: str
    scenario: str
    teams: tuple[TeamGrade, ...]
    ended: bool

    def team(self, name: str) -> TeamGrade:
        """Return one team's grade; KeyError if there is no such team."""
        for team in self.teams:
            if team.team == name:
                return team
        raise KeyError(name)

    @property
    def stale(self) -> tuple[str, ...]:
        """Checks that cannot be graded from this log, because their probe changed."""
        return tuple(sorted({name for team in self.teams for name in team.stale}))


def rounded(points: float) -> float:
    """Points as they are shown: two decimals, never a negative zero."""
    return round(points, 2) + 0.0


def summary(grade: Grade) -> dict[str, Any]:
    """Return the JSON result of `cyder run` and `cyder regrade`."""
    return {
        "exercise": grade.exercise,
        "scenario": grade.scenario,
        "teams": [_summary(team) for team in grade.teams],
    }


def summary_text(grade: Grade) -> str:
    """Return the JSON result as text: the same bytes for the same log and scenario."""
    return json.dumps(summary(grade), ensure_ascii=False, indent=2) + "\n"


def full(grade: Grade) -> dict[str, Any]:
    """Return the result with every check and penalty."""
    return {
        **summary(grade),
        "ended": grade.ended,
        "teams": [
            {
                **_summary(team),
                "low": rounded(team.low),
                "high": rounded(team.high),
                "reasons": list(team.reasons),
                "deducted": rounded(team.deducted),
                "penalties": [
                    {**asdict(penalty), "points": rounded(penalty.points)}
                    for penalty in team.penalties
                ],
                "checks": [_check(check) for check in team.checks],
            }
            for team in grade.teams
        ],
    }


def _summary(team: TeamGrade) -> dict[str, Any]:
    return {
        "team": team.team,
        "name": team.name,
        "score": rounded(team.score),
        "max": rounded(team.max),
        "provisional": team.provisional,
        "phases": {phase.phase.value: rounded(phase.points) for phase in team.phases},
    }


def _check(check: CheckGrade) -> dict[str, Any]:
    return {
        "check": check.check,
        "phase": check.phase.value,
        "objective": check.objective,
        "outcome": check.outcome.value,
        "pending": check.pending,
        "credit": round(check.credit, 4),
        "factor": round(check.factor, 4),
        "weight": check.weight,
        "penalty": check.penalty,
        "points": rounded(check.points),
        "possible": rounded(check.possible),
        "lost": rounded(check.lost),
        "at": check.at,
        "marked": check.marked,
        "detail": check.detail,
        "evidence": [
            {
                "from": _at(run.first),
                "to": _at(run.last),
                "event": run.first.seq if run.first.seq > 0 else None,
                "credit": run.low if run.known else None,
                "looks": run.looks,
                "detail": run.detail,
            }
            for run in check.runs
        ],
    }


def _at(stamp: Stamp) -> float | None:
    return None if stamp.at in (START.at, FOREVER.at) else stamp.at
