"""What the white cell may still write once an exercise is over and its engine gone: marks."""

from __future__ import annotations

from range.errors import CyderError
from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log, is_written
from range.text import clean, line


def is_over(folder: ExerciseFolder) -> bool:
    """Tell whether an exercise has ended and no engine writes its log any more."""
    if is_written(folder.log):
        return False
    with folder.read() as log:
        return any(True for _ in log.only(Kind.ENDED))


def mark(
    folder: ExerciseFolder, team: str, check: str, credit: float, reason: str, *, actor: str
) -> None:
    """Adjudicate a check of an exercise that is over; CyderError for what does not exist.

    The mark has no exercise time: it changes the score, and no moment of the story.
    """
    if check not in folder.bundle().scenario.checks:
        raise CyderError(f"there is no check {line(check, 60)}")
    with Log.open(folder.log) as log:
        teams = next((event.data.get("teams") for event in log.only(Kind.CREATED)), None)
        if team not in (teams or ()):
            raise CyderError(f"there is no team {line(team, 60)}")
        said = clean(reason, 2000)
        if not said.strip():
            raise CyderError("a mark needs its reason")
        data = {"check": check, "credit": min(1.0, max(0.0, credit)), "reason": said}
        log.append([Draft(Kind.MARKED, data, team, actor)])
