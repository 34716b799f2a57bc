"""The debrief in a viewer of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Markdown, Static

from tui.console.exercise.dialogs import spoken_by
from tui.console.exercise.words import WORDS
from tui.look.app import SpeakingScreen, described
from tui.look.text import fit


class ReportScreen(SpeakingScreen[None]):
    """Shows a Markdown file. Links in it open nothing: some of its text is the trainees'."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "back"),
        Binding("home", "top", show=False),
        Binding("end", "bottom", show=False),
    ]
    DEFAULT_CSS = """
    ReportScreen #report-path { height: 1; background: $panel; color: $secondary; padding: 0 1; }
    ReportScreen VerticalScroll { height: 1fr; }
    """

    def __init__(self, path: Path, text: str) -> None:
        super().__init__()
        self._path, self._text = path, text

    def compose(self) -> ComposeResult:
        """Where it is kept, and the report."""
        said = WORDS.say("report-path", spoken_by(self), path=self._path)
        yield Static(Text(fit(said, 150), no_wrap=True), id="report-path")
        with VerticalScroll():
            yield Markdown(self._text, open_links=False)
        yield Footer()

    def on_mount(self) -> None:
        """Let keys scroll it."""
        self.query_one(VerticalScroll).focus()

    @property
    def active_bindings(self) -> Any:
        """The keys that work now, in the language of the moment."""
        return described(super().active_bindings, self.app)

    def relabel(self) -> None:
        """Stay: the report is in one language; the other one is another file."""

    def action_top(self) -> None:
        """Go to its beginning."""
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_bottom(self) -> None:
        """Go to its end."""
        self.query_one(VerticalScroll).scroll_end(animate=False)
