"""The feed: lines of a log, the newest below. Holds a bounded window; older pages are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from range.events.event import Event

MOST = 3000  # lines held


class FeedView(ScrollView, can_focus=True):
    """One line for each event. `tell` makes the line; it is asked only for what is on screen."""

    DEFAULT_CSS = """
    FeedView { height: 1fr; background: $surface; overflow-x: hidden; overflow-y: scroll; }
    FeedView > .feed--cursor { background: $primary-darken-3; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"feed--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "oldest", show=False),
        Binding("end", "follow_on", show=False),
    ]

    class OlderWanted(Message):
        """The reader is at the oldest line there is."""

    class Moved(Message):
        """Following began or ended."""

    def __init__(self, tell: Callable[[Event], Text], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tell = tell
        self._events: list[Event] = []
        self._cursor = -1
        self.following = True
        self.missed = 0

    @property
    def chosen(self) -> Event | None:
        """The event under the cursor."""
        return self._events[self._cursor] if 0 <= self._cursor < len(self._events) else None

    @property
    def oldest(self) -> int:
        """Number of the oldest event held; 0 where there is none."""
        return self._events[0].seq if self._events else 0

    def show_all(self, shown: Iterable[Event]) -> None:
        """Show these events and follow."""
        self._events = list(shown)[-MOST:]
        self.following, self.missed = True, 0
        self._cursor = len(self._events) - 1
        self._sized()
        self._to_cursor()
        self.post_message(self.Moved())

    def append(self, fresh: Sequence[Event]) -> None:
        """Add what is new; while the reader does not follow it only counts."""
        if not fresh:
            return
        if not self.following:
            self.missed += len(fresh)
            self.post_message(self.Moved())
            return
        self._events = [*self._events, *fresh][-MOST:]
        self._cursor = len(self._events) - 1
        self._sized()
        self._to_cursor()

    def prepend(self, older: Sequence[Event]) -> None:
        """Add an older page above; the line looked at stays where it is."""
        if not older:
            return
        self._events = [*older, *self._events][:MOST]
        self._cursor = min(self._cursor + len(older), len(self._events) - 1)
        self._sized()
        self.scroll_to(y=self.scroll_offset.y + len(older), animate=False, force=True)
        self._to_cursor()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        index = y + self.scroll_offset.y
        width = self.size.width
        if not 0 <= index < len(self._events):
            return Strip.blank(width, self.rich_style)
        text = self._tell(self._events[index])
        here = index == self._cursor and (self.has_focus or not self.following)
        base = self.get_component_rich_style("feed--cursor") if here else self.rich_style
        segments = [
            Segment(part.text, base + (part.style or Style()), part.control)
            for part in text.render(self.app.console, end="")
        ]
        return Strip(segments).crop(0, width).extend_cell_length(width, base)

    def pause(self) -> None:
        """Stand still."""
        if self.following:
            self.following, self.missed = False, 0
            self.post_message(self.Moved())
            self.refresh()

    def action_move(self, lines: int) -> None:
        """Move the cursor; at the top older lines are asked for."""
        self.pause()
        if self._cursor + lines < 0:
            self.post_message(self.OlderWanted())
        self._cursor = max(0, min(len(self._events) - 1, self._cursor + lines))
        self._to_cursor()

    def action_page(self, pages: int) -> None:
        """Move by a screen."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_oldest(self) -> None:
        """Go to the oldest line held; once more asks for older ones."""
        self.action_move(-max(1, self._cursor) if self._cursor > 0 else -1)

    def action_follow_on(self) -> None:
        """Go to the newest line held."""
        self.action_move(len(self._events))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a line; a second click on it opens it."""
        self.pause()
        self._cursor = max(0, min(len(self._events) - 1, event.y + self.scroll_offset.y))
        self._to_cursor()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look back."""
        event.stop()
        self.action_move(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look forward."""
        event.stop()
        self.action_move(3)

    def on_resize(self) -> None:
        """Keep the line looked at on screen."""
        self._sized()
        self._to_cursor()

    def _sized(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._events))

    def _to_cursor(self) -> None:
        if self._cursor >= 0:
            self.scroll_to_region(
                Region(0, self._cursor, 1, 1), animate=False, force=True, immediate=True
            )
        self.refresh()
