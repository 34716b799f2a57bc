"""A list whose rows are redrawn without losing the place, marked by more than a colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.look.theme import THEME

_MARKED = Style(color=THEME.foreground, bgcolor=THEME.background, reverse=True)


@dataclass(frozen=True)
class Row:
    """One entry. `text` is harmless, one line, and leaves its first cell free for the mark."""

    id: str
    text: Text


class Rows(OptionList, inherit_bindings=False):
    """Entries by id. The marked one stays marked when others come before it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", "up", show=False),
        Binding("down,j", "cursor_down", "down", show=False),
        Binding("home", "first", "first", show=False),
        Binding("end", "last", "last", show=False),
        Binding("pageup", "page_up", "page-up", show=False),
        Binding("pagedown", "page_down", "page-down", show=False),
        Binding("enter", "select", "open", show=False),
    ]
    DEFAULT_CSS = """
    Rows, Rows:focus { border: none; padding: 0; background: transparent; height: 1fr;
        scrollbar-size-vertical: 1; }
    Rows > .option-list--option-highlighted, Rows:focus > .option-list--option-highlighted {
        background: transparent; color: $foreground; text-style: none; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._draw: Callable[[int], Sequence[Row]] = lambda _: ()
        self._drawn: tuple[int, Sequence[Row]] = (0, ())

    @property
    def marked(self) -> str:
        """Id of the entry that is marked; "" for none."""
        option = self.highlighted_option
        return (option.id or "") if option is not None else ""

    def show(self, draw: Callable[[int], Sequence[Row]], *, mark: str = "") -> None:
        """Show other entries; `mark` says which is marked, else the one that is."""
        self._draw = draw
        self._redraw(mark)

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new width."""
        self._redraw("")

    def render_line(self, y: int) -> Strip:
        """Draw one line: the marked entry by a sign, and reversed while the focus is here."""
        strip = super().render_line(y)
        if self.scroll_offset.y + y != self.highlighted:  # each entry is one line
            return strip
        if not self.has_focus:
            return Strip.join([Strip([Segment(">")]), strip.crop(1)])
        marked = Strip.join([Strip([Segment(">")]), strip.crop(1)])
        return Strip(Segment.apply_style(marked, post_style=_MARKED), marked.cell_length)

    def _redraw(self, mark: str) -> None:
        width = self.size.width - 1
        if width < 4:
            return
        rows = tuple(self._draw(width))
        mark = mark or self.marked
        if (width, rows) != self._drawn:
            self._drawn = (width, rows)
            at_top = self.scroll_offset.y == 0
            self.set_options([Option(row.text, id=row.id) for row in rows])
            if at_top:
                self.scroll_home(animate=False)
        ids = [row.id for row in rows]
        self.highlighted = ids.index(mark) if mark in ids else (0 if ids else None)
