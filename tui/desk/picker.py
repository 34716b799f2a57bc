"""A field whose answer is chosen: one of several, or any number of them. One widget, all keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from range.text import line
from tui.desk.wrap import wrap
from tui.look.theme import STRONG

_SIGNS = {False: ("( ) ", "(x) "), True: ("[ ] ", "[x] ")}


class Picker(Static, can_focus=True):
    """Choices with a sign before each; a cursor while it has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("space,enter", "choose", "choose"),
    ]
    DEFAULT_CSS = """
    Picker { height: auto; width: 1fr; padding: 0 1; }
    Picker:focus { background: $surface; }
    """

    class Picked(Message):
        """Another answer was chosen."""

        def __init__(self, picker: Picker) -> None:
            super().__init__()
            self.picker = picker

    def __init__(self, choices: Mapping[str, str], chosen: Sequence[str], *, several: bool,
                 id: str | None = None) -> None:  # fmt: skip
        super().__init__(markup=False, id=id)
        self._choices = dict(choices)
        self._chosen = [choice for choice in chosen if choice in self._choices]
        self._several = several
        self._cursor = list(self._choices).index(self._chosen[0]) if self._chosen else 0
        self._rows: list[int] = []  # the choice that each drawn row belongs to

    @property
    def value(self) -> list[str] | str:
        """What is chosen: ids in the order of the choices, or one id, "" for none."""
        chosen = [choice for choice in self._choices if choice in self._chosen]
        return chosen if self._several else "".join(chosen[:1])

    def relabel(self, choices: Mapping[str, str]) -> None:
        """Show the same choices by other words."""
        self._choices = {id_: choices.get(id_, id_) for id_ in self._choices}
        self._draw()

    def action_move(self, by: int) -> None:
        """Move the cursor; beyond the ends to the field there."""
        to = self._cursor + by
        if 0 <= to < len(self._choices):
            self._cursor = to
            self._draw()
        elif by < 0:
            self.screen.focus_previous()
        else:
            self.screen.focus_next()

    def action_choose(self) -> None:
        """Choose what the cursor is on; among several, also take it back."""
        choice = list(self._choices)[self._cursor]
        if self._several and choice in self._chosen:
            self._chosen.remove(choice)
        else:
            self._chosen = [*self._chosen, choice] if self._several else [choice]
        self._draw()
        self.post_message(self.Picked(self))

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        if 0 <= event.y < len(self._rows):
            self._cursor = self._rows[event.y]
            self.action_choose()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the cursor while it is here."""
        super().watch_has_focus(has_focus)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new width."""
        self._draw()

    def _draw(self) -> None:
        text, self._rows = Text(no_wrap=True, end=""), []
        width = max(self.size.width - 6, 10)
        for number, (id_, label) in enumerate(self._choices.items()):
            sign = _SIGNS[self._several][id_ in self._chosen]
            at = self.has_focus and number == self._cursor
            style = STRONG if id_ in self._chosen else ""
            for row, part in enumerate(wrap(line(label, 500), width)):
                text.append("\n" if self._rows else "")
                text.append(("> " if at else "  ") if row == 0 else "  ")
                text.append((sign if row == 0 else "    ") + part,
                            style="reverse" if at else style)  # fmt: skip
                self._rows.append(number)
        self.update(text)
