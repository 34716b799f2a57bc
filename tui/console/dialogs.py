"""Questions, single lines to type, and trouble told with what to do about it."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from range.errors import CyderError, HostNotReady, InvalidInput, ProvisioningFailed
from tui.look.app import CyderApp, SpeakingDialog
from tui.look.text import block, plain
from tui.look.theme import BAD, QUIET, STRONG

_BOX = """
    align: center middle;
    & > Vertical {
        width: 72; max-width: 96%; height: auto; max-height: 96%;
        background: $panel; border: round $primary; padding: 0 1;
        border-title-color: $primary;
    }
    & Horizontal { height: auto; margin-top: 1; align: right middle; }
    & Button { margin-left: 2; }
    & VerticalScroll { height: auto; max-height: 14; }
"""


class Unforeseen(CyderError):
    """Something that this program should have foreseen."""


class _Dialog(SpeakingDialog[object]):
    """Common to all of them."""

    app: CyderApp[None]

    def say(self, key: str, **values: object) -> str:
        """Return the words of `key`."""
        return self.app.say(key, **values)


class Question(_Dialog):
    """A question; True for yes. Nothing is done without it."""

    DEFAULT_CSS = f"Question {{ {_BOX} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes"),
        Binding("n", "answer(False)", "no"),
    ]

    def __init__(self, question: str, detail: str = "", *, yes: str = "yes") -> None:
        super().__init__()
        self._question, self._detail, self._yes = question, detail, yes

    def compose(self) -> ComposeResult:
        """Put the question together."""
        with Vertical() as box:
            with VerticalScroll(can_focus=False):
                yield Static(block(self._question, STRONG))
                if self._detail:
                    yield Static(block(self._detail))
            with Horizontal():
                yield Button(f"{self.say(self._yes)} (y)", id="yes", variant="primary")
                yield Button(f"{self.say('no')} (n)", id="no")
        box.border_title = self.say("question")

    def on_mount(self) -> None:
        """The harmless answer comes first."""
        self.query_one("#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Take the answer from a key."""
        self.dismiss(yes)


class TypeLine(_Dialog):
    """One line to type; None when it is left."""

    DEFAULT_CSS = f"TypeLine {{ {_BOX} }}"

    def __init__(self, title: str, value: str = "", about: str = "", *, most: int = 500) -> None:
        super().__init__()
        self._title, self._value, self._about, self._most = title, value, about, most

    def compose(self) -> ComposeResult:
        """Put the line together."""
        with Vertical() as box:
            if self._about:
                yield Static(block(self._about, QUIET))
            yield Input(self._value, max_length=self._most)
            with Horizontal():
                yield Button(self.say("ok"), id="yes", variant="primary")
                yield Button(self.say("cancel"), id="no")
        box.border_title = plain(self._title).plain

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line."""
        self.dismiss(event.value.strip())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the line, or nothing."""
        self.dismiss(self.query_one(Input).value.strip() if event.button.id == "yes" else None)


class Trouble(_Dialog):
    """What went wrong, where, and what to do. Never a traceback."""

    DEFAULT_CSS = f"Trouble {{ {_BOX} }} Trouble > Vertical {{ border: round $error; width: 92; }}"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "leave", "ok", show=False)]

    def __init__(self, error: CyderError) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        """Put the panel together."""
        with Vertical() as box:
            yield Static(Text("! ", BAD).append(self.say(f"trouble-{kind(self.error)}"), STRONG))
            with VerticalScroll():
                if isinstance(self.error, InvalidInput) and self.error.problems:
                    yield Static(problems_table(self.error, self.app))
                else:
                    yield Static(block(self.error.message))
            yield Static(_advice(self.error, self.say(f"advice-{kind(self.error)}"),
                                 self.say("advice")))  # fmt: skip
            with Horizontal():
                yield Button(self.say("ok"), id="ok", variant="primary")
        box.border_title = self.say("trouble")

    def on_mount(self) -> None:
        """Enter closes it."""
        self.query_one("#ok").focus()

    def on_button_pressed(self) -> None:
        """Close."""
        self.dismiss(None)


def kind(error: CyderError) -> str:
    """Return which sort of trouble it is: the last part of keys of words."""
    if isinstance(error, Unforeseen):
        return "bug"
    if isinstance(error, InvalidInput):
        return "input"
    if isinstance(error, HostNotReady):
        return "host"
    return "provisioning" if isinstance(error, ProvisioningFailed) else "other"


def problems_table(error: InvalidInput, app: CyderApp[None]) -> Table:
    """Every mistake with its place."""
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
    table.add_column(Text(app.say("place"), QUIET), no_wrap=True)
    table.add_column(Text(app.say("mistake"), QUIET), ratio=1, overflow="fold")
    for problem in error.problems[:500]:
        file = problem.file.rsplit("/", 1)[-1]
        place = f"{file}:{problem.line}:{problem.column}" if problem.line else problem.file
        table.add_row(plain(place, STRONG), block(problem.message, limit=1000))
    return table


def _advice(error: CyderError, general: str, heading: str) -> Text:
    text = Text(f"\n{heading}: ", QUIET).append(general)
    if error.hint:
        text.append("\n").append_text(block(error.hint, limit=1000))
    return text
