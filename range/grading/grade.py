"""`grade(bundle, events)`: the score of an exercise, a pure function of its scenario and log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from range.events.event import Event, Kind
from range.grading.judge import Judge
from range.grading.record import Record
from range.grading.result import CheckGrade, Grade, Penalty, PhaseGrade, TeamGrade
from range.grading.value import value
from range.scenario.model import Phase
from range.scenario.scenario import Bundle

PENALTY_CAP = 25.0
OBSERVED_ENOUGH = 0.8  # of the weight of all checks

# By check: its value, the phase's points and weight, and the value with its share of them.
Shares = dict[str, tuple[CheckGrade, tuple[float, float], CheckGrade]]


def grade(bundle: Bundle, events: Iterable[Event], *, exercise: str = "") -> Grade:
    """Grade a whole log. While the exercise runs: as if it ended now, and provisional."""
    records: dict[str, Record] = {}
    common: list[Event] = []
    judge = Judge(bundle)

    def joined(team: str) -> Record:
        if team not in records:
            records[team] = Record(bundle, team, judge)
            for before in common:
                records[team].apply(before)
        return records[team]

    for event in events:
        if event.kind is Kind.CREATED:
            exercise = str(event.data.get("exercise") or exercise)
            for team in event.data.get("teams") or ():
                joined(str(team))
        if event.team:
            record = records.get(event.team) or joined(event.team)
            record.apply(event)
        else:
            common.append(event)
            for record in records.values():
                record.apply(event)
    return graded(bundle, list(records.values()), exercise=exercise)


def graded(bundle: Bundle, records: Sequence[Record], *, exercise: str) -> Grade:
    """Grade what records hold at this moment; one record for each team."""
    names = bundle.scenario.checks
    teams = [team_grade(record, [value(record, name) for name in names]) for record in records]
    return Grade(
        exercise=exercise,
        scenario=bundle.scenario.name,
        teams=tuple(teams),
        ended=bool(records) and all(record.state.ended for record in records),
    )


def team_grade(
    record: Record, checks: Sequence[CheckGrade], shares: Shares | None = None
) -> TeamGrade:
    """Grade one team by the values of all its checks, in the scenario's order.

    `shares` remembers, from one call to the next, what the same values came to.
    """
    shares = {} if shares is None else shares
    scenario = record.bundle.scenario
    phases, shared = [], []
    for phase in Phase:
        own = [check for check in checks if check.phase is phase]
        phases.append(_phase(phase, scenario.phases.get(phase, 0.0), own))
        shared += _shared(phases[-1].max, own, shares)
    order = {name: index for index, name in enumerate(scenario.checks)}
    shared.sort(key=lambda check: order[check.check])
    penalties = _penalties(record, shared)
    lost = sum(penalty.points for penalty in penalties)
    unknown = sum(c.penalty * (1 - c.low) for c in shared if c.penalty is not None and c.pending)
    reasons = _reasons(record, shared)
    return TeamGrade(
        team=record.team or "",
        name=record.state.name or record.team or "",
        score=_total(sum(phase.points for phase in phases), lost),
        max=sum(phase.max for phase in phases),
        low=_total(sum(phase.low for phase in phases), lost + unknown),
        high=_total(sum(phase.high for phase in phases), lost),
        provisional=bool(reasons),
        reasons=reasons,
        phases=tuple(phases),
        penalties=penalties,
        deducted=min(PENALTY_CAP, lost),
        checks=tuple(shared),
        stale=tuple(sorted(record.state.stale)),
    )


def _total(points: float, lost: float) -> float:
    return max(0.0, points - min(PENALTY_CAP, lost))


def _phase(phase: Phase, weight: float, checks: Sequence[CheckGrade]) -> PhaseGrade:
    counted = [check for check in checks if check.counted]
    pending = [check for check in checks if check.pending]
    known = sum(check.weight for check in counted)
    open_ = sum(check.weight for check in pending)
    earned = sum(check.weight * check.low for check in counted)
    low = sum(check.weight * check.low for check in pending)
    high = sum(check.weight * check.high for check in pending)
    return PhaseGrade(
        phase=phase,
        points=weight * earned / known if known else 0.0,
        max=weight if known else 0.0,
        low=weight * (earned + low) / (known + open_) if known + open_ else 0.0,
        high=weight * (earned + high) / (known + open_) if known + open_ else 0.0,
    )


def _shared(points: float, checks: Sequence[CheckGrade], shares: Shares) -> list[CheckGrade]:
    """Give each check its share of the phase's points, so that every point can be traced."""
    known = sum(check.weight for check in checks if check.counted)
    result = []
    for check in checks:
        before = shares.get(check.check)
        if before is not None and before[0] is check and before[1] == (points, known):
            result.append(before[2])
            continue
        if check.penalty is not None:
            seen = not check.pending and check.outcome.value in ("PASS", "FAIL")
            result.append(check.sharing(lost=check.penalty * (1 - check.low) if seen else 0.0))
        elif check.counted and known:
            share = points * check.weight / known
            result.append(check.sharing(points=share * check.low, possible=share))
        else:
            result.append(check)
        shares[check.check] = (check, (points, known), result[-1])
    return result


def _penalties(record: Record, checks: Sequence[CheckGrade]) -> tuple[Penalty, ...]:
    scenario = record.bundle.scenario
    hints, revert = scenario.hints, scenario.revert_penalty
    lost = [Penalty("check", check.check, check.lost, check.at) for check in checks if check.lost]
    if not scenario.charges_help:
        return tuple(sorted(lost, key=lambda penalty: penalty.at or 0.0))
    lost += [
        Penalty("hint", name, hints[name].cost, taken.stamp.at, taken.by)
        for name, taken in record.state.hints.items()
        if name in hints and hints[name].cost
    ]
    lost += [
        Penalty("revert", taken.what, revert, taken.stamp.at, taken.by)
        for taken in record.state.reverts
        if taken.charged and revert
    ]
    return tuple(sorted(lost, key=lambda penalty: penalty.at or 0.0))


def _reasons(record: Record, checks: Sequence[CheckGrade]) -> tuple[str, ...]:
    weight = sum(check.weight for check in checks)
    seen = sum(check.weight for check in checks if check.counted)
    return tuple(
        reason
        for reason, given in (
            ("running", record.state.ended is None),
            ("unknown", any(check.pending for check in checks)),
            ("observed", seen < OBSERVED_ENOUGH * weight - 1e-9),
        )
        if given
    )
