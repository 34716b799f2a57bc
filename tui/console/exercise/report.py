"""The debrief in a viewer of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from tui.console.exercise.dialogs import spoken_by
from tui.console.exercise.lines import Lines
from tui.console.exercise.reading import Section, drawn, sections
from tui.console.exercise.words import WORDS
from tui.look.app import SpeakingScreen, described
from tui.look.text import fit
from tui.look.theme import QUIET, STRONG

_LIST = 30  # cells of the list of sections, where there is room for it


class ReportScreen(SpeakingScreen[None]):
    """Shows one section of a debrief at a time: however long it is, it opens at once."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "back"),
        Binding("right,n", "turn(1)", "x-next-section"),
        Binding("left,p", "turn(-1)", "x-previous-section"),
        Binding("home", "top", show=False),
        Binding("end", "bottom", show=False),
    ]
    DEFAULT_CSS = """
    ReportScreen #report-path { height: 2; background: $panel; color: $secondary; padding: 0 1; }
    ReportScreen Horizontal { height: 1fr; }
    ReportScreen OptionList { width: 32; height: 1fr; border: none; background: $surface; }
    ReportScreen.-narrow OptionList { display: none; }
    ReportScreen VerticalScroll { height: 1fr; padding: 0 1; }
    ReportScreen Lines { height: auto; }
    """

    def __init__(self, path: Path, text: str) -> None:
        super().__init__()
        self._path = path
        self._sections = sections(text) or [Section(path.name, tuple(text.splitlines()))]
        self._at = 0

    def compose(self) -> ComposeResult:
        """Where it is kept, its sections, the one that is read."""
        yield Lines(id="report-path")
        with Horizontal():
            yield OptionList(id="sections")
            with VerticalScroll():
                yield Lines(id="section", wraps=True)
        yield Footer()

    def on_mount(self) -> None:
        """Begin at the beginning."""
        self._list()
        self._show()
        self.query_one(VerticalScroll).focus()

    @property
    def active_bindings(self) -> Any:
        """The keys that work now, in the language of the moment."""
        found = described(super().active_bindings, self.app)
        for key, active in found.items():
            said = active.binding.description
            if said.startswith("x-") and said in WORDS:
                binding = replace(active.binding, description=WORDS.say(said, spoken_by(self)))
                found[key] = active._replace(binding=binding)
        return found

    def relabel(self) -> None:
        """Show the other language's file at the same place, where there is one."""
        other = self._path.with_name(f"debrief.{spoken_by(self)}.md")
        try:
            found = sections(other.read_text(encoding="utf-8"))
        except OSError:
            found = []
        if found:
            self._path, self._sections = other, found
            self._at = min(self._at, len(found) - 1)
        self._list()
        self._show()

    def _list(self) -> None:
        names = [Content(fit(each.title, _LIST - 1)) for each in self._sections]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(name) for name in names)
        options.highlighted = self._at

    def _show(self) -> None:
        section = self._sections[self._at]
        place = f" {self._at + 1}/{len(self._sections)} {section.title}"
        kept = WORDS.say("report-path", spoken_by(self), path=self._path)
        width = self.app.size.width
        head = Text(fit(place, width), style=STRONG, no_wrap=True, overflow="ellipsis")
        head.append("\n ").append(fit(kept, width - 2), QUIET)
        self.query_one("#report-path", Lines).put(head)
        self.query_one("#section", Lines).put(drawn(section))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Read the section that was chosen."""
        event.stop()
        if event.option_index != self._at:
            self._at = event.option_index
            self._show()

    def action_turn(self, by: int) -> None:
        """Read the next section, or the one before."""
        self._at = max(0, min(len(self._sections) - 1, self._at + by))
        self.query_one(OptionList).highlighted = self._at
        self._show()

    def action_top(self) -> None:
        """Go to the beginning of the section."""
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_bottom(self) -> None:
        """Go to its end."""
        self.query_one(VerticalScroll).scroll_end(animate=False)
