"""A team's checks in rows: what was asked, how it stands, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass

from range.grading.predicate import Outcome
from range.grading.result import CheckGrade
from range.report.board import BoardTeam
from range.report.explain import judgement
from range.report.words import say as reported
from range.scenario.model import Language
from range.scenario.scenario import Scenario
from scoreboard.draw.cells import Line, Piece, clock, ends, left, right
from scoreboard.face import Face
from scoreboard.stage import Stage
from scoreboard.words import SAY
from tui.look.theme import CARE, QUIET, STRONG, sign

_POINTS, _SINCE = 10, 11
_ROOMY = 110  # cells from which phases have their full names in Japanese


def heading(team: BoardTeam, stage: Stage, face: Face, cells: int) -> list[Line]:
    """Return three rows: who, the score and its doubts, what was deducted."""
    grade, language = team.grade, face.language
    now = stage.board.now if stage.frozen is None else stage.since
    at = "-" if now is None else clock(now)
    frozen = "frozen" if stage.frozen is not None else "as-of"
    score = f"{grade.score:.2f} / {grade.max:g}"
    doubts: list[Piece] = []
    if grade.provisional:
        why = reported("comma", language).join(
            reported(reason, language) for reason in grade.reasons
        )
        doubts = [(f"~ {reported('provisional', language)}: {why}  ", CARE)]
        if grade.high - grade.low >= 0.05:
            low, high = f"{grade.low:.1f}", f"{grade.high:.1f}"
            doubts.append((SAY.say("interval", language, low=low, high=high), QUIET))
    return [
        ends(
            [(SAY.say("checks-of", language, team=face.name(team)), STRONG)],
            [(SAY.say(frozen, language, at=at), CARE if stage.frozen else QUIET)],
            cells,
        ),
        ends([(f"{SAY.say('score', language)} {score}  ", STRONG), *doubts], [], cells),
        ends([(_penalties(team, language), QUIET)], [], cells),
    ]


def columns(cells: int, language: Language) -> Line:
    """Return the row above the checks."""
    wide = _columns(cells, language)

    def say(key: str) -> str:
        return SAY.say(key, language)

    return (
        ("  ", ""),
        left(say("phase"), wide.phase, QUIET),
        left(say("check"), wide.title, QUIET),
        (" ", ""),
        left(say("judgement"), wide.judged, QUIET),
        right(say("points-of"), _POINTS, QUIET),
        right(say("since"), _SINCE, QUIET),
    )


def check(grade: CheckGrade, scenario: Scenario, cells: int, language: Language) -> Line:
    """Return the row of one check."""
    wide = _columns(cells, language)
    mark = sign(_outcome(grade))
    if grade.penalty is not None:
        points = f"-{grade.lost:.1f}"
    else:
        points = f"{grade.points:.1f}/{grade.possible:.1f}" if grade.counted else "-"
    return (
        (f"{mark.character} ", mark.style),
        left(SAY.say(grade.phase.value + wide.suffix, language), wide.phase),
        left(scenario.checks[grade.check].title.in_(language), wide.title),
        (" ", ""),
        left(judgement(grade, language), wide.judged, mark.style),
        right(points, _POINTS, STRONG),
        right("-" if grade.at is None or grade.at < 0 else clock(grade.at), _SINCE, QUIET),
    )


@dataclass(frozen=True)
class _Columns:
    """Widths in cells; `suffix` picks the length of the phases' names."""

    suffix: str
    phase: int
    title: int
    judged: int


def _columns(cells: int, language: Language) -> _Columns:
    short = language == "ja" and cells < _ROOMY
    phase = 9 if language == "en" else 7 if short else 14
    judged = 9 if language == "ja" else 16
    title = max(8, cells - 2 - phase - 1 - judged - _POINTS - _SINCE)
    return _Columns("-short" if short else "", phase, title, judged)


def _outcome(grade: CheckGrade) -> str:
    if grade.outcome is Outcome.SKIP and grade.pending:
        return "PENDING" if grade.runs else "UNSEEN"
    if grade.outcome is Outcome.FAIL and grade.credit > 0:
        return "PARTLY"
    return grade.outcome.value


def _penalties(team: BoardTeam, language: Language) -> str:
    lost = [
        f"{_named(item.kind, item.what, language)} -{item.points:.1f}"
        for item in team.grade.penalties
    ]
    if not lost:
        return ""
    return f"{SAY.say('penalties-of', language)}: {reported('comma', language).join(lost)}"


def _named(kind: str, what: str, language: Language) -> str:
    return what if kind == "check" else SAY.say(kind, language, what=what)
