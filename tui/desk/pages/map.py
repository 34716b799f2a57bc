"""The organisation's network."""

from __future__ import annotations

from textual.app import ComposeResult

from tui.desk.drawing import draw
from tui.desk.pages.page import Page
from tui.desk.room import language, say
from tui.desk.sheet import Lines, Sheet
from tui.look.theme import QUIET


class MapPage(Page):
    """Networks as bands, nodes with their addresses."""

    name_of = "map"

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield Sheet()

    def show(self) -> None:
        """Draw what the model knows."""
        self.query_one(Sheet).show(self._draw)

    def _draw(self, width: int) -> Lines:
        network = self.room.model.network
        if not network:
            return [(say(self, "no-map"), QUIET)]
        return draw(network, width, language(self))
