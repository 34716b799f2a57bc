"""Who detected what first, and who was first to reach the other objectives."""

from __future__ import annotations

from collections.abc import Sequence

from range.report.board import BoardTeam
from range.report.feats import First
from range.scenario.model import Language, Phase
from scoreboard.draw.cells import Line, clock, left
from scoreboard.face import Face, Row
from scoreboard.words import SAY
from tui.look.theme import CARE, QUIET, STRONG

_TIME, _PHASE = 11, 14


def of(team: BoardTeam) -> list[First]:
    """Return what counts as a mark: whole objectives. Single checks would be confetti."""
    return [first for first in team.firsts if first.kind == "objective"]


def lines(rows: Sequence[Row], face: Face, cells: int) -> list[Line]:
    """Return a row for each mark, the newest first. In public without what there was to find."""
    marks = sorted(
        ((first, row.name) for row in rows for first in of(row.team)),
        key=lambda mark: (-mark[0].at, mark[1], mark[0].name),
    )
    name = max(10, min(30, (cells - _TIME - _PHASE - 3) // (1 if face.public else 2)))
    room = max(0, cells - _TIME - _PHASE - 3 - name)
    return [_line(first, team, face, name, room) for first, team in marks]


def _line(first: First, team: str, face: Face, name: int, room: int) -> Line:
    detected = first.phase is Phase.OBSERVE
    word = "detected" if detected else first.phase.value
    return (
        ("✦ " if detected else "✧ ", CARE),
        left(clock(first.at), _TIME, QUIET),
        left(SAY.say(word, face.language), _PHASE, CARE if detected else QUIET),
        left(team, name, STRONG),
        (" ", ""),
        left("" if face.public else first.title.in_(face.language), room),
    )


def nothing(key: str, cells: int, language: Language) -> Line:
    """Return the row that stands where there is nothing to show."""
    return (left(SAY.say(key, language), cells, QUIET),)
