"""What every page of the desk can do."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Vertical
from textual.widget import Widget

from tui.desk.room import Room


class Page(Vertical):
    """One page. `show` draws it from the model, as often as something changed."""

    name_of: ClassVar[str]
    DEFAULT_CSS = "Page { height: 1fr; width: 1fr; }"

    def __init__(self, room: Room) -> None:
        super().__init__(id=f"page-{self.name_of}")
        self.room = room

    def on_mount(self) -> None:
        """Draw it for the first time."""
        self.show()

    def show(self) -> None:
        """Draw what the model knows."""

    def enter(self) -> None:
        """Take the focus, as the page was opened."""
        for widget in self.query(Widget):
            if widget.focusable:
                widget.focus()
                return
