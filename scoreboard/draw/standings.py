"""The standings: a row a team, with as many columns as there is room for."""

from __future__ import annotations

from dataclasses import dataclass

from range.grading.result import TeamGrade
from range.scenario.model import Language, Phase
from scoreboard.draw import firsts
from scoreboard.draw.cells import Line, Piece, bar, centred, left, right
from scoreboard.face import Row
from scoreboard.words import SAY
from tui.look.theme import CARE, GOOD, QUIET, STRONG

_NAME, _LONG_NAME = 8, 34
_PHASE, _WIDE_PHASE = 7, 13


@dataclass(frozen=True)
class Columns:
    """Widths in cells; 0 for a column that has no room. `phase`: bars show this phase's points."""

    name: int
    bar: int
    phases: int
    phase: Phase | None = None
    over: bool = False  # running scores are all provisional; then no row says so


def columns(cells: int, phase: Phase | None = None, *, over: bool = False) -> Columns:
    """Return what fits: names first, then phases, then bars."""
    spare = cells - 25  # place, score, lost, firsts
    phases = _WIDE_PHASE if spare >= 4 * _WIDE_PHASE + 30 else _PHASE
    if spare < 4 * phases + _NAME + 6:
        phases = 0
    spare -= 4 * phases
    # Cells that names do not need are the bars'.
    name = min(_LONG_NAME, max(_NAME, (spare + _NAME) // 2))
    return Columns(name, max(0, spare - name), phases, phase, over)


def heading(wide: Columns, language: Language, *, ranks: bool) -> Line:
    """Return the row above the teams."""

    def say(key: str) -> str:
        return SAY.say(key, language)

    chosen = say(wide.phase.value) if wide.phase else say("total")
    pieces: list[Piece] = [
        right(say("rank") if ranks else "", 5, QUIET),
        (" ", ""),
        left(say("team"), wide.name, QUIET),
        right(say("score"), 7, QUIET),
        (" ", ""),
        centred(chosen if wide.bar >= 6 else "", wide.bar, QUIET),
    ]
    if wide.phases:
        short = "" if wide.phases == _WIDE_PHASE else "-short"
        pieces += [right(say(phase.value + short), wide.phases, QUIET) for phase in Phase]
    return (*pieces, right(say("lost"), 6, QUIET), right(say("first"), 5, QUIET))


def team(row: Row, wide: Columns) -> Line:
    """Return the row of one team."""
    grade = row.team.grade
    points, most = _shown(grade, wide.phase)
    doubt = "~" if grade.provisional and wide.over else ""
    pieces: list[Piece] = [
        right("" if row.rank is None else str(row.rank), 5, STRONG),
        (" ", ""),
        left(row.name, wide.name, STRONG if row.rank == 1 else ""),
        right(f"{doubt}{points:.2f}", 7, STRONG),
        (" ", ""),
        (bar(points, most, wide.bar), GOOD),
    ]
    if wide.phases:
        for phase in grade.phases:
            text = f"{phase.points:.1f}" if phase.max else "-"
            if wide.phases == _WIDE_PHASE and phase.max:
                text += f"/{phase.max:g}"
            pieces.append(right(text, wide.phases, "" if phase.max else QUIET))
    lost = f"-{grade.deducted:.1f}" if grade.deducted >= 0.05 else "0"
    marks = len(firsts.of(row.team))
    return (*pieces, right(lost, 6, QUIET), right(f"✦{marks}" if marks else "", 5, CARE))


def _shown(grade: TeamGrade, phase: Phase | None) -> tuple[float, float]:
    if phase is None:
        return grade.score, 100.0
    own = next((item for item in grade.phases if item.phase is phase), None)
    return (own.points, own.max) if own else (0.0, 0.0)
