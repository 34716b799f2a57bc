"""The forms there are: what was handed in, by whom and when, and where a draft waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList

from tui.desk.fields import answered
from tui.desk.line import Json
from tui.desk.pages.page import Page
from tui.desk.room import language, say, told
from tui.desk.rows import Row, Rows
from tui.desk.sheet import Lines, Sheet, paragraphs
from tui.look.text import fit, padded
from tui.look.theme import CARE, GOOD, QUIET, STRONG


class FormsPage(Page):
    """Forms above; what the marked one is for, and what was handed in, below."""

    name_of = "forms"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "fill_in", "open", priority=True),
        Binding("space,pagedown", "text(1)", "page-down", show=False, priority=True),
        Binding("pageup", "text(-1)", "page-up", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    FormsPage Rows { height: 1fr; min-height: 4; }
    FormsPage Sheet { height: 1fr; border-top: solid $secondary; }
    FormsPage Sheet:focus { border-top: solid $accent; }
    """

    class Opened(Message):
        """The member wants to fill a form in."""

        def __init__(self, form: str) -> None:
            super().__init__()
            self.form = form

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield Rows()
        yield Sheet()

    def show(self) -> None:
        """Draw what the model knows."""
        self.query_one(Rows).show(self._rows)
        self.query_one(Sheet).show(self._text)

    @on(OptionList.OptionHighlighted)
    def _marked(self) -> None:
        self.query_one(Sheet).show(self._text, top=True)

    @on(OptionList.OptionSelected)
    def action_fill_in(self) -> None:
        """Open the marked form."""
        form = self.query_one(Rows).marked
        if form:
            self.post_message(self.Opened(form))

    def action_text(self, pages: int) -> None:
        """Scroll the text, wherever the focus is."""
        sheet = self.query_one(Sheet)
        sheet.scroll_relative(y=pages * max(sheet.size.height - 2, 1), animate=False)

    def _rows(self, width: int) -> Sequence[Row]:
        return [Row(form["form"], self._row(form, width)) for form in self.room.model.forms]

    def _row(self, form: Json, width: int) -> Text:
        model = self.room.model
        done = model.submissions.get(form["form"])
        if done:
            state, style = f"x {self._when(done)}", GOOD
        else:
            state, style = f"- {say(self, 'not-handed-in')}", QUIET
        draft = say(self, "draft") if form["form"] in model.drafts else ""
        right = Text(no_wrap=True, end="").append(padded(f"* {draft}" if draft else "", 13),
                                                  style=CARE)  # fmt: skip
        right.append(padded(state, 34), style=style)
        title = padded(told(self, form["title"]), max(width - right.cell_len - 3, 8))
        text = Text("  ", no_wrap=True, end="").append(f"{title} ", style=STRONG)
        return text.append_text(right)

    def _when(self, done: Json) -> str:
        who = self.room.model.who(str(done.get("by", ""))) or say(self, "white")
        return say(self, "handed-in", at=done.get("at", ""), who=fit(who, 12))

    def _text(self, width: int) -> Lines:
        form = self.room.model.form(self.query_one(Rows).marked)
        if form is None:
            return [(say(self, "no-forms"), QUIET)]
        parts = [
            (told(self, form["title"]), STRONG),
            (say(self, "form-to", who=told(self, form["to"])), QUIET),
            *([(told(self, form["about"]), "")] if form.get("about") else []),
            ("", ""),
        ]
        done = self.room.model.submissions.get(form["form"])
        if not done:
            return paragraphs([*parts, (say(self, "nothing-submitted"), QUIET)], width)
        parts.append((f"{say(self, 'show-submitted')}: {self._when(done)}", GOOD))
        return paragraphs([*parts, *answered(form, done.get("answers") or {}, language(self))],
                          width)  # fmt: skip
