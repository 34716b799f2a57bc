"""Choosing a scenario: what it is about, its network, people, objectives, and what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import DataTable, Footer, Input, Static, TabbedContent, TabPane

from tui.console.candidates import Candidate, candidate, candidates
from tui.console.dialogs import Trouble, TypeLine
from tui.console.frame import ConsoleScreen, put
from tui.console.picture import picture, signs
from tui.console.reading import PictureScreen
from tui.console.setup import SetupScreen
from tui.console.stories import mistakes, needs, objectives, overview, people
from tui.look.text import fit, plain
from tui.look.theme import BAD, QUIET, STRONG
from tui.look.views import Views

_TABS = ("overview", "network", "people", "objectives", "needs")


class ScenarioScreen(ConsoleScreen[None]):
    """A list that can be searched, and all about the one under the cursor."""

    DEFAULT_CSS = """
    ScenarioScreen #both { height: 1fr; layout: vertical; }
    ScenarioScreen #left { height: auto; max-height: 8; }
    ScenarioScreen #search { border: none; height: 1; padding: 0 1; background: $surface; }
    ScenarioScreen DataTable { height: auto; max-height: 6; }
    ScenarioScreen TabbedContent { width: 1fr; height: 1fr; }
    ScenarioScreen TabPane { padding: 0 1; }
    ScenarioScreen TabPane Static { height: auto; }
    ScenarioScreen.-wide #both { layout: horizontal; }
    ScenarioScreen.-wide #left { width: 52; height: 1fr; max-height: 100%; }
    ScenarioScreen.-wide DataTable { height: 1fr; max-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back"),
        Binding("enter", "choose", "choose"),
        Binding("slash", "search", "search", key_display="/"),
        Binding("p", "picture", "picture-large"),
        Binding("f", "folder", "other-folder"),
        Binding("r", "again", "look-again"),
        *(Binding(str(n), f"tab('{tab}')", f"tab-{tab}", show=False)
          for n, tab in enumerate(_TABS, 1)),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Candidate] | None = None
        self._more: tuple[Path, ...] = ()
        self._wanted, self._at, self._tab = "", "", "overview"
        self._needs: dict[str, Text] = {}

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield self.bar("choose-scenario")
        with Container(id="both"):
            with Vertical(id="left"):
                yield Input(self._wanted, placeholder=self.say("search-scenarios"), id="search")
                table: DataTable[Text] = DataTable(
                    cursor_type="row", id="scenarios", show_header=False
                )
                table.add_columns("state", "title", "level")
                yield table
            with Views(initial=self._tab):
                for number, tab in enumerate(_TABS, 1):
                    label = f"{number} {self.say(f'tab-{tab}')}"
                    with TabPane(label, id=tab), VerticalScroll():
                        yield Static(id=f"{tab}-text")
        yield Footer()

    def begin(self) -> None:
        """Read all scenarios."""
        self.query_one("#scenarios").focus()
        self.action_again()

    def action_again(self) -> None:
        """Read them anew: authors mend mistakes in another window."""
        settings, more = self.console.settings, self._more
        self.work(lambda: list(candidates(settings, more)), self._read, group="read")

    def _read(self, found: list[Candidate]) -> None:
        self._found, self._needs = found, {}
        self.show()

    def fill(self) -> None:
        """Fill the list and the pages."""
        table = self.query_one("#scenarios", DataTable)
        table.clear()
        shown = [known for known in self._found or () if known.matches(self._wanted)]
        for known in shown:
            table.add_row(*self._row(known), key=str(known.folder))
        folders = [str(known.folder) for known in shown]
        if self._at in folders:
            table.move_cursor(row=folders.index(self._at))
        elif folders:
            self._at = folders[0]
        self._pages()

    def _row(self, known: Candidate) -> list[Text]:
        scenario = known.scenario
        if scenario is None:
            wrong = Text(self.say("has-mistakes"), BAD)
            return [Text("✗", BAD), plain(known.folder.name, STRONG), wrong]
        title = plain(scenario.title.in_(self.console.language), STRONG)
        return [Text("✓", QUIET), title, plain(f"{scenario.level} {scenario.name}", QUIET)]

    def _pages(self) -> None:
        known = self._chosen()
        if known is None:
            key = "looking" if self._found is None else "nothing-found"
            for tab in _TABS:
                put(self, f"#{tab}-text", Text(self.say(key), QUIET))
            return
        scenario, language = known.scenario, self.console.language
        if scenario is None or known.loaded is None:
            for tab in _TABS:
                put(self, f"#{tab}-text", mistakes(known, self.say))
            return
        put(self, "#overview-text", overview(scenario, language, self.say))
        put(self, "#people-text", people(scenario, language, self.say))
        put(self, "#objectives-text", objectives(scenario, language, self.say))
        self._draw()
        self._estimate(known)

    def _draw(self) -> None:
        known = self._chosen()
        if known is None or known.scenario is None:
            return
        inside = self.query_one("#network VerticalScroll").size.width
        width = (inside or self.size.width) - 2
        legend = signs(*(self.say(f"sign-{n}") for n in ("reachable", "red", "green", "white")))
        drawn = picture(known.scenario, self.console.language, width)
        put(self, "#network-text", Text("\n").join([legend, drawn]))

    def _estimate(self, known: Candidate) -> None:
        """Say what one lab, and a usual class, need of this host."""
        loaded, at = known.loaded, str(known.folder)
        if at in self._needs:
            put(self, "#needs-text", self._needs[at])
            return
        assert loaded is not None
        language, settings = self.console.language, self.console.settings
        put(self, "#needs-text", Text(self.say("looking"), QUIET))

        def told(text: Text) -> None:
            if self.console.language == language:
                self._needs[at] = text
            if self._at == at:
                put(self, "#needs-text", text)

        self.work(
            lambda: needs(loaded, settings, (1, 2, 5, 10, 20), self.say),
            told,
            group="needs",
            otherwise=lambda error: put(self, "#needs-text", plain(error.message)),
        )

    async def recompose(self) -> None:
        """Estimates are told in a language, too."""
        self._needs = {}
        self._tab = self.query_one(TabbedContent).active or self._tab
        await super().recompose()

    def on_resize(self) -> None:
        """The picture fits the screen."""
        self.soon(self._draw)

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        """Remember the page; the picture knows its width only now."""
        self._tab = event.pane.id or self._tab
        if self._tab == "network":
            self.soon(self._draw)

    # What one can do

    def _chosen(self) -> Candidate | None:
        found = self._found or ()
        return next((known for known in found if str(known.folder) == self._at
                     and known.matches(self._wanted)), None)  # fmt: skip

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Show the one under the cursor."""
        if event.row_key.value is not None and str(event.row_key.value) != self._at:
            self._at = str(event.row_key.value)
            self._pages()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Choose it."""
        self._at = str(event.row_key.value)
        self.action_choose()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._wanted = event.value
        self.show()

    def on_input_submitted(self) -> None:
        """Back to the list."""
        self.query_one("#scenarios").focus()

    def action_search(self) -> None:
        """Go to the search line."""
        self.query_one("#search").focus()

    def action_tab(self, tab: str) -> None:
        """Turn to a page."""
        self.turn_to(tab)

    def action_picture(self) -> None:
        """Show the picture as large as it wants to be."""
        known = self._chosen()
        if known is not None and known.scenario is not None:
            self.console.go(PictureScreen(known.scenario))

    def action_choose(self) -> None:
        """Go on with the scenario under the cursor; a broken one tells its mistakes."""
        known = self._chosen()
        if known is None:
            return
        if known.loaded is not None:
            self.console.go(SetupScreen(known.loaded))
        elif known.error is not None:
            self.app.push_screen(Trouble(known.error))

    def action_folder(self) -> None:
        """Take a scenario from another folder."""

        def named(name: object) -> None:
            if isinstance(name, str) and name:
                folder, settings = Path(name).expanduser(), self.console.settings
                self.work(lambda: candidate(folder, settings), added, group="add")

        def added(known: Candidate) -> None:
            if known.loaded is None and known.error is not None:
                self.app.push_screen(Trouble(known.error))
            if known.loaded is not None or known.folder.is_dir():
                self._more = (*self._more, known.folder)
                self._found = [*(self._found or ()), known]
                self._at = str(known.folder)
                self._wanted = self.query_one("#search", Input).value = ""
                self.show()

        title = fit(self.say("other-folder"), 60)
        self.app.push_screen(TypeLine(title, "", self.say("other-folder-about")), named)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
