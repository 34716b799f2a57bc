"""The console during and after an exercise."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import DataTable, Footer, TabbedContent, TabPane

from range.errors import CyderError
from range.events.folder import ExerciseFolder
from range.settings import Settings, settings
from tui.console.client import Client
from tui.console.exercise.afterwards import Afterwards
from tui.console.exercise.calls import CallsPane
from tui.console.exercise.debrief import DebriefPane
from tui.console.exercise.detail import event_detail, inject_detail
from tui.console.exercise.dialogs import Read
from tui.console.exercise.feed import FeedPane
from tui.console.exercise.feed_view import FeedView
from tui.console.exercise.finder import Finder
from tui.console.exercise.grid import Grid
from tui.console.exercise.head import clocks, needs
from tui.console.exercise.hub import Hub, spoken_title
from tui.console.exercise.keys import DESCRIBED, KEYS, SHOWN
from tui.console.exercise.lines import Lines
from tui.console.exercise.marks import MarksPane, check_detail
from tui.console.exercise.msel import MselPane
from tui.console.exercise.nodes import NodesPane
from tui.console.exercise.notes import NotesPane
from tui.console.exercise.palette import Places
from tui.console.exercise.pane import Pane
from tui.console.exercise.reader import Reader
from tui.console.exercise.reports import ReportsPane, to_mark
from tui.console.exercise.side import SidePane
from tui.console.exercise.teams import TeamsPane, team_detail
from tui.console.exercise.told import kind, when
from tui.console.exercise.words import WORDS
from tui.look.tail import follow
from tui.look.views import Views

TICK = 1.0  # seconds between looks at the clock and at whether the engine lives
_STATUS = 3.0  # seconds between questions to the engine
_GRADE = 1.0  # seconds between grades, at least

PANES: dict[str, type[Pane]] = {
    "msel": MselPane, "teams": TeamsPane, "feed": FeedPane, "calls": CallsPane,
    "reports": ReportsPane, "marks": MarksPane, "nodes": NodesPane, "notes": NotesPane,
    "debrief": DebriefPane,
}  # fmt: skip


class ExerciseScreen(Afterwards):
    """One exercise. Reads its log; asks its engine only to act, and for the time."""

    COMMANDS = Screen.COMMANDS | {Places}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (130, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]
    DEFAULT_CSS = """
    ExerciseScreen { background: $background; }
    ExerciseScreen #clocks { height: 1; background: $panel; }
    ExerciseScreen #needs { height: 1; background: $surface; }
    ExerciseScreen #body { height: 1fr; }
    ExerciseScreen TabbedContent { width: 1fr; height: 1fr; }
    ExerciseScreen TabPane { padding: 0; height: 1fr; }
    ExerciseScreen ContentSwitcher { height: 1fr; }
    ExerciseScreen.-narrow SidePane { display: none; }
    ExerciseScreen Tabs { height: 1; background: $panel; }
    ExerciseScreen Tabs Underline { display: none; }
    ExerciseScreen Tab { padding: 0 1; height: 1; }
    ExerciseScreen Tab.-active { background: $primary; color: $background; text-style: bold; }
    ExerciseScreen #reading { padding: 2 4; height: 1fr; }
    """

    def __init__(
        self, folder: ExerciseFolder, *, here: Settings | None = None, actor: str = "",
        wall: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        """Open an exercise; CyderError when its scenario or log is missing or damaged."""
        super().__init__()
        self._here, self._actor = here, actor
        client = Client(here or settings(), folder.id, actor or "white")
        self.hub = Hub(Reader(folder), client, wall)
        self._graded = 0.0
        self._trouble = ""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Clocks, what waits, the views, what is always in view."""
        yield Lines(id="clocks")
        yield Lines(id="needs")
        with Horizontal(id="body"):
            with Views(id="views"):
                for name, pane in PANES.items():
                    with TabPane(Content(self.say(f"tab-{name}")), id=f"tab-{name}"):
                        yield pane(self.hub, id=f"pane-{name}")
            yield SidePane(self.hub, id="side")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Take over who acts from the app, and begin to read."""
        self._take_over()
        self._read()

    def _take_over(self) -> None:
        app: Any = self.app
        here = self._here or getattr(app, "settings", None) or settings()
        actor = self._actor or getattr(app, "actor", "") or "white"
        self.hub.client = Client(here, self.hub.client.exercise, actor)

    @work(thread=True)
    def _read(self) -> None:
        def told(done: int, all_: int) -> None:
            self.app.call_from_thread(self._reading, done, all_)

        try:
            self.hub.reader.open(told)
        except CyderError as error:
            self.app.call_from_thread(self.refuse, error)
            return
        self.app.call_from_thread(self._opened)

    def _reading(self, done: int, all_: int) -> None:
        said = self.say("reading", done=f"{done:,}", all=f"{all_:,}")
        self.query_one("#needs", Lines).put(Content(said))

    def _opened(self) -> None:
        self.hub.ready = True
        self.hub.alive = self.hub.client.alive
        follow(self, self.hub.reader.log, self._grown)
        self.set_interval(TICK, self._tick)
        self.set_interval(_STATUS, self._ask_status)
        self._ask_status()
        self._grown()
        self.call_after_refresh(self.show)
        self.pane.look()
        self.refresh_bindings()

    def on_unmount(self) -> None:
        """Keep what was read for the next time."""
        if self.hub.ready:
            self.hub.reader.keep()
        self.hub.reader.close()

    # What is shown

    @property
    def view(self) -> str:
        """Name of the view looked at."""
        return str(self.query_one(TabbedContent).active).removeprefix("tab-") or "msel"

    @property
    def pane(self) -> Pane:
        """The view looked at."""
        return self.query_one(f"#pane-{self.view}", Pane)

    def show(self, *, looks: bool = False) -> None:
        """Show everything that is looked at as it is now.

        `looks`: only observations came, which change nothing but the feed until they are graded.
        """
        if not self.hub.ready:
            return
        side = self.query_one(SidePane) if self.has_class("-wide") else None
        if looks:
            if isinstance(self.pane, FeedPane):
                self.pane.refresh_scene()
            if side is not None:
                side.refresh_latest()
            return
        self._heads()
        self.pane.refresh_scene()
        if side is not None:
            side.refresh_scene()

    def relabel(self) -> None:
        """Say everything in the language of the moment, and act in the name of the moment."""
        self._take_over()
        tabs = self.query_one(TabbedContent)
        for name in PANES:
            tabs.get_tab(f"tab-{name}").label = Content(self.say(f"tab-{name}"))
        self.show()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, in the language of the moment; the footer shows a few."""
        shown = SHOWN[self.view] if self.is_mounted and self.hub.ready else ()
        found = {}
        for key, active in super().active_bindings.items():
            binding = active.binding
            said = DESCRIBED.get(binding.action)
            if said is not None:
                name = binding.action.partition("(")[0]
                wanted = name in (*shown, "find", "back") and "-1" not in binding.action
                binding = replace(
                    binding,
                    description=WORDS.say(said, self.language),
                    show=wanted or binding.action in shown,
                )
            found[key] = active._replace(binding=binding)
        return found

    def _heads(self) -> None:
        width = self.size.width or self.app.size.width
        self.query_one("#clocks", Lines).put(clocks(self.hub, self.language, width))
        self.query_one("#needs", Lines).put(needs(self.hub, self.language, width))

    # What makes it change

    def _grown(self) -> None:
        """The log has more: take it in, at most once every 100 ms."""
        reader = self.hub.reader
        try:
            grown = reader.follow()
        except CyderError as error:
            if error.message != self._trouble:  # once, not ten times a second
                self._trouble = error.message
                self.refuse(error)
            return
        if reader.behind:
            self.call_later(self._grown)
        self.show(looks=not self._grade() and not grown.changed)

    def _grade(self) -> bool:
        now = time.monotonic()
        if now - self._graded < _GRADE:
            return False
        self._graded = now
        return self.hub.reader.grade()

    def _tick(self) -> None:
        self.hub.alive = self.hub.story.over or self.hub.client.alive
        if self._grade():
            self.show()
            return
        self._heads()
        if self.has_class("-wide"):
            self.query_one(SidePane).refresh_scene()
        if self.view == "teams":
            self.pane.refresh_scene()

    @work(exclusive=True, group="status")
    async def _ask_status(self) -> None:
        if self.hub.story.over or not self.hub.alive:
            return
        try:
            told = await self.hub.client.ask("status", timeout=10)
        except CyderError:
            return  # whether the engine lives is seen by its lock
        if isinstance(told, dict) and isinstance(told.get("seconds"), int | float):
            self.hub.told = (float(told["seconds"]), self.hub.wall())

    def on_resize(self) -> None:
        """Lay out again what depends on the width."""
        if self.hub.ready:
            self._heads()

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        """Show a view when it is looked at."""
        event.stop()
        self.show()
        self.refresh_bindings()

    # Moving about

    def chosen_inject(self) -> str:
        """Return the inject under the cursor of the MSEL."""
        return self.query_one(MselPane).chosen

    def action_view(self, name: str) -> None:
        """Look at another view."""
        self.query_one(TabbedContent).active = f"tab-{name}"
        self.call_after_refresh(lambda: self.pane.look())

    def go_to(self, view: str, key: str) -> None:
        """Look at a row of a view."""

        def choose() -> None:
            for grid in self.pane.query(Grid):
                grid.choose(key)
            self.pane.look()

        self.query_one(TabbedContent).active = f"tab-{view}"
        self.call_after_refresh(choose)

    def look_at(self, team: str) -> None:
        """Look at one team, or at all."""
        self.hub.scope = team
        self.show()

    def action_next_scope(self, by: int) -> None:
        """Look at the next team, or at all."""
        scopes = ["", *self.hub.story.teams]
        self.look_at(scopes[(scopes.index(self.hub.scope) + by) % len(scopes)])

    def action_find(self) -> None:
        """Search in this view."""
        for finder in self.pane.query(Finder):
            finder.open()

    def action_follow(self) -> None:
        """Let the feed stand still, or follow again."""
        self.query_one(FeedPane).toggle()

    def action_group(self) -> None:
        """Show the next group of kinds in the feed."""
        self.query_one(FeedPane).next_group()

    def action_awaiting(self) -> None:
        """Show what awaits a mark, or every check."""
        self.query_one(MarksPane).toggle()

    def action_sideways(self, by: int) -> None:
        """Show the next teams side by side."""
        self.query_one(ReportsPane).shift(by)

    def action_back(self) -> None:
        """Leave the exercise; it goes on."""
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()

    @work
    async def action_call(self) -> None:
        """Note what was answered to the chosen script."""
        chosen = self.query_one(CallsPane).chosen
        if chosen is None:
            self.tell("choose-call")
        else:
            await self.note_answer(*chosen)

    @work
    async def action_mark(self) -> None:
        """Mark the chosen check; among reports, one that the form shown is marked by."""
        chosen = self.query_one(MarksPane).chosen
        if isinstance(self.pane, ReportsPane):
            chosen = await self._of_form(self.pane.form)
        elif chosen is None:
            self.tell("choose-check")
        if chosen is not None:
            await self.give_mark(*chosen)

    async def _of_form(self, form: str) -> tuple[str, str] | None:
        """Ask which team's answer to a form is to be marked, those that await it first."""
        choices = to_mark(self.hub, form, self.language)
        if not choices:
            self.tell("marks-none")
            return None
        team, _, check = (await self.pick(self.say("mark-title"), choices) or "").partition("/")
        return (team, check) if check else None

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open what was chosen."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Show what is under the cursor in full."""
        hub, language = self.hub, self.language
        match self.pane:
            case MselPane(chosen=str(id_)) if id_:
                self._read_it(spoken_title(hub, id_, language), inject_detail(hub, id_, language))
            case TeamsPane(chosen=str(team)) | DebriefPane(chosen=str(team)) if team:
                self._read_it(hub.name(team), team_detail(hub, team, language))
            case MarksPane(chosen=(team, check)):
                self._read_it(f"{hub.name(team)} {check}", check_detail(hub, team, check, language))
            case FeedPane():
                self._open_event()
            case CallsPane():
                self.action_call()
            case ReportsPane() as pane:
                pane.query_one("VerticalScroll").focus()
            case _:
                pass

    def _open_event(self) -> None:
        event = self.query_one(FeedView).chosen
        if event is None:
            return
        word, _ = kind(event, self.language)
        pairs = [("event", event.seq), ("team", event.team), ("actor", event.actor),
                 ("kind", event.kind.value), *event.data.items()]  # fmt: skip
        self._read_it(f"{when(event)} {word}", event_detail(self.hub, event.seq, pairs))

    def _read_it(self, title: str, content: Any) -> None:
        self.app.push_screen(Read(title, content))
