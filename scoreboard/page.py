"""The board as one HTML file that needs nothing else: no script, no network, no other file.

What the face hides is not in the file either.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from range.errors import CyderError
from range.events.folder import write_durably
from range.report.board import Board
from range.scenario.model import Language, Phase
from scoreboard.draw import firsts, plot, services, svg
from scoreboard.draw.cells import clock, short_clock
from scoreboard.face import Face, Row
from scoreboard.source import Source
from scoreboard.words import SAY

_LANGUAGES: tuple[Language, ...] = ("ja", "en")


class NotWritten(CyderError):
    """The page cannot be written where it was asked for."""

    exit_code = 2


def write(path: Path, source: Source, face: Face, timezone: str) -> None:
    """Write the page; whoever reads the file meanwhile sees the old or the new one."""
    try:
        write_durably(path, page(source, face, timezone))
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}") from error


def page(source: Source, face: Face, timezone: str) -> str:
    """Return the page in both languages; the one of `face` is seen first."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    board = source.board()
    sides = [_side(board, source, replace(face, language=own), timezone) for own in _LANGUAGES]
    return environment.get_template("page.html.j2").render(first=face.language, sides=sides)


def _side(board: Board, source: Source, face: Face, timezone: str) -> dict[str, Any]:
    language = face.language
    rows = face.rows(board)
    at = datetime.fromtimestamp(board.wall, UTC).astimezone(ZoneInfo(timezone))
    flags = []
    if source.until is not None and source.stopped:
        flags.append(SAY.say("frozen", language, at=clock(source.until)))
    if source.delay:
        flags.append(SAY.say("delayed", language, minutes=f"{source.delay / 60:.3g}"))
    if face.names is not None:
        flags.append(SAY.say("pseudonyms-on", language))
    if board.state != "over":
        flags.append(SAY.say("provisional-all", language))
    elif any(team.grade.provisional for team in board.teams):
        flags.append(SAY.say("provisional-some", language))
    return {
        "language": language,
        "say": lambda key: SAY.say(key, language),
        "title": board.title.in_(language),
        "state": SAY.say(board.state, language),
        "now": "-" if board.now is None else clock(board.now),
        "end": clock(board.end),
        "wall": at.strftime("%Y-%m-%d %H:%M %Z"),
        "flags": flags,
        "ranks": face.ranks,
        "rows": [_row(row, over=board.state == "over") for row in rows],
        "phases": list(Phase),
        "plots": _plots(board, rows, language) if board.now is not None else [],
        "services": _services(board, rows, face),
        "firsts": _firsts(rows, face),
        "written": SAY.say("written", language, seq=board.seq),
    }


def _row(row: Row, *, over: bool) -> dict[str, Any]:
    grade = row.team.grade
    return {
        "rank": row.rank,
        "name": row.name,
        "score": f"{grade.score:.2f}",
        "share": f"{min(max(grade.score, 0.0), 100.0):.1f}",
        "provisional": grade.provisional and over,
        "phases": [
            (f"{phase.points:.1f}", f"{phase.max:g}") if phase.max else ("-", "")
            for phase in grade.phases
        ],
        "lost": f"-{grade.deducted:.1f}" if grade.deducted >= 0.05 else "0",
        "firsts": len(firsts.of(row.team)),
    }


def _plots(board: Board, rows: list[Row], language: Language) -> list[dict[str, Any]]:
    """Return the total, large, and each phase that has points, small."""
    plots, now = [], board.now or 0.0
    for phase in (None, *Phase):
        series = [row.team.phases_series[phase] if phase else row.team.series for row in rows]
        some = list(zip(rows, series, strict=True))[: plot.NAMED]
        curves = [plot.curve(index, row.name, own) for index, (row, own) in enumerate(some)]
        if len(rows) > plot.NAMED:
            curves.append(plot.median(SAY.say("median", language), series, now=now, end=board.end))
        drawn = svg.plot(curves, now=now, end=board.end)
        title = SAY.say(phase.value if phase else "total", language)
        plots.append({"title": title, "large": phase is None, **drawn})
    return plots


def _services(board: Board, rows: list[Row], face: Face) -> list[dict[str, Any]]:
    """Return each service with a strip for each team."""
    found = []
    for check, title in services.titles(board.teams):
        strips = []
        for row in rows:
            own = services.of(row.team, check)
            part = services.share(own)
            strips.append(
                {
                    "name": row.name,
                    "share": "-" if part is None else f"{part:.1%}",
                    "spans": svg.spans(own, now=board.now or 0.0, end=board.end),
                }
            )
        found.append({"title": title.in_(face.language), "strips": strips})
    return found


def _firsts(rows: list[Row], face: Face) -> list[dict[str, Any]]:
    marks = sorted(
        ((first, row.name) for row in rows for first in firsts.of(row.team)),
        key=lambda mark: (mark[0].at, mark[1], mark[0].name),
    )
    return [
        {
            "at": short_clock(first.at),
            "name": name,
            "detected": first.phase is Phase.OBSERVE,
            "phase": SAY.say(first.phase.value, face.language),
            "title": "" if face.public else first.title.in_(face.language),
        }
        for first, name in marks
    ]
