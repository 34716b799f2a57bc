"""What is larger than the screen, to be scrolled through: the picture of a network."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.widgets import Footer, Static

from range.scenario.scenario import Scenario
from tui.console.frame import ConsoleScreen, put
from tui.console.picture import picture, signs
from tui.look.text import block
from tui.look.theme import QUIET

LARGE = 156  # cells of a picture that may be wider than the screen


class ReadingScreen(ConsoleScreen[None]):
    """A text that scrolls. `read` gives it, in a thread."""

    title_key = ""
    DEFAULT_CSS = """
    ReadingScreen #scroll { height: 1fr; padding: 0 1; }
    ReadingScreen #text { width: auto; height: auto; max-width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "back")]

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield self.bar(self.title_key)
        with ScrollableContainer(id="scroll"):
            yield Static(Text(self.say("looking"), QUIET), id="text")
        yield Footer()

    def begin(self) -> None:
        """Keys scroll at once."""
        self.query_one("#scroll").focus()

    def fill(self) -> None:
        """Read."""
        self.work(self.read, lambda text: put(self, "#text", text), group="read",
                  otherwise=lambda error: put(self, "#text", block(error.message)))  # fmt: skip

    def read(self) -> Text:
        """Return the text; may block."""
        return Text()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


class PictureScreen(ReadingScreen):
    """The picture of a scenario's network, as large as it wants to be."""

    title_key = "picture"
    DEFAULT_CSS = "PictureScreen #text { max-width: 200; }"

    def __init__(self, scenario: Scenario) -> None:
        super().__init__()
        self._scenario = scenario

    def read(self) -> Text:
        """Draw it."""
        legend = signs(
            *(self.say(f"sign-{name}") for name in ("reachable", "red", "green", "white"))
        )
        drawn = picture(self._scenario, self.console.language, LARGE)
        return Text("\n").join([legend, drawn])
