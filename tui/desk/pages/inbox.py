"""Messages by channel, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList

from tui.desk.line import Json
from tui.desk.pages.page import Page
from tui.desk.room import Room, say, told
from tui.desk.rows import Row, Rows
from tui.desk.sheet import Lines, Sheet, paragraphs
from tui.look.text import fit, padded
from tui.look.theme import CARE, QUIET, STRONG

# One narrow character for each channel, beside its word.
SIGNS = {"e-mail": "@", "phone": "T", "chat": ">", "ticket": "#", "news": "N", "social": "~",
         "order": "!", "in-person": "&"}  # fmt: skip


class InboxPage(Page):
    """The list above, the marked message below; marking it reads it."""

    name_of = "inbox"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,pagedown", "text(1)", "page-down", priority=True),
        Binding("pageup", "text(-1)", "page-up", show=False, priority=True),
        Binding("a", "all_read", "all-read"),
    ]
    DEFAULT_CSS = """
    InboxPage Rows { height: 2fr; min-height: 4; }
    InboxPage Sheet { height: 3fr; border-top: solid $secondary; }
    InboxPage Sheet:focus { border-top: solid $accent; }
    """

    class Read(Message):
        """Messages were read."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._entered = False
        self._last: str | None = None

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield Rows()
        yield Sheet()

    def show(self) -> None:
        """Draw what the model knows."""
        self.query_one(Rows).show(self._rows)
        self.query_one(Sheet).show(self._text)

    def enter(self) -> None:
        """Go to the newest of what was not read."""
        unread = self.room.model.unread
        self._entered = True
        rows = self.query_one(Rows)
        rows.focus()
        rows.show(self._rows, mark=unread[-1] if unread else "")
        self._read(rows.marked)

    @on(OptionList.OptionHighlighted)
    def _marked(self, event: OptionList.OptionHighlighted) -> None:
        sheet = self.query_one(Sheet)
        if self._entered and self.display and self.screen.is_current:
            self._read(event.option_id or "")
        sheet.show(self._text, top=event.option_id != self._last)
        self._last = event.option_id

    def _read(self, id_: str) -> None:
        if id_ in self.room.model.unread:
            self.room.model.read.add(id_)
            self.query_one(Rows).show(self._rows)
            self.post_message(self.Read())

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.query_one(Sheet).focus()

    def action_text(self, pages: int) -> None:
        """Scroll the text, wherever the focus is."""
        sheet = self.query_one(Sheet)
        sheet.scroll_relative(y=pages * max(sheet.size.height - 2, 1), animate=False)

    def action_all_read(self) -> None:
        """Mark all as read."""
        self.room.model.read.update(self.room.model.unread)
        self.query_one(Rows).show(self._rows)
        self.post_message(self.Read())

    def _rows(self, width: int) -> Sequence[Row]:
        model = self.room.model
        return [
            Row(item["id"], self._row(item, item["id"] not in model.read, width))
            for item in reversed(model.inbox)
        ]

    def _row(self, item: Json, unread: bool, width: int) -> Text:
        channel = str(item.get("channel", ""))
        word = padded(f"{SIGNS.get(channel, '-')} {channel_word(self, channel)}", 12)
        style = STRONG if unread else ""
        text = Text(no_wrap=True, end="")
        text.append(" * " if unread else "   ", style=f"bold {CARE}")
        text.append(padded(str(item.get("at", "")), 11), style=QUIET).append(word)
        rest = width - text.cell_len
        who = min(22, rest // 3)
        text.append(padded(told(self, item.get("from")), who) + " ", style=style)
        return text.append(fit(told(self, item.get("subject")), rest - who - 1), style=style)

    def _text(self, width: int) -> Lines:
        id_ = self.query_one(Rows).marked
        item = next((item for item in self.room.model.inbox if item["id"] == id_), None)
        if item is None:
            return [(say(self, "no-messages"), QUIET)]
        channel = str(item.get("channel", ""))
        to: Any = item.get("to") or []
        heads = [
            f"{SIGNS.get(channel, '-')} {channel_word(self, channel)}  {item.get('at', '')}",
            f"{say(self, 'from')}: {told(self, item.get('from'))}",
            *([f"{say(self, 'to')}: " + ", ".join(told(self, one) for one in to)] if to else []),
        ]
        return paragraphs(
            [
                (told(self, item.get("subject")), STRONG),
                ("   ".join(heads), QUIET),
                ("", ""),
                (told(self, item.get("text")).rstrip(), ""),
            ],
            width,
        )


def channel_word(page: Any, channel: str) -> str:
    """Return the word of a channel; one that is not known by its id."""
    return say(page, channel) if channel in SIGNS else channel
