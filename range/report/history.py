"""How scores went: points at fixed steps of exercise time, so that a long exercise has few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from range.grading.result import TeamGrade

_STEPS = 240  # of the planned duration
_ROUND = 15  # steps are multiples of so many seconds
_WIDTH = 6

Point = tuple[float, ...]  # exercise seconds, total, then the points of each phase in order


class Graded(Protocol):
    """Something that has a grade when asked."""

    @property
    def grade(self) -> TeamGrade:
        """The score at this moment."""


class History:
    """Points where a score had changed when it was looked at; each holds until the next."""

    def __init__(self, duration: float) -> None:
        self.step = max(1, round(duration / _STEPS / _ROUND)) * _ROUND
        self.due = 0.0  # exercise time of the next look
        self.points: dict[str, list[Point]] = {}

    def look(self, at: float, teams: Mapping[str, Graded]) -> None:
        """Note what changed, before an event at `at`, not before `due`, is taken in."""
        step = at // self.step
        self.due = (step + 1) * self.step
        for team, graded in teams.items():
            points = self.points.setdefault(team, [])
            point = seen(step * self.step, graded.grade)
            if not points or points[-1][1:] != point[1:]:
                points.append(point)

    def packed(self) -> list[Any]:
        """Return it as plain values."""
        flat = {
            team: [v for point in points for v in point] for team, points in self.points.items()
        }
        return [self.due, flat]

    def restore(self, kept: Iterable[Any]) -> None:
        """Take back what `packed` gave."""
        self.due, flat = kept
        for team, flatly in flat.items():
            values = iter(flatly)
            self.points[team] = list(zip(*[values] * _WIDTH, strict=True))


def seen(at: float, grade: TeamGrade) -> Point:
    """Return the point of a grade, rounded as points are shown."""
    phases = (round(phase.points, 2) + 0.0 for phase in grade.phases)
    return (at, round(grade.score, 2) + 0.0, *phases)
