"""Who is stuck: a plain measure over the log, with its reasons.

A team is `stuck` after 30 minutes of exercise time without an act (a form, a hint, a rehearsed
step), or after 15 when a time goal has run out meanwhile; `watch` after 15 minutes, or with three
goals run out. What it does inside its nodes is not in the log and cannot count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from range.grading.predicate import Outcome
from range.grading.record import Record
from range.grading.result import TeamGrade
from range.scenario.scenario import Scenario
from tui.console.exercise.model import TeamStory

LONG = 30 * 60.0  # exercise seconds without an act
NOTABLE = 15 * 60.0
MANY = 3  # goals run out

Level = Literal["ok", "watch", "stuck"]


@dataclass(frozen=True)
class Goals:
    """Time goals of checks that are not reached yet: check -> exercise second it is due."""

    due: Mapping[str, float]

    def over(self, now: float) -> list[str]:
        """Return the checks whose goal has run out, the longest first."""
        return [check for check, at in sorted(self.due.items(), key=_by_time) if at <= now]


@dataclass(frozen=True)
class Standing:
    """How a team is getting on."""

    team: str
    level: Level
    idle: float  # exercise seconds since its last act, or since the start
    acted: bool
    over: tuple[str, ...]  # checks whose time goal ran out, still open
    hints: int


def goals(scenario: Scenario, record: Record | None, grade: TeamGrade | None) -> Goals:
    """Return the goals that count already and whose checks do not pass."""
    if record is None or grade is None:
        return Goals({})
    due = {}
    for check in grade.checks:
        goal = scenario.checks[check.check].goal
        if goal is None or check.outcome is Outcome.PASS or not (check.pending or check.counted):
            continue
        since = record.happened(goal.since)
        if since is not None:
            due[check.check] = since + goal.within
    return Goals(due)


def standing(team: TeamStory, known: Goals, now: float) -> Standing:
    """Judge how stuck a team is at exercise second `now`."""
    idle = max(0.0, now - (team.acted or 0.0))
    over = tuple(known.over(now))
    level: Level = "ok"
    if idle >= LONG or (idle >= NOTABLE and over):
        level = "stuck"
    elif idle >= NOTABLE or len(over) >= MANY:
        level = "watch"
    return Standing(team.team, level, idle, team.acted is not None, over, len(team.hints))


def _by_time(item: tuple[str, float]) -> tuple[float, str]:
    return item[1], item[0]
