"""What the team did, and who of it."""

from __future__ import annotations

from textual.app import ComposeResult

from range.text import line
from tui.desk.line import Json
from tui.desk.pages.page import Page
from tui.desk.room import say, told
from tui.desk.sheet import Lines, Sheet
from tui.desk.wrap import wrap
from tui.look.text import padded
from tui.look.theme import QUIET, STRONG

_SIGNS = {"form.submitted": "+", "hint.taken": "?", "exercise.started": ">",
          "exercise.ended": "#", "node.reverted": "!"}  # fmt: skip


class TimelinePage(Page):
    """The newest first."""

    name_of = "timeline"

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield Sheet()

    def show(self) -> None:
        """Draw what the model knows."""
        self.query_one(Sheet).show(self._draw)

    def _draw(self, width: int) -> Lines:
        entries = self.room.model.timeline
        if not entries:
            return [(say(self, "no-timeline"), QUIET)]
        return [row for entry in reversed(entries) for row in self._entry(entry, width)]

    def _entry(self, entry: Json, width: int) -> Lines:
        kind = str(entry.get("kind", ""))
        by = self.room.model.who(str(entry.get("by", ""))) or say(self, "white")
        did = say(self, kind) if kind in _SIGNS else kind
        what = self._what(entry)
        head = f"{padded(str(entry.get('at', '')), 11)}{_SIGNS.get(kind, '-')} {padded(by, 16)} "
        said = line(f"{did}: {what}" if what else did, 500)
        lines = wrap(said, max(width - 30, 10))
        style = STRONG if by == self.room.model.member else ""
        return [((" " * 30 if number else head) + row, style) for number, row in enumerate(lines)]

    def _what(self, entry: Json) -> str:
        model = self.room.model
        if "form" in entry:
            form = model.form(str(entry["form"]))
            return told(self, form["title"]) if form else str(entry["form"])
        if "hint" in entry:
            for hint in model.hints:
                if hint["hint"] == entry["hint"]:
                    tier = say(self, "hint-tier", tier=hint["tier"])
                    return f"{told(self, hint['objective'])} {tier}"
        return str(entry.get("hint") or entry.get("node") or "")
