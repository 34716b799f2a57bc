"""Text to read, drawn for the width there is and scrolled by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from range.text import clean
from tui.desk.wrap import wrap
from tui.look.text import LONG

Part = tuple[str, str]  # text, style
Lines = Sequence[Part]
Draw = Callable[[int], Lines]  # for so many cells


class Sheet(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Shows what its drawing makes of the width; drawn again when that changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "up", show=False),
        Binding("down,j", "scroll_down", "down", show=False),
        Binding("home", "scroll_home", "first", show=False),
        Binding("end", "scroll_end", "last", show=False),
        Binding("pageup", "page_up", "page-up", show=False),
        Binding("pagedown,space", "page_down", "page-down", show=False),
    ]
    DEFAULT_CSS = """
    Sheet { padding: 0 1; scrollbar-size-vertical: 1; }
    Sheet > Static { width: 1fr; height: auto; }
    """

    def __init__(self, draw: Draw | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw: Draw = draw or (lambda _: ())
        self._text = Static(markup=False)
        self._drawn: tuple[int, Lines] = (0, ())

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield self._text

    def show(self, draw: Draw, *, top: bool = False) -> None:
        """Show another drawing; `top` goes to its beginning."""
        self._draw = draw
        self._redraw()
        if top:
            self.scroll_home(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new width."""
        self._redraw()

    def _redraw(self) -> None:
        # The scroll bar's cell is always left free, so that lines do not jump when it comes.
        width = self.size.width - self.styles.scrollbar_size_vertical - 2
        if width < 2:
            return
        lines = tuple(self._draw(width))
        if (width, lines) == self._drawn:
            return
        self._drawn = (width, lines)
        self._text.update(joined(lines))


def joined(lines: Lines) -> Text:
    """Return lines as one text that is broken nowhere else."""
    return Text("\n", no_wrap=True, end="").join(
        Text(text, style=style, no_wrap=True, end="") for text, style in lines
    )


def paragraphs(parts: Lines, width: int) -> Lines:
    """Return parts broken into lines of `width` cells, harmless."""
    return [(line, style) for text, style in parts for line in wrap(clean(text, LONG), width)]
