"""After the end: the score, kept beside the log, and the debrief."""

from __future__ import annotations

from range.events.folder import ExerciseFolder, write_durably
from range.grading.grade import grade
from range.grading.result import Grade, summary_text
from range.report.files import debriefed, written
from range.report.standings import Standings


def conclude(exercise: ExerciseFolder) -> Grade:
    """Grade an exercise from its log, keep the result, and return it."""
    with exercise.read() as log:
        result = grade(exercise.bundle(), log.read(), exercise=exercise.id)
        Standings.of(exercise, log)  # keeps them
    write_durably(exercise.result, summary_text(result))
    return result


def debrief(exercise: ExerciseFolder) -> None:
    """Write the debrief in both languages, and as JSON."""
    written(debriefed(exercise), exercise.report)
