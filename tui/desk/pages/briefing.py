"""What the exercise is about."""

from __future__ import annotations

from textual.app import ComposeResult

from tui.desk.pages.page import Page
from tui.desk.room import say, told
from tui.desk.sheet import Lines, Sheet, paragraphs
from tui.look.theme import QUIET, STRONG


class BriefingPage(Page):
    """The opening text, and the notice that all is recorded."""

    name_of = "briefing"

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield Sheet()

    def show(self) -> None:
        """Draw what the model knows."""
        self.query_one(Sheet).show(self._draw)

    def _draw(self, width: int) -> Lines:
        briefing = self.room.model.briefing
        if not briefing:
            return [(say(self, "loading"), QUIET)]
        notice = told(self, briefing.get("recorded")) or say(self, "recorded")
        return paragraphs(
            [
                (told(self, briefing.get("title")), STRONG),
                ("", ""),
                (told(self, briefing.get("briefing")).rstrip(), ""),
                ("", ""),
                (f"! {notice}", QUIET),
            ],
            width,
        )
