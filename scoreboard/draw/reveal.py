"""The reveal: places from the last upward, what they were at the freeze beside what they are."""

from __future__ import annotations

from collections.abc import Mapping

from range.scenario.model import Language
from scoreboard.draw.cells import Line, bar, centred, left, right
from scoreboard.face import Face, Row
from scoreboard.stage import Reveal
from scoreboard.words import SAY
from tui.look.theme import CARE, GOOD, QUIET, STRONG

_RANK, _SCORE, _WAS = 5, 8, 34


def lines(reveal: Reveal, face: Face, cells: int) -> list[Line]:
    """Return a row for each place, the first on top; those to come are not told."""
    groups = reveal.groups(face)
    before = {row.key: row for row in face.rows(reveal.before)}
    shown: list[Line] = []
    for number, group in enumerate(groups):
        for row in reversed(group) if face.ranks else group:
            newest = number == reveal.shown - 1
            shown.append(
                _told(row, before, cells, face.language, newest=newest)
                if number < reveal.shown
                else _hidden(row, cells, face.language)
            )
    return shown[::-1] if face.ranks else shown


def newest(reveal: Reveal, face: Face) -> int:
    """Return which of the rows of `lines` to keep in sight."""
    groups = reveal.groups(face)
    told = sum(len(group) for group in groups[: reveal.shown])
    if not face.ranks:
        return max(0, told - 1)
    return max(0, sum(len(group) for group in groups) - max(told, 1))


def was(row: Row, before: Mapping[str, Row], language: Language) -> str:
    """Return how a team stood at the freeze."""
    then = before.get(row.key)
    if then is None:
        return ""
    points = f"{then.team.grade.score:.2f}"
    if then.rank is None:
        return SAY.say("was-unranked", language, points=points)
    return SAY.say("was", language, rank=then.rank, points=points)


def _told(
    row: Row, before: Mapping[str, Row], cells: int, language: Language, *, newest: bool
) -> Line:
    name, wide, note = _sizes(cells)
    style = f"bold {CARE}" if newest else STRONG if row.rank == 1 else ""
    return (
        (">" if newest else " ", style),
        right("" if row.rank is None else str(row.rank), _RANK - 1, style),
        (" ", ""),
        left(row.name, name, style),
        right(f"{row.team.grade.score:.2f}", _SCORE, f"bold {CARE}" if newest else STRONG),
        ("  ", ""),
        (bar(row.team.grade.score, 100.0, wide), GOOD),
        ("  ", ""),
        left(was(row, before, language), note, QUIET),
    )


def _hidden(row: Row, cells: int, language: Language) -> Line:
    name, wide, note = _sizes(cells)
    return (
        right("" if row.rank is None else str(row.rank), _RANK, QUIET),
        (" ", ""),
        left(SAY.say("hidden", language), name, QUIET),
        centred("", _SCORE + 4 + wide + note),
    )


def _sizes(cells: int) -> tuple[int, int, int]:
    """Return the widths of name, bar and the note on the freeze."""
    note = min(_WAS, cells // 3 + 8)
    spare = max(10, cells - _RANK - 1 - _SCORE - 4 - note)
    wide = min(24, spare // 3)
    return spare - wide, wide, note
