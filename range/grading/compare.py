"""Two grades of one log side by side: what a corrected check changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from range.grading.result import CheckGrade, Grade, rounded


@dataclass(frozen=True)
class Change:
    """One difference: of a team's score (`check` is ""), or of a check that changed, came or went.

    `before` and `after` are points; None where the check does not exist.
    """

    team: str
    check: str
    before: float | None
    after: float | None
    why: str

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)

    def __str__(self) -> str:
        before, after = (
            "-" if points is None else f"{points:.2f}" for points in (self.before, self.after)
        )
        named = f"{self.team} {self.check}".strip()
        return f"{named}: {before} -> {after}" + (f" ({self.why})" if self.why else "")


def compared(before: Grade, after: Grade) -> list[Change]:
    """List what differs, team by team, the scores first."""
    changes = []
    for new in after.teams:
        old = next((team for team in before.teams if team.team == new.team), None)
        if old is None:
            continue
        if rounded(old.score) != rounded(new.score):
            changes.append(Change(new.team, "", rounded(old.score), rounded(new.score), ""))
        olds = {check.check: check for check in old.checks}
        news = {check.check: check for check in new.checks}
        for name in dict.fromkeys([*olds, *news]):
            change = _changed(new.team, name, olds.get(name), news.get(name))
            if change is not None:
                changes.append(change)
    return changes


def _changed(team: str, name: str, old: CheckGrade | None, new: CheckGrade | None) -> Change | None:
    if old is None and new is not None:
        return Change(team, name, None, _points(new), "new check")
    if new is None and old is not None:
        return Change(team, name, _points(old), None, "check removed")
    if old is None or new is None or _told(old) == _told(new):
        return None
    return Change(
        team,
        name,
        _points(old),
        _points(new),
        f"{old.outcome.value} -> {new.outcome.value}: {new.detail}",
    )


def _points(check: CheckGrade) -> float:
    return rounded(check.points - check.lost)


def _told(check: CheckGrade) -> tuple[str, float, float]:
    return (check.outcome.value, round(check.low, 6), _points(check))
