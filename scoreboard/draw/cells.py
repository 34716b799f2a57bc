"""Rows of styled text, measured in cells. A row is a value: what has not changed is not drawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui.look.text import fit, padded

Piece = tuple[str, str]  # text, Rich style
Line = tuple[Piece, ...]

BAR = 10


def left(text: str, cells: int, style: str = "") -> Piece:
    """Return text in a column, cut where it is too long."""
    return padded(text, cells), style


def right(text: str, cells: int, style: str = "") -> Piece:
    """Return text at the right of its column."""
    text = fit(text, cells)
    return " " * (cells - cell_len(text)) + text, style


def centred(text: str, cells: int, style: str = "") -> Piece:
    """Return text in the middle of its column."""
    text = fit(text, cells)
    spare = cells - cell_len(text)
    return " " * (spare // 2) + text + " " * (spare - spare // 2), style


def width(line: Line) -> int:
    """Return how many cells a row takes."""
    return sum(cell_len(text) for text, _ in line)


def ends(start: Sequence[Piece], end: Sequence[Piece], cells: int) -> Line:
    """Return a row with something at both ends; the left one is cut where both do not fit."""
    room = cells - width(tuple(end)) - 2
    kept: list[Piece] = []
    for text, style in start:
        text = fit(text, room) if cell_len(text) > room else text
        room -= cell_len(text)
        kept.append((text, style))
    return (*kept, (" " * (room + 2), ""), *end)


def bar(points: float, most: float, cells: int) -> str:
    """Draw a share of `most`. Full only at the most, empty only at nothing."""
    filled = round(cells * points / most) if most > 0 else 0
    if 0 < points < most and cells > 1:
        filled = min(max(filled, 1), cells - 1)
    filled = min(max(filled, 0), cells)
    return "▮" * filled + "▯" * (cells - filled)


def clock(seconds: float) -> str:
    """Write an exercise time that ticks: always with seconds, so that nothing moves."""
    whole = max(0, int(seconds))
    return f"T+{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def short_clock(seconds: float) -> str:
    """Write an exercise time to the minute."""
    return clock(seconds)[:-3]
