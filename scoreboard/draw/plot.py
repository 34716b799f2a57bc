"""Score over time as steps of braille dots, four to a cell's height and two to its width.

A score holds until something happens, so it is drawn as steps: a slope would claim points between.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from scoreboard.draw.cells import Line, Piece, centred, left, right, short_clock
from tui.look.text import fit
from tui.look.theme import QUIET

# Apart for colour-blind eyes too; the letter on each line tells the team where colour does not.
COLOURS = ("#7cb7e8", "#e8c37c", "#8fd3a8", "#f2925a", "#c9a6e4", "#e58fb4", "#b8c4d0", "#d9d36a")
REST = "#8795a3"
_LOOKS = 60  # of a median
NAMED = 8  # curves that can be told apart
Points = tuple[tuple[float, float], ...]  # exercise seconds, points; each holds until the next

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_AXIS = 4  # cells of the labels at the left
_LEGEND = 22  # cells at most of the names at the right


@dataclass(frozen=True)
class Curve:
    """One team's score: (exercise seconds, points), in order of time."""

    name: str
    letter: str
    points: Points
    colour: str

    def at(self, time: float) -> float | None:
        """Return the points at a time; None before the first."""
        place = bisect_right(self.points, (time, float("inf")))
        return self.points[place - 1][1] if place else None


def curve(index: int, name: str, points: Points) -> Curve:
    """Return the `index`-th curve of a plot, with a letter and a colour of its own."""
    return Curve(name, chr(ord("A") + index), points, COLOURS[index % len(COLOURS)])


