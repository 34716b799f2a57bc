"""Widgets that draw rows of styled text, and of these only what has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from scoreboard.draw.cells import Line

_CURSOR = Style.parse("on #33485c")


class Canvas(Widget):
    """Asks `paint(width, height)` for its rows; draws those that are not as before."""

    DEFAULT_CSS = "Canvas { height: 1fr; }"

    def __init__(self, paint: Callable[[int, int], Sequence[Line]], *, id: str) -> None:
        super().__init__(id=id)
        self._paint = paint
        self._lines: list[Line] = []
        self.drawn = 0  # rows drawn so far: what a test can count

    def repaint(self) -> None:
        """Draw what has changed."""
        if self.display and self.size.area:
            self.show(self._paint(self.size.width, self.size.height))

    def show(self, lines: Sequence[Line]) -> None:
        """Replace the rows."""
        before, self._lines = self._lines, list(lines)
        for row in range(max(len(before), len(lines))):
            if before[row : row + 1] != self._lines[row : row + 1]:
                self.drawn += 1
                self.refresh(Region(0, row, self.size.width, 1))

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.repaint()

    def render_line(self, y: int) -> Strip:
        """Return one row."""
        line = self._lines[y] if y < len(self._lines) else ()
        return self._strip(line, self.rich_style)

    def _strip(self, line: Line, style: Style) -> Strip:
        segments = [Segment(text, style + Style.parse(own)) for text, own in line]
        width = self.size.width
        return Strip(segments).adjust_cell_length(width, style).simplify()


class Lazy:
    """Rows that are made when they come into sight: of many teams only some are."""

    def __init__(self, count: int, make: Callable[[int], Line]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, places: slice) -> list[Line]:
        return [self._make(place) for place in range(*places.indices(self._count))]


@dataclass(frozen=True)
class Sheet:
    """Rows below a head that stays. `keys` name the rows that can be chosen, by their place."""

    head: Sequence[Line]
    rows: Sequence[Line] | Lazy
    keys: Sequence[str] = ()


class Rows(Canvas, can_focus=True):
    """More rows than there may be room for: pages, and a cursor where rows can be chosen."""

    DEFAULT_CSS = "Rows { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "key-down", show=False),
        Binding("up", "move(-1)", "key-up", show=False),
        Binding("pagedown", "page(1)", "key-next-page", show=False),
        Binding("pageup", "page(-1)", "key-previous-page", show=False),
        Binding("enter", "choose", "key-open"),
    ]

    @dataclass
    class Chosen(Message):
        """A row was chosen."""

        key: str

    class Moved(Message):
        """Other rows are seen."""

    def __init__(
        self, sheet: Callable[[int], Sheet], *, id: str, choosing: Callable[[], bool]
    ) -> None:
        super().__init__(self._window, id=id)
        self._sheet_of = sheet
        self._sheet = Sheet((), ())
        self._choosing = choosing
        self.top = 0
        self.cursor = 0

    # What is seen

    @property
    def room(self) -> int:
        """Rows that fit below the head."""
        return max(1, self.size.height - len(self._sheet.head))

    @property
    def pages(self) -> tuple[int, int]:
        """The page that is seen, from 1, and how many there are."""
        count = max(1, -(-len(self._sheet.rows) // self.room))
        return min(count, -(-self.top // self.room) + 1), count

    @property
    def key(self) -> str | None:
        """The row under the cursor."""
        keys = self._sheet.keys
        return keys[self.cursor] if self._choosing() and self.cursor < len(keys) else None

    def show_page_of(self, row: int) -> None:
        """Turn to the page that a row is on."""
        self.top = row // self.room * self.room
        self.repaint()

    def _window(self, width: int, height: int) -> Sequence[Line]:
        under = self.key
        self._sheet = self._sheet_of(width)
        if under is not None and under in self._sheet.keys:
            self.cursor = list(self._sheet.keys).index(under)  # the cursor stays on its team
        self.cursor = min(self.cursor, max(0, len(self._sheet.rows) - 1))
        if self._choosing():
            self.top = min(max(self.top, self.cursor - self.room + 1), self.cursor)
        else:
            self.top -= self.top % self.room  # whole pages where nobody chooses
        self.top = min(self.top, (self.pages[1] - 1) * self.room)
        shown = self._sheet.rows[self.top : self.top + self.room]
        return [*self._sheet.head, *shown][:height]

    def render_line(self, y: int) -> Strip:
        """Return one row, the chosen one with a ground of its own."""
        place = y - len(self._sheet.head)
        if self.has_focus and self.key is not None and place == self.cursor - self.top:
            line = self._lines[y] if y < len(self._lines) else ()
            return self._strip(line, self.rich_style + _CURSOR)
        return super().render_line(y)

    # What is done

    def action_move(self, by: int) -> None:
        """Move the cursor; without one, a page."""
        if not self._choosing():
            self.action_page(by)
            return
        self.cursor = min(max(0, self.cursor + by), max(0, len(self._sheet.rows) - 1))
        self._moved()

    def action_page(self, by: int) -> None:
        """Turn a page; stops at the ends."""
        self.turn(by)

    def turn(self, by: int) -> bool:
        """Turn a page; False where there is none."""
        page, count = self.pages
        to = page + by
        if not 1 <= to <= count:
            return False
        self.top = (to - 1) * self.room
        if self._choosing():
            self.cursor = self.top
        self._moved()
        return True

    def rewind(self) -> None:
        """Return to the first page."""
        self.top = self.cursor = 0
        self._moved()

    def _moved(self) -> None:
        self.repaint()
        self.refresh()
        self.post_message(self.Moved())

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self.key is not None:
            self.post_message(self.Chosen(self.key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer opening only where rows can be opened."""
        return action != "choose" or (self._choosing() and bool(self._sheet.keys))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to a row; a click on the row under the cursor opens it."""
        row = self.top + event.y - len(self._sheet.head)
        if not self._choosing() or not self.top <= row < len(self._sheet.rows):
            return
        if row == self.cursor:
            self.action_choose()
        self.cursor = row
        self.refresh()

    def on_mouse_scroll_down(self) -> None:
        """Go down."""
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        """Go up."""
        self.action_move(-1)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()
