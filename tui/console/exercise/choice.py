"""One of a few values on one line: arrow keys, space or a click turn it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.look.text import plain


class Choice(Static, can_focus=True):
    """Shows `< value >`. `value` is what is chosen."""

    DEFAULT_CSS = """
    Choice { height: 1; background: $surface; padding: 0 1; }
    Choice:focus { background: $primary-darken-3; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "turn(-1)", show=False),
        Binding("right,down,space", "turn(1)", show=False),
    ]

    def __init__(self, choices: Sequence[tuple[str, str]], value: str, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._choices = choices
        values = [each for each, _ in choices]
        self._index = values.index(value) if value in values else 0

    @property
    def value(self) -> str:
        """What is chosen; "" where there is nothing to choose."""
        return self._choices[self._index][0] if self._choices else ""

    def render(self) -> Text:
        """Draw it."""
        name = self._choices[self._index][1] if self._choices else "-"
        place = f" >  {self._index + 1}/{len(self._choices)}"
        return Text("< ").append_text(plain(name)).append(place)

    def action_turn(self, by: int) -> None:
        """Choose the next one, or the one before."""
        if self._choices:
            self._index = (self._index + by) % len(self._choices)
            self.refresh()

    def on_click(self) -> None:
        """Choose the next one."""
        self.focus()
        self.action_turn(1)
