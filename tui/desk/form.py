"""Filling a form in: every change is kept as a draft; handing in asks back."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button, Input, Static, TextArea

from tui.desk.answers import ready, refused_field, wrong
from tui.desk.bars import Header, KeyBar
from tui.desk.dialogs import Push, Sure
from tui.desk.fields import Field, answered
from tui.desk.line import Answers, Json, Refusal
from tui.desk.picker import Picker
from tui.desk.room import Room, language, say, told
from tui.desk.sheet import Lines, Sheet, paragraphs
from tui.look.app import SpeakingScreen
from tui.look.text import fit
from tui.look.theme import BAD, CARE, GOOD, QUIET, STRONG


class FormScreen(SpeakingScreen[None]):
    """One form. Closed by Esc; what was typed stays as a draft."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "submit"),
        Binding("escape", "back", "back"),
        Binding("tab", "app.focus_next", "next-field"),
        Binding("shift+tab", "app.focus_previous", "previous-field", show=False),
    ]
    DEFAULT_CSS = """
    FormScreen { layout: vertical; }
    FormScreen > VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    FormScreen Sheet { height: auto; }
    FormScreen #state { height: 1; padding: 0 1; background: $surface; }
    """

    def __init__(self, room: Room, form: Json) -> None:
        super().__init__()
        self._room, self._form = room, form
        self._name_of = str(form["form"])
        self._key = secrets.token_hex(8)
        self.drawn = False  # there is something to be drawn anew
        self._busy = ""
        self._answers: Answers = {}

    def compose(self) -> ComposeResult:
        """Put it together, with the draft or what was handed in last."""
        model = self._room.model
        done = model.submissions.get(self._name_of) or {}
        before: Answers = model.drafts.get(self._name_of) or dict(done.get("answers") or {})
        yield Header(self._room)
        with VerticalScroll(can_focus=False):
            yield Sheet(self._head)
            for name, field in self._form["fields"].items():
                yield Field(name, field, before.get(name), language(self))
            yield Push(say(self, "submit"))
        yield Static(id="state", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.drawn = True
        self.query_one(Sheet).can_focus = False
        self.query(Field).first().box.focus()
        self._answers = self._typed()
        self.refresh_data()

    def relabel(self) -> None:
        """Say it in the other language; what was typed stays."""
        for field in self.query(Field):
            field.relabel(language(self))
        self.refresh_data()

    def refresh_data(self) -> None:
        """Show what changed: an earlier submission, the draft's state, the clock."""
        self.query_one(Sheet).show(self._head)
        again = self._name_of in self._room.model.submissions
        self.query_one(Push).relabel(say(self, "submit-again" if again else "submit"))
        self.show_state()
        self.query_one(Header).tick()

    def tick(self) -> None:
        """Show the clock as it is now."""
        self.query_one(Header).tick()

    def show_state(self) -> None:
        """Show whether what is typed is safe, in the line below."""
        for line in self.query("#state").results(Static):
            line.update(self._state())

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Picker.Picked)
    def _typing(self) -> None:
        answers = self._typed()
        if answers == self._answers:
            return  # the first word of a widget that was filled by us
        self._answers = answers
        self._key = secrets.token_hex(8)
        self._room.drafts.write(self._name_of, answers)
        for field in self.query(Field):
            field.complain("")

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    @on(Button.Pressed)
    def _pressed(self) -> None:
        self.action_submit()

    def action_back(self) -> None:
        """Back to the desk."""
        self.dismiss(None)

    def action_submit(self) -> None:
        """Look the answers over, ask back, hand in."""
        if not self._busy and self.is_current:
            self._submit()

    @work(exclusive=True, group="submit")
    async def _submit(self) -> None:
        answers = ready(self._form, self._typed())
        problems = wrong(self._form, answers)
        self._complain({name: say(self, key) for name, key in problems.items()})
        if problems:
            return
        sure = Sure(say(self, "submit-sure", title=told(self, self._form["title"])),
                    say(self, "submit"), self._about(answers))  # fmt: skip
        if not await self.app.push_screen_wait(sure):
            return
        self._busy = "submitting"
        self.show_state()
        try:
            done = await self._room.drafts.submit(self._name_of, answers, self._key)
        except Refusal as refusal:
            self._refused(refusal)
            return
        finally:
            self._busy = ""
        self._key = secrets.token_hex(8)
        at = done.get("at", "")
        self._room.model.submissions[self._name_of] = {
            "at": at, "by": self._room.model.by, "answers": answers,
        }  # fmt: skip
        self.app.notify(say(self, "submitted", at=at), title=told(self, self._form["title"]))
        self.dismiss(None)

    def _refused(self, refusal: Refusal) -> None:
        """Show what the engine says at the field that it is about."""
        field = refused_field(self._form, refusal.text)
        if field:
            self._complain({field: f"! {told(self, refusal.text)}"})
        else:
            self.app.notify(told(self, refusal.text), severity="warning", timeout=10)
        self._busy = ""
        self.show_state()

    def _complain(self, problems: dict[str, str]) -> None:
        fields = list(self.query(Field))
        for field in fields:
            field.complain(problems.get(field.field_name, ""))
        first = next((field for field in fields if field.field_name in problems), None)
        if first is not None:
            first.box.focus()
            first.scroll_visible(animate=False)
            self.app.notify(say(self, "look-again", count=len(problems)), severity="warning")

    def _typed(self) -> dict[str, Any]:
        return {field.field_name: field.value for field in self.query(Field)}

    def _about(self, answers: Answers) -> Lines:
        model = self._room.model
        whom = say(self, "submit-whom", who=told(self, self._form["to"]),
                   by=model.member or model.team_name)  # fmt: skip
        done = model.submissions.get(self._name_of)
        again = []
        if done:
            who = model.who(str(done.get("by", ""))) or say(self, "white")
            again = [(say(self, "submit-replaces", at=done.get("at", ""), who=who), CARE)]
        return [(whom, QUIET), *again, *answered(self._form, answers, language(self))]

    def _head(self, width: int) -> Lines:
        form = self._form
        parts = [
            (told(self, form["title"]), STRONG),
            (say(self, "form-to", who=told(self, form["to"])), QUIET),
            *([(told(self, form["about"]), "")] if form.get("about") else []),
        ]
        return [*paragraphs(parts, width), ("", "")]

    def _state(self) -> Text:
        drafts, model = self._room.drafts, self._room.model
        if self._busy:
            key, style = ("submit-waits", BAD) if model.lost else ("submitting", CARE)
            return Text(say(self, key), style=style)
        why = drafts.refused.get(self._name_of)
        if why:
            text = say(self, "draft-refused", why=told(self, why))
            return Text(fit(text, max(self.size.width - 2, 1)), style=BAD)
        if self._name_of in drafts.unsaved:
            key, style = ("draft-waits", BAD) if model.lost else ("draft-saving", QUIET)
            return Text(say(self, key), style=style)
        return Text(say(self, "draft-saved") if self._name_of in model.drafts else "", style=GOOD)
