"""A search line that is there only while it is used."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.console.exercise.dialogs import spoken_by
from tui.console.exercise.words import WORDS


class Finder(Input):
    """Opened by `/`; Enter keeps the search and goes to the list, Esc clears it."""

    DEFAULT_CSS = """
    Finder { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
    Finder:focus { border: none; }
    Finder.used { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear_search", "cancel", show=False),
    ]

    def open(self) -> None:
        """Show it and begin to type."""
        self.placeholder = WORDS.say("search-hint", spoken_by(self))
        self.add_class("used")
        self.focus()

    def action_clear_search(self) -> None:
        """Look for nothing, and go to the list."""
        self.value = ""
        self.remove_class("used")
        self.post_message(self.Submitted(self, ""))
