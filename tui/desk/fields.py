"""The fields of a form: what each is typed or chosen in, and how its answer reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text
from textual import events
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from range.scenario.model import Language
from range.text import clean, line
from tui.desk.answers import LINE, TEXT
from tui.desk.line import Json
from tui.desk.model import said
from tui.desk.picker import Picker
from tui.desk.sheet import Lines
from tui.desk.words import WORDS
from tui.look.theme import BAD, QUIET, STRONG

_HINTS = {"list": "one-each-line", "choice": "choose-one", "choices": "choose-several",
          "time": "time-like", "number": "number-like"}  # fmt: skip


class Line(Input):
    """One line. What is pasted is made harmless and one line."""

    DEFAULT_CSS = """
    Line { height: 1; border: none; border-left: solid $secondary; padding: 0 1;
        background: $surface; }
    Line:focus { height: 1; border: none; border-left: solid $accent; background: $panel; }
    """

    def __init__(self, value: str = "", *, limit: int = LINE, id: str | None = None) -> None:
        super().__init__(value, id=id, max_length=limit, select_on_focus=False)
        self._limit = limit
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Clean it before Textual's own handler, which comes next, puts it in."""
        event.text = line(event.text, max(self._limit - len(self.value), 0))


class Block(TextArea):
    """Many lines. What is pasted is made harmless and bounded."""

    DEFAULT_CSS = """
    Block { height: auto; min-height: 4; max-height: 10; border: none; padding: 0 1;
        border-left: solid $secondary; background: $surface; scrollbar-size-vertical: 1; }
    Block:focus { border: none; border-left: solid $accent; background: $panel; }
    """

    def __init__(self, value: str, *, id: str) -> None:
        super().__init__(
            value, id=id, soft_wrap=True, tab_behavior="focus", highlight_cursor_line=False
        )
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Clean it before Textual's own handler, which comes next, puts it in."""
        event.text = clean(event.text, max(TEXT - len(self.text), 0))


class Field(Widget):
    """One field: label, help, what to answer in, and what is wrong with it."""

    DEFAULT_CSS = """
    Field { height: auto; width: 1fr; margin: 0 0 1 0; }
    Field > Static { height: auto; padding: 0 1; }
    """

    def __init__(self, name: str, field: Json, value: Any, language: Language) -> None:
        super().__init__(id=f"field-{name}")
        self.field_name, self._field, self._language = name, field, language
        self._wrong = ""
        self._label = Static(markup=False)
        self._complaint = Static(markup=False)
        self._complaint.display = False
        self.box = _box(f"answer-{name}", field, value, language)

    def compose(self) -> Any:
        """Put it together."""
        self._label.update(self._head())
        yield self._label
        yield self.box
        yield self._complaint

    @property
    def value(self) -> Any:
        """What is typed or chosen, as it is."""
        if isinstance(self.box, Block):
            return self.box.text
        return self.box.value

    def complain(self, text: str) -> None:
        """Say what is wrong, or with "" that nothing is."""
        self._wrong = text
        self._complaint.update(Text(text, style=f"bold {BAD}"))
        self._complaint.display = bool(text)

    def relabel(self, language: Language) -> None:
        """Say it in another language; the answer stays."""
        self._language = language
        self._label.update(self._head())
        if isinstance(self.box, Picker):
            self.box.relabel(_choices(self._field, language))
        self.complain("")

    def _head(self) -> Text:
        def say(key: str) -> str:
            return WORDS.say(key, self._language)

        field = self._field
        notes = [say("required" if field.get("required", True) else "optional")]
        if field["kind"] in _HINTS:
            notes.append(say(_HINTS[field["kind"]]))
        head = Text(line(said(field["label"], self._language), 500), style=STRONG)
        head.append(f"  ({', '.join(notes)})", style=f"not bold {QUIET}")
        if field.get("help"):
            help_ = line(said(field["help"], self._language), 500)
            head.append("\n" + help_, style=f"not bold {QUIET}")
        return head


def answered(form: Json, answers: Mapping[str, Any], language: Language) -> Lines:
    """Return what was answered, each field with its label, to be read."""
    parts = []
    for name, field in form["fields"].items():
        value = answers.get(name)
        choices = _choices(field, language)
        if isinstance(value, list):
            told = "\n".join(choices.get(str(item), str(item)) for item in value)
        elif isinstance(value, float) and value.is_integer():
            told = str(int(value))
        else:
            told = choices.get(str(value), str(value)) if value not in (None, "") else ""
        parts.append((said(field["label"], language), QUIET))
        parts.append(("  " + (told or WORDS.say("empty", language)).replace("\n", "\n  "), ""))
    return parts


def _box(id_: str, field: Json, value: Any, language: Language) -> Line | Block | Picker:
    kind = field["kind"]
    if kind in ("choice", "choices"):
        chosen = value if isinstance(value, list) else [str(value or "")]
        return Picker(_choices(field, language), chosen, several=kind == "choices", id=id_)
    if kind in ("text", "list"):
        lines = "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")
        return Block(clean(lines, TEXT), id=id_)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Line(line("" if value is None else str(value), LINE), id=id_)


def _choices(field: Json, language: Language) -> dict[str, str]:
    choices = field.get("choices") or {}
    return {str(id_): said(label, language) for id_, label in choices.items()}
