"""Boxes to tick. What is ticked has an x in it: colour is never the only sign."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.look.text import plain


def _box(ticked: bool) -> str:
    return "[x] " if ticked else "[ ] "


class Ticks(OptionList):
    """Several of a list: space or Enter ticks one, `*` all or none."""

    DEFAULT_CSS = """
    Ticks { height: auto; max-height: 6; background: $surface; border: none; padding: 0 1; }
    Ticks:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", show=False),
        Binding("asterisk", "all_or_none", show=False),
    ]

    def __init__(
        self, choices: Sequence[tuple[str, str]], ticked: Collection[str], *, id: str
    ) -> None:
        self._choices = choices
        self._ticked = set(ticked)
        super().__init__(*(Option(self._prompt(*choice)) for choice in choices), id=id)

    @property
    def value(self) -> list[str]:
        """What is ticked, in the order of the list."""
        return [value for value, _ in self._choices if value in self._ticked]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tick it, or not."""
        event.stop()
        self._ticked ^= {self._choices[event.option_index][0]}
        self._show(event.option_index)

    def action_all_or_none(self) -> None:
        """Tick all; where all are ticked, none."""
        every = {value for value, _ in self._choices}
        self._ticked = set() if self._ticked >= every else every
        for index in range(len(self._choices)):
            self._show(index)

    def _show(self, index: int) -> None:
        self.replace_option_prompt_at_index(index, self._prompt(*self._choices[index]))

    def _prompt(self, value: str, name: str) -> Content:
        return Content(_box(value in self._ticked) + plain(name).plain)


class Tick(Static, can_focus=True):
    """One box: space, Enter or a click ticks it."""

    DEFAULT_CSS = """
    Tick { height: 1; padding: 0 1; }
    Tick:focus { background: $primary-darken-3; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "tick", show=False)]

    def __init__(self, label: str, value: bool, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._label = label
        self.value = value

    def render(self) -> Text:
        """Draw it."""
        return Text(_box(self.value)).append_text(plain(self._label))

    def action_tick(self) -> None:
        """Tick it, or not."""
        self.value = not self.value
        self.refresh()

    def on_click(self) -> None:
        """Tick it, or not."""
        self.focus()
        self.action_tick()
