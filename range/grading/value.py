"""What one check is worth: its series becomes a credit, a time factor and an outcome."""

from __future__ import annotations

from dataclasses import dataclass

from range.grading.predicate import Outcome
from range.grading.record import UNMARKED, Record
from range.grading.result import CheckGrade
from range.grading.series import (
    FULL,
    START,
    Run,
    Stamp,
    latched,
    settled,
    streak,
)
from range.scenario.check import Check, Goal

LEAST_FACTOR = 0.3  # time factor at the limit of a goal


@dataclass(frozen=True)
class _Worth:
    """Credit between `low` and `high`, so since `since`; `factor` is its time factor."""

    outcome: Outcome
    low: float
    high: float
    detail: str
    since: Stamp | None = None
    factor: float = 1.0
    pending: bool = False


def time_factor(goal: Goal, elapsed: float) -> float:
    """Return 1 until `within` seconds, falling to 0.3 at `limit`, 0 after."""
    if elapsed <= goal.within:
        return 1.0
    if elapsed > goal.limit:
        return 0.0
    late = (elapsed - goal.within) / (goal.limit - goal.within)
    return 1.0 - (1.0 - LEAST_FACTOR) * late


def value(record: Record, name: str) -> CheckGrade:
    """Grade one check of the record's team, as if the exercise ended at its latest event."""
    check = record.bundle.scenario.checks[name]
    runs = record.graded(name)
    worth = _worth(record, name, check, runs)
    known = worth.low == worth.high
    return CheckGrade(
        check=name,
        phase=record.bundle.scenario.objectives[check.objective].phase,
        objective=check.objective,
        weight=check.weight if check.penalty is None else 0.0,
        penalty=check.penalty,
        outcome=worth.outcome,
        credit=worth.low if known else 0.0,
        factor=worth.factor,
        low=worth.low * worth.factor,
        high=worth.high * worth.factor,
        pending=worth.pending,
        detail=worth.detail,
        at=worth.since.at if worth.since and worth.since.at > START.at else None,
        marked=name in record.state.marks,
        runs=tuple(runs),
    )


def _worth(record: Record, name: str, check: Check, runs: list[Run]) -> _Worth:
    if name in record.state.marks:
        return _observed(record, name, runs)
    if not record.reached(name):
        return _Worth(Outcome.SKIP, 0, 0, "the exercise never came here")
    # What a team loses points for must be seen; what it earns points for must be done.
    nothing = Outcome.FAIL if check.penalty is None else Outcome.SKIP
    if check.starts and record.stamp(check.starts) is None:
        return _Worth(nothing, 0, 0, "what it starts with was never done")
    if check.requires and record.stamp(check.requires) is None:
        return _Worth(nothing, 0, 0, "the act it requires was never done")
    if runs:
        return _observed(record, name, runs)
    if check.probe is not None:
        return _Worth(Outcome.SKIP, 0, 1, "never observed", pending=True)
    if check.rubric is not None:
        return _Worth(Outcome.SKIP, 0, 1, UNMARKED, pending=True)
    if check.claim is not None:
        return _Worth(nothing, 0, 0, "never claimed")
    if check.answer is not None:
        return _Worth(Outcome.FAIL, 0, 0, "not handed in")
    return _Worth(Outcome.FAIL, 0, 0, "did not happen")


def _observed(record: Record, name: str, runs: list[Run]) -> _Worth:
    check = record.bundle.scenario.checks[name]
    if check.valued == "availability":
        return _available(record, name, runs)
    series = latched(runs, check.valued)
    low, high = series[-1].low, series[-1].high
    factor = _factor(record, check, streak(series))
    since, detail = _cause(series, settled(runs))
    if low == high:
        return _Worth(
            Outcome.PASS if low >= FULL else Outcome.FAIL, low, high, detail, since, factor
        )
    unmarked = detail == UNMARKED
    outcome = Outcome.SKIP if unmarked else Outcome.ERROR
    return _Worth(outcome, low, high, detail, since, factor, pending=True)


def _cause(series: list[Run], runs: list[Run]) -> tuple[Stamp, str]:
    """The look that made the credit what it is."""
    index = len(series) - 1
    while index and (series[index - 1].low, series[index - 1].high) == (
        series[-1].low,
        series[-1].high,
    ):
        index -= 1
    return runs[index].first, runs[index].detail


def _available(record: Record, name: str, runs: list[Run]) -> _Worth:
    check = record.bundle.scenario.checks[name]
    end = record.state.ended or record.state.latest
    until = record.stamp(check.ends) if check.ends else None
    uptime = record.uptime(name, runs)
    low, high = uptime.until(min(end, until).at if until else end.at)
    if low != high:
        return _Worth(Outcome.ERROR, low, high, runs[-1].detail, runs[0].first, pending=True)
    outcome = Outcome.PASS if low >= FULL else Outcome.FAIL
    detail = f"up {low:.1%} of the time" + (f"; {uptime.failed}" if uptime.failed else "")
    return _Worth(outcome, low, high, detail, runs[0].first)


def _factor(record: Record, check: Check, since: Stamp) -> float:
    goal = check.goal
    named = record.stamp(goal.since) if goal else None
    # Where the named event never came, nothing was late.
    if goal is None or named is None:
        return 1.0
    return time_factor(goal, since.at - named.at)
