"""Help at a price, which is shown before it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

from tui.desk.dialogs import Sure
from tui.desk.line import Closed, Json, Refusal
from tui.desk.pages.page import Page
from tui.desk.room import say, told
from tui.desk.rows import Row, Rows
from tui.desk.sheet import Lines, Sheet, paragraphs
from tui.look.text import fit, padded
from tui.look.theme import CARE, GOOD, QUIET, STRONG


class HintsPage(Page):
    """Hints by objective above; what the marked one costs or says below."""

    name_of = "hints"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", "hint-take", priority=True)]
    DEFAULT_CSS = """
    HintsPage Rows { height: 3fr; min-height: 4; }
    HintsPage Sheet { height: 2fr; border-top: solid $secondary; }
    HintsPage Sheet:focus { border-top: solid $accent; }
    """

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
    @work(exclusive=True)
    async def action_take(self) -> None:
        """Ask back, then take the marked hint."""
        hint = self._hint()
        if hint is None or hint.get("text") or self._closed_by(hint):
            return
        question = say(self, "hint-sure", objective=told(self, hint["objective"]),
                       tier=hint["tier"])  # fmt: skip
        about = [(self._price(hint), CARE)]
        if not await self.app.push_screen_wait(Sure(question, say(self, "hint-take"), about)):
            return
        try:
            taken = await self.room.feed.ask("hint", hint=hint["hint"])
        except Refusal as refusal:
            self.app.notify(told(self, refusal.text), severity="warning")
        except Closed:
            self.app.notify(say(self, "lost"), severity="error")
        else:
            for known in self.room.model.hints:
                if known["hint"] == hint["hint"]:
                    known["text"] = taken["text"]
            self.show()

    def _hint(self) -> Json | None:
        id_ = self.query_one(Rows).marked
        return next((hint for hint in self.room.model.hints if hint["hint"] == id_), None)

    def _closed_by(self, hint: Json) -> int:
        """Return the tier that has to be taken first; 0 for none."""
        before = [
            int(other["tier"])
            for other in self.room.model.hints
            if other["objective"] == hint["objective"] and other["tier"] < hint["tier"]
            and not other.get("text")
        ]  # fmt: skip
        return min(before, default=0)

    def _price(self, hint: Json) -> str:
        if not hint["cost"]:
            return say(self, "hint-about-free")
        return say(self, "hint-about", cost=_points(hint["cost"]))

    def _rows(self, width: int) -> Sequence[Row]:
        rows = []
        for hint in self.room.model.hints:
            closed = self._closed_by(hint)
            if hint.get("text"):
                sign, state, style = "x", say(self, "hint-taken"), GOOD
            elif closed:
                sign, state, style = "-", say(self, "hint-closed", tier=closed), QUIET
            elif hint["cost"]:
                sign, style = "?", CARE
                state = say(self, "hint-cost", cost=_points(hint["cost"]))
            else:
                sign, state, style = "?", say(self, "hint-free"), ""
            text = Text(f"  [{sign}] ", no_wrap=True, end="")
            text.append(padded(say(self, "hint-tier", tier=hint["tier"]), 8))
            text.append(padded(state, 16), style=style)
            text.append(fit(told(self, hint["objective"]), max(width - text.cell_len, 0)))
            rows.append(Row(hint["hint"], text))
        return rows

    def _text(self, width: int) -> Lines:
        hint = self._hint()
        if hint is None:
            return [(say(self, "no-hints"), QUIET)]
        tier = say(self, "hint-tier", tier=hint["tier"])
        closed = self._closed_by(hint)
        if hint.get("text"):
            body = (told(self, hint["text"]), "")
        elif closed:
            body = (say(self, "hint-first", tier=closed), QUIET)
        else:
            body = (self._price(hint), CARE)
        return paragraphs([(f"{told(self, hint['objective'])}  {tier}", STRONG), body], width)


def _points(value: object) -> str:
    return f"{float(str(value)):g}"
