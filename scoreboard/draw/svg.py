"""The same plots and strips as vectors, for the page. Nobody's text passes through here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from range.report.strips import Service
from scoreboard.draw.cells import short_clock
from scoreboard.draw.plot import Curve, top_of
from tui.look.text import fit

WIDTH, HEIGHT = 900.0, 360.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 210.0, 14.0, 30.0
_LETTERS = 20.0  # least distance of two names
_NAME = 22  # cells
_STRIP = 1000.0


def plot(curves: Sequence[Curve], *, now: float, end: float) -> dict[str, Any]:
    """Return paths of steps, the places of names, and the axes."""
    top, end = top_of(curves), max(end, now, 1.0)

    def x(time: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * time / end, 1)

    def y(points: float) -> float:
        room = HEIGHT - _TOP - _BOTTOM
        return round(HEIGHT - _BOTTOM - room * min(max(points / top, 0.0), 1.0), 1)

    known = [(one, points) for one in curves if (points := one.at(now)) is not None]
    heights = _spread([y(points) for _, points in known])
    return {
        "lines": [
            {"name": fit(one.name, _NAME), "letter": one.letter, "colour": one.colour,
             "end": y(points), "label": height, "path": _path(one, now, x, y)}
            for (one, points), height in zip(known, heights, strict=True)
        ],
        "right": x(end), "left": _LEFT, "bottom": HEIGHT - _BOTTOM, "now": x(now),
        "scale": [(f"{top * share:g}", y(top * share)) for share in (0.0, 0.5, 1.0)],
        "times": [(short_clock(end * share), x(end * share)) for share in (0.0, 0.5, 1.0)],
    }  # fmt: skip


def _path(curve: Curve, now: float, x: Any, y: Any) -> str:
    steps = [(time, points) for time, points in curve.points if time <= now]
    if not steps:
        return ""
    path = f"M{x(steps[0][0])} {y(steps[0][1])}"
    path += "".join(f"H{x(time)}V{y(points)}" for time, points in steps[1:])
    return f"{path}H{x(now)}"


def _spread(heights: Sequence[float]) -> list[float]:
    """Move names apart that would lie upon each other, in their order."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    placed = list(heights)
    above = _TOP - _LETTERS
    for place in order:
        above = placed[place] = max(placed[place], above + _LETTERS)
    below = HEIGHT - _BOTTOM + _LETTERS
    for place in reversed(order):
        below = placed[place] = min(placed[place], below - _LETTERS)
    return [round(height, 1) for height in placed]


def spans(services: Sequence[Service], *, now: float, end: float) -> list[dict[str, Any]]:
    """Return the stretches of one service as boxes on a strip of 1000 units."""
    scale = _STRIP / max(end, now, 1.0)
    return [
        {"state": state, "x": round(start * scale, 1),
         "width": round(max(1.5, (min(stop, now) - start) * scale), 1)}
        for service in services
        for start, stop, state in service.spans
    ]  # fmt: skip
