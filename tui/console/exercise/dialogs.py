"""Dialogues: a question with fields, a choice, and something to read. Nothing in them is markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rich.console import RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import (
    Button,
    Input,
    Label,
    OptionList,
    Static,
    TextArea,
)
from textual.widgets.option_list import Option

from range.scenario.model import Language
from tui.console.exercise.choice import Choice
from tui.console.exercise.ticks import Tick, Ticks
from tui.console.exercise.words import WORDS
from tui.look.app import CyderApp, SpeakingDialog, described
from tui.look.text import block

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `choices` are pairs of value and what is shown for it."""

    key: str
    label: str
    kind: Literal["line", "area", "choice", "flag", "teams"] = "line"
    value: Any = ""
    choices: Sequence[tuple[str, str]] = ()
    required: bool = False


class Dialog(SpeakingDialog[Any]):
    """A box in the middle of the screen."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 96%;
        background: $panel; border: round $primary; padding: 0 1;
    }
    Dialog.reading > Vertical { width: 110; height: 90%; }
    Dialog .title { text-style: bold; color: $accent; width: 1fr; height: auto; }
    Dialog .about { color: $foreground; height: auto; }
    Dialog .about-box { max-height: 45%; }
    Dialog .about-box:focus { background: $surface; }
    Dialog .label { color: $secondary; height: 1; margin-top: 0; }
    Dialog .wrong { color: $error; height: auto; }
    Dialog VerticalScroll { height: auto; max-height: 1fr; }
    Dialog.reading VerticalScroll { height: 1fr; }
    Dialog Input, Dialog TextArea { background: $surface; padding: 0 1; border: none; }
    Dialog Input:focus, Dialog TextArea:focus { border: none; background: $primary-darken-3; }
    Dialog Input { height: 1; }
    Dialog TextArea { height: 5; }
    Dialog OptionList { height: auto; max-height: 14; background: $surface; border: none; }
    Dialog .buttons { height: 1; align-horizontal: right; margin-top: 1; }
    Dialog .buttons Button {
        border: none; height: 1; min-width: 10; margin-left: 2; background: $primary-darken-3;
    }
    Dialog .buttons Button:focus { background: $primary; color: $background; text-style: bold; }
    Dialog .buttons Label { color: $secondary; width: 1fr; }
    """

    @property
    def active_bindings(self) -> Any:
        """The keys that work now, in the language of the moment."""
        return described(super().active_bindings, self.app)

    def say(self, key: str, **values: object) -> str:
        """Return words in the language of the moment."""
        return WORDS.say(key, spoken_by(self), **values)

    def relabel(self) -> None:
        """Stay as it is: what was filled in must not be lost; the next one speaks anew."""


def spoken_by(widget: Widget) -> Language:
    """Return the language of the app that a widget is in."""
    app = widget.app
    return app.language if isinstance(app, CyderApp) else "ja"


class Ask(Dialog):
    """A question with fields; returns what was filled in, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "ok"),
        Binding("y,enter", "submit", "yes", show=False),
    ]

    def __init__(
        self, title: str, fields: Sequence[Field] = (), *, about: RenderableType = "",
        yes: str = "", check: Callable[[Values], str] | None = None,
    ) -> None:  # fmt: skip
        """`check` returns what is wrong with what was filled in, or ""."""
        super().__init__()
        self._title, self._fields, self._about = title, fields, about
        self._yes, self._check = yes, check

    def compose(self) -> ComposeResult:
        """Title, fields, buttons."""
        with Vertical():
            yield Static(Text(self._title), classes="title")
            if self._about:
                short = isinstance(self._about, str)
                about = block(self._about) if isinstance(self._about, str) else self._about
                with VerticalScroll(can_focus=not short, classes="about-box"):
                    yield Static(about, classes="about")
            with VerticalScroll(can_focus=False):
                for field in self._fields:
                    if field.kind != "flag":
                        yield Static(Text(field.label), classes="label")
                    yield _widget(field)
            yield Static("", classes="wrong", markup=False)
            with Horizontal(classes="buttons"):
                yield Label(self.say("submit-key"), markup=False)
                yield Button(Content(self._yes or self.say("ok")), id="yes")
                yield Button(Content(self.say("cancel")), id="no")

    def on_mount(self) -> None:
        """Begin in the first thing that wants text, else on the button that does nothing."""
        wanting = [field for field in self._fields if field.kind in ("line", "area", "choice")]
        if wanting:
            self.query_one(f"#f-{wanting[0].key}").focus()
        else:
            self.query_one("#yes" if self._fields else "#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do it, or not."""
        event.stop()
        if event.button.id == "yes":
            self.action_submit()
        else:
            self.dismiss(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line does it."""
        event.stop()
        self.action_submit()

    def action_submit(self) -> None:
        """Give back what was filled in, if nothing is wrong with it."""
        values = {field.key: self._value(field) for field in self._fields}
        wrong = self._wrong(values)
        if wrong:
            self.query_one(".wrong", Static).update(Text(wrong))
        else:
            self.dismiss(values)

    def _wrong(self, values: Values) -> str:
        for field in self._fields:
            if field.kind == "teams" and not values[field.key]:
                return self.say("no-team")
            if field.required and not str(values[field.key]).strip():
                return self.say("missing", field=field.label)
        return self._check(values) if self._check is not None else ""

    def _value(self, field: Field) -> Any:
        widget = self.query_one(f"#f-{field.key}")
        match widget:
            case Input() | Choice() | Tick() | Ticks():
                return widget.value
            case TextArea():
                return widget.text
            case _:
                return None


def _widget(field: Field) -> Widget:
    id_ = f"f-{field.key}"
    match field.kind:
        case "line":
            known = [name for _, name in field.choices]
            suggester = SuggestFromList(known, case_sensitive=False) if known else None
            return Input(str(field.value), id=id_, suggester=suggester)
        case "area":
            return TextArea(str(field.value), id=id_, tab_behavior="focus")
        case "flag":
            return Tick(field.label, bool(field.value), id=id_)
        case "teams":
            return Ticks(field.choices, field.value, id=id_)
        case "choice":
            return Choice(field.choices, str(field.value), id=id_)


class Pick(Dialog):
    """A list to choose one of; returns its value, or None."""

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        """Title and list."""
        with Vertical():
            yield Static(Text(self._title), classes="title")
            yield OptionList(*(Option(Content(name)) for _, name in self._choices))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give back what was chosen."""
        self.dismiss(self._choices[event.option_index][0])


class Read(Dialog):
    """Something to read; Esc or Enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q", "leave", "back")]

    def __init__(self, title: str, content: RenderableType) -> None:
        super().__init__(classes="reading")
        self._title, self._content = title, content

    def compose(self) -> ComposeResult:
        """Title and text."""
        with Vertical():
            yield Static(Text(self._title), classes="title")
            with VerticalScroll():
                yield Static(self._content, markup=False)
