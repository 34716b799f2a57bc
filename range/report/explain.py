"""One check explained: what it asks, what was seen, and how that became points."""

from __future__ import annotations

from range.clock import spoken
from range.grading.predicate import Outcome
from range.grading.result import CheckGrade, TeamGrade
from range.grading.series import FOREVER, Run
from range.report.words import say, told
from range.scenario.check import Check
from range.scenario.model import Language
from range.scenario.scenario import Scenario


def judgement(grade: CheckGrade, language: Language) -> str:
    """Return the outcome in a word or two."""
    key: str = grade.outcome.value
    if grade.outcome is Outcome.SKIP and grade.pending:
        key = "PENDING" if grade.runs else "UNSEEN"
    elif grade.outcome is Outcome.FAIL and grade.credit > 0:
        key = "PARTLY"
    return say(key, language)


def arithmetic(grade: CheckGrade) -> str:
    """Return the sum that made the points, in figures only."""
    if grade.penalty is not None:
        return f"{grade.penalty:g} x (1 - {grade.low:.2f}) = -{grade.lost:.2f}"
    if not grade.counted:
        return f"{grade.low:.2f} .. {grade.high:.2f}" if grade.pending else "-"
    return f"{grade.possible:.2f} x {grade.credit:.2f} x {grade.factor:.2f} = {grade.points:.2f}"


def explained(
    scenario: Scenario, team: TeamGrade, name: str, language: Language = "en"
) -> list[str]:
    """Lines that trace every point of a check; KeyError if there is no such check."""
    grade, check = team.check(name), scenario.checks[name]
    objective = scenario.objectives[check.objective]
    lines = [
        f"{name}: {check.title.in_(language)}",
        f"  {say('team', language)}: {team.name}",
        f"  {say('phase', language)}: {say(grade.phase.value, language)}"
        f"; {say('objective', language)}: {objective.title.in_(language)}",
        f"  {say('valued', language)}: {_valued(check, language)}",
    ]
    if check.goal is not None:
        goal = check.goal
        since = goal.since.model_dump(exclude_defaults=True, exclude_none=True)
        named = " ".join(f"{key} {value}" for key, value in since.items())
        lines.append(f"  {say('goal', language)}: {goal.within} s .. {goal.limit} s ({named})")
    lines.append(f"  {say('evidence', language)}:")
    lines += [f"    {_look(run, language)}" for run in grade.runs] or [
        f"    {told(grade.detail, language)}"
    ]
    lines += [
        f"  {say('judgement', language)}: {judgement(grade, language)}"
        f" ({told(grade.detail, language)})",
        f"  {say('point', language)}: {arithmetic(grade)}",
    ]
    return lines


def _valued(check: Check, language: Language) -> str:
    if check.penalty is not None:
        return f"{check.valued}, {say('penalty-check', language)} (-{check.penalty:g})"
    return f"{check.valued}, {say('weight', language)} {check.weight:g}"


def _look(run: Run, language: Language) -> str:
    since = spoken(run.first.at) if run.first.at >= 0 else "-"
    until = f" - {spoken(run.last.at)}" if run.first.at < run.last.at < FOREVER.at else ""
    credit = f"{run.low:.2f}" if run.known else "?"
    looks = f" x{run.looks}" if run.looks > 1 else ""
    event = f" [{say('event', language)} {run.first.seq}]" if run.first.seq > 0 else ""
    return f"{since}{until}{looks} {credit} {told(run.detail, language)}{event}"