def median(name: str, series: Sequence[Points], *, now: float, end: float) -> Curve:
    """Return what half of the teams had reached, looked at in even steps, to stand behind them."""
    times = [end * look / _LOOKS for look in range(_LOOKS) if end * look / _LOOKS < now]
    times.append(now)
    columns = [list(_values(points, times)) for points in series]
    steps: list[tuple[float, float]] = []
    for time, row in zip(times, zip(*columns, strict=True), strict=True):
        known = sorted(points for points in row if points is not None)
        if not known:
            continue
        middle = (known[len(known) // 2] + known[(len(known) - 1) // 2]) / 2
        if not steps or steps[-1][1] != middle:
            steps.append((time, middle))
    return Curve(name, "-", tuple(steps), REST)


def _values(points: Points, times: Sequence[float]) -> Iterator[float | None]:
    """Yield the points at each of several times, in one go."""
    place, value = 0, None
    for time in times:
        while place < len(points) and points[place][0] <= time:
            value = points[place][1]
            place += 1
        yield value


def top_of(curves: Sequence[Curve]) -> float:
    """Return the upper end of the scale: a round number that all curves stay below."""
    most = max((points for curve in curves for _, points in curve.points), default=0.0)
    return next(
        (top for top in (10.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 80.0) if most <= top), 100.0
    )


def plot(curves: Sequence[Curve], cells: int, rows: int, *, now: float, end: float) -> list[Line]:
    """Return `rows` rows of `cells` cells; the first curve lies on top. `end` is the right edge."""
    named = max((cell_len(curve.name) + 2 for curve in curves), default=0)
    legend = min(named, _LEGEND, max(0, cells // 3))
    field = _Field(max(4, cells - _AXIS - 1 - legend), max(2, rows - 1), top_of(curves), now, end)
    for one in reversed(curves):
        field.draw(one)
    for index, one in enumerate(curves):
        field.mark(one, index)
    names = _names(curves, field, legend)
    lines = [
        (_label(field, row), *field.row(row), (" ", ""), names.get(row, (" " * legend, "")))
        for row in range(field.rows)
    ]
    return [*lines, _times(field, cells)][:rows]


class _Field:
    """The dots, and a letter where a cell has one in their place."""

    def __init__(self, cells: int, rows: int, top: float, now: float, end: float) -> None:
        self.cells, self.rows, self.top, self.end = cells, rows, top, max(end, now, 1.0)
        self.now = now
        self._bits = [[0] * cells for _ in range(rows)]
        self._text = [[""] * cells for _ in range(rows)]
        self._style = [[""] * cells for _ in range(rows)]

    def height(self, points: float) -> int:
        """Return the row of dots, from the top, of a score."""
        dots = self.rows * 4 - 1
        return dots - round(dots * min(max(points / self.top, 0.0), 1.0))

    def draw(self, curve: Curve) -> None:
        """Draw a curve from its first point until now."""
        before: int | None = None
        step = self.end / (self.cells * 2 - 1)
        for x in range(min(self.cells * 2, math.ceil(self.now / step) + 1)):
            points = curve.at(min(x * step, self.now))  # the last dot is now, whatever it takes
            if points is None:
                continue
            y = self.height(points)
            start = y if before is None else before
            for dot in range(min(y, start), max(y, start) + 1):
                row, cell = dot // 4, x // 2
                self._bits[row][cell] |= _DOTS[dot % 4][x % 2]
                self._style[row][cell] = curve.colour
            before = y

    def mark(self, curve: Curve, index: int) -> None:
        """Put the curve's letter on it, each curve's at another place, where it is free."""
        last = int(self.now / self.end * (self.cells - 1))
        for step in range(6):
            cell = last - 2 - (index * 3 + step * 2) % max(3, min(last, 26))
            points = curve.at(self.end * cell / max(1, self.cells - 1)) if cell >= 0 else None
            if points is None:
                return
            row = self.height(points) // 4
            if not self._text[row][cell]:
                self._text[row][cell], self._style[row][cell] = curve.letter, f"bold {curve.colour}"
                return

    def row(self, row: int) -> list[Piece]:
        """Return a row of the field, neighbours of one colour joined."""
        pieces: list[Piece] = []
        for bits, text, colour in zip(
            self._bits[row], self._text[row], self._style[row], strict=True
        ):
            shown = text or (chr(0x2800 + bits) if bits else " ")
            if pieces and pieces[-1][1] == colour:
                pieces[-1] = pieces[-1][0] + shown, colour
            else:
                pieces.append((shown, colour))
        return pieces


def _names(curves: Sequence[Curve], field: _Field, cells: int) -> dict[int, Piece]:
    """Put each name where its curve ends; where many end together they keep their order."""
    known = [(curve, points) for curve in curves if (points := curve.at(field.now)) is not None]
    known = sorted(known, key=lambda item: -item[1])[: field.rows]
    if cells < 3:
        return {}
    rows: list[int] = []
    for _, points in known:
        rows.append(max(field.height(points) // 4, rows[-1] + 1 if rows else 0))
    floor = field.rows
    for place in reversed(range(len(rows))):
        floor = rows[place] = min(rows[place], floor - 1)
    return {
        row: left(f"{curve.letter} {fit(curve.name, cells - 2)}", cells, curve.colour)
        for row, (curve, _) in zip(rows, known, strict=True)
    }


def _label(field: _Field, row: int) -> Piece:
    """Return the score at a row: at the ends and, where there is room, half way."""
    if row == 0:
        return right(f"{field.top:g} ", _AXIS, QUIET)
    if row == field.rows - 1:
        return right("0 ", _AXIS, QUIET)
    if field.rows >= 7 and row == field.rows // 2:
        return right(f"{field.top / 2:g} ", _AXIS, QUIET)
    return " " * _AXIS, ""


def _times(field: _Field, cells: int) -> Line:
    """Return the axis of time: its start, its middle where there is room, its end."""
    start, end = short_clock(0), short_clock(field.end)
    middle = short_clock(field.end / 2) if field.cells >= 40 else ""
    inner = centred(middle, max(0, field.cells - len(start) - len(end)))[0]
    rest = " " * max(0, cells - _AXIS - field.cells)
    return ((f"{' ' * _AXIS}{start}{inner}{end}{rest}"[:cells], QUIET),)
