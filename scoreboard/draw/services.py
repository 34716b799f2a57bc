"""Availability: a strip a team, one cell for each stretch of the exercise."""

from __future__ import annotations

from collections.abc import Sequence

from range.report.board import BoardTeam
from range.report.strips import Service
from range.scenario.model import Language, Text
from scoreboard.draw.cells import Line, Piece, left, right, short_clock
from scoreboard.face import Row
from scoreboard.words import SAY
from tui.look.theme import BAD, CARE, GOOD, QUIET

_NAME = 16
_SHARE = 7
_SIGNS = {"up": "▮", "partly": "▯", "down": "✗", "unknown": "?", "": "·"}
_STYLES = {"up": GOOD, "partly": CARE, "down": f"bold {BAD}", "unknown": QUIET, "": "#33485c"}


def titles(teams: Sequence[BoardTeam]) -> list[tuple[str, Text]]:
    """Return the services of all teams, in their order."""
    found: dict[str, Text] = {}
    for team in teams:
        for service in team.services:
            found.setdefault(service.check, service.title)
    return list(found.items())


def of(team: BoardTeam, check: str) -> list[Service]:
    """Return one service of a team, or all of them for ""."""
    return [service for service in team.services if check in ("", service.check)]


def share(services: Sequence[Service]) -> float | None:
    """Return for how much of the known time services were up; None where nothing is known."""
    up = known = 0.0
    for service in services:
        for start, stop, state in service.spans:
            if state != "unknown":
                known += stop - start
                up += (stop - start) * (state == "up")
    return up / known if known > 0 else None


def strip(services: Sequence[Service], cells: int, *, now: float, end: float) -> list[str]:
    """Return the state of each stretch: the worst that was seen in it. "" lies in the future."""
    states: list[set[str]] = [set() for _ in range(cells)]
    scale = cells / max(end, now, 1.0)
    for service in services:
        for start, stop, state in service.spans:
            first = max(0, min(cells - 1, int(start * scale)))
            last = max(first, min(cells - 1, int(min(stop, now) * scale)))
            # A stretch belongs to the next cell only where it reaches into it.
            if last > first and last >= stop * scale:
                last -= 1
            for cell in range(first, last + 1):
                states[cell].add(state)
    return [_worst(seen) for seen in states]


def _worst(seen: set[str]) -> str:
    if "down" in seen:
        return "down" if seen == {"down"} else "partly"
    return "up" if "up" in seen else "unknown" if seen else ""


def heading(cells: int, language: Language, title: str, end: float) -> Line:
    """Return the row above the strips: whose they are, and the times at their ends."""
    name, length = sizes(cells)
    start, stop = short_clock(0), short_clock(end)
    middle = SAY.say("availability", language)
    return (
        left(title, name, QUIET),
        (" ", ""),
        (f"{start}{'':{max(0, length - len(start) - len(stop))}}{stop}"[:length], QUIET),
        right(middle, _SHARE, QUIET),
    )


def sizes(cells: int) -> tuple[int, int]:
    """Return the widths of name and strip."""
    name = max(_NAME, min(30, cells // 5))
    return name, max(4, cells - name - 1 - _SHARE)


def team(row: Row, check: str, cells: int, *, now: float, end: float) -> Line:
    """Return the row of one team for one service, or for all of them for ""."""
    name, length = sizes(cells)
    services = of(row.team, check)
    pieces: list[Piece] = []
    for state in strip(services, length, now=now, end=end):
        sign, style = _SIGNS[state], _STYLES[state]
        if pieces and pieces[-1][1] == style:
            pieces[-1] = pieces[-1][0] + sign, style
        else:
            pieces.append((sign, style))
    part = share(services)
    shown = "-" if part is None else f"{part:.0%}" if part in (0, 1) else f"{part:.1%}"
    return (left(row.name, name), (" ", ""), *pieces, right(shown, _SHARE))
