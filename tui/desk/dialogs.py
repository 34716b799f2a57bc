"""What the desk asks before it acts: whether one is sure, and who one is."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from range.text import line
from tui.desk.fields import Line
from tui.desk.room import Room, say, told
from tui.desk.sheet import Lines, Sheet, paragraphs
from tui.look.app import SpeakingDialog, SpeakingScreen
from tui.look.theme import BAD, QUIET, STRONG

NAME = 30  # characters

_BOX = """
    width: 74; max-width: 96%; height: auto; max-height: 96%;
    background: $panel; border: round $primary; padding: 0 1;
"""


class Push(Button):
    """A button that shows by signs, too, that it has the focus."""

    DEFAULT_CSS = """
    Push, Push:focus { margin: 0 1; background-tint: transparent; }
    """

    def __init__(self, words: str, *, id: str | None = None) -> None:
        super().__init__(f"  {words}  ", id=id, compact=True)
        self._words = words

    def relabel(self, words: str) -> None:
        """Show other words."""
        self._words = words
        self.watch_has_focus(self.has_focus)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show where the focus is."""
        super().watch_has_focus(has_focus)
        self.label = Content(f"> {self._words} <" if has_focus else f"  {self._words}  ")


class Sure(SpeakingDialog[bool]):
    """Asks back, showing what is about to be done. Result: True for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right", "other", show=False),
        Binding("y", "yes", "yes"),
        Binding("n", "leave", "no"),
        Binding("down", "read(1)", "scroll"),
        Binding("up", "read(-1)", show=False),
        Binding("pagedown,space", "read(10)", show=False),
        Binding("pageup", "read(-10)", show=False),
    ]
    DEFAULT_CSS = f"""
    Sure {{ align: center middle; }}
    Sure > Vertical {{ {_BOX} }}
    Sure Sheet {{ height: auto; max-height: 65vh; }}
    Sure Horizontal {{ height: 1; align-horizontal: center; margin-top: 1; }}
    """

    def __init__(self, question: str, yes: str, about: Lines = ()) -> None:
        super().__init__()
        self._question, self._yes, self._about = question, yes, about

    def compose(self) -> ComposeResult:
        """Put it together."""
        with Vertical():
            yield Sheet(lambda width: paragraphs([(self._question, STRONG)], width), id="question")
            if self._about:
                yield Sheet(lambda width: paragraphs(self._about, width), id="about")
            with Horizontal():
                yield Push(self._yes, id="yes")
                yield Push(say(self, "cancel"), id="no")

    def on_mount(self) -> None:
        """Begin on the side that changes nothing."""
        self.query_one("#question", Sheet).can_focus = False
        self.query_one("#no").focus()

    def relabel(self) -> None:
        """Stay in the language in which it was asked."""

    def action_yes(self) -> None:
        """Yes."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """No."""
        self.dismiss(False)

    def action_read(self, lines: int) -> None:
        """Scroll what is about to be done, wherever the focus is."""
        for sheet in self.query("#about").results(Sheet):
            sheet.scroll_relative(y=lines, animate=False)

    def action_other(self) -> None:
        """Go to the other button."""
        here = self.query_one("#yes").has_focus
        self.query_one("#no" if here else "#yes").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class Welcome(SpeakingScreen[str]):
    """The notice that all is recorded; asks the member's name if unknown. Result: the name."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go", "enter-desk")]
    DEFAULT_CSS = f"""
    Welcome {{ align: center middle; }}
    Welcome > Vertical {{ {_BOX} }}
    Welcome Sheet {{ height: auto; max-height: 14; }}
    Welcome Line {{ margin: 0 1; }}
    Welcome Static.wrong {{ height: 1; padding: 0 1; }}
    Welcome Horizontal {{ height: 1; align-horizontal: center; }}
    """

    def __init__(self, room: Room) -> None:
        super().__init__()
        self._room = room
        self.drawn = False  # there is something to be drawn anew
        self._asks = not room.model.member

    def compose(self) -> ComposeResult:
        """Put it together."""
        with Vertical():
            yield Sheet(self._draw)
            if self._asks:
                yield Line(limit=NAME)
                yield Static(classes="wrong", markup=False)
            with Horizontal():
                yield Push(say(self, "enter-desk"))

    def on_mount(self) -> None:
        """Begin where there is something to do."""
        self.drawn = True
        self.query_one(Sheet).can_focus = False
        self.query_one(Input if self._asks else Button).focus()

    def relabel(self) -> None:
        """Say it in the other language; what was typed stays."""
        self.refresh_data()
        self.query_one(Push).relabel(say(self, "enter-desk"))
        for wrong in self.query(".wrong").results(Static):
            wrong.update("")

    def refresh_data(self) -> None:
        """Show what the engine has told since."""
        self.query_one(Sheet).show(self._draw)

    @on(Input.Submitted)
    @on(Button.Pressed)
    def action_go(self) -> None:
        """Close, if there is a name."""
        if not self._asks:
            self.dismiss(self._room.model.member)
            return
        name = member_name(self.query_one(Input).value)
        if name:
            self.dismiss(name)
        else:
            self.query_one(".wrong", Static).update(
                Text(f"! {say(self, 'name-needed')}", style=BAD)
            )

    def _draw(self, width: int) -> Lines:
        model = self._room.model
        notice = told(self, model.briefing.get("recorded")) or say(self, "recorded")
        title = told(self, model.briefing.get("title"))
        parts = [
            (say(self, "welcome"), STRONG),
            *([(title, "")] if title else []),
            (say(self, "your-team", team=model.team_name), ""),
            ("", ""),
            (f"! {notice}", ""),
            ("", ""),
        ]
        if self._asks:
            parts.append((say(self, "name-asked"), QUIET))
        return paragraphs(parts, width)


def member_name(typed: str) -> str:
    """Return a name as it stands in the log: one line, without the sign that parts it off."""
    return line(unicodedata.normalize("NFC", typed).replace("+", " "), NAME)
