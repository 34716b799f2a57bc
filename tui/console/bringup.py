"""Labs being made: read from the log of an engine that goes on without this screen."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, DataTable, Footer, RichLog, Static, TabbedContent, TabPane

from range.errors import CyderError
from range.events.event import Event
from range.events.folder import ExerciseFolder
from range.events.log import is_written
from range.exercise.control import control
from range.exercise.spawn import complaint, go_on, output_of, stop
from range.plan.model import Plan
from range.providers import deployments
from range.scenario.topology import expand
from tui.console.dialogs import Question
from tui.console.frame import ConsoleScreen, put
from tui.console.making import Failure, Making
from tui.console.progress import (
    cell,
    cell_detail,
    failure_text,
    now_table,
    proofs_table,
    record_line,
    stages_table,
    ways_table,
)
from tui.console.sheets import SheetScreen
from tui.look.tail import follow
from tui.look.text import fit, plain
from tui.look.theme import CARE, GOOD, QUIET, STRONG
from tui.look.views import Views

_TABS = ("now", "grid", "proofs", "ways", "record")
_DEAD_AFTER = 10.0  # seconds that a log may be without its engine
EVERY = 1.0  # seconds between looks at the engine


class BringUpScreen(ConsoleScreen[None]):
    """Bring-up of one exercise, until somebody says STARTEX."""

    DEFAULT_CSS = """
    BringUpScreen #stages { height: auto; padding: 0 1; background: $surface; }
    BringUpScreen TabbedContent { height: 1fr; }
    BringUpScreen TabPane { padding: 0 1; }
    BringUpScreen Static { height: auto; }
    BringUpScreen #grid-table { height: 1fr; }
    BringUpScreen #panel { height: auto; max-height: 9; border: round $error; padding: 0 1; }
    BringUpScreen #panel VerticalScroll { height: auto; max-height: 5; }
    BringUpScreen #panel Horizontal { height: auto; align: right middle; }
    BringUpScreen #go { height: auto; padding: 0 1; }
    BringUpScreen #go Static { width: 1fr; }
    BringUpScreen Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "to-home"),
        Binding("s", "start", "startex"),
        Binding("a", "sheet", "sheet"),
        Binding("g", "go_on", "go-on"),
        Binding("x", "abort", "abort"),
        Binding("c", "host", "host-check", show=False),
        *(Binding(str(n), f"tab('{tab}')", f"tab-{tab}", show=False)
          for n, tab in enumerate(_TABS, 1)),
    ]  # fmt: skip

    def __init__(self, folder: ExerciseFolder) -> None:
        super().__init__()
        self.folder = folder
        self.making = Making()
        self._scenario = folder.bundle().scenario
        self.making.nodes = tuple(
            name for base, node in self._scenario.nodes.items()
            for name in expand(base, node.count)
        )  # fmt: skip
        self._seq, self._tab, self._dead_since = 0, "now", 0.0
        self._cell = (0, 0)
        self._offered = (False, False)
        self._told = 0  # lines of the record that are on the screen

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield self.bar("bring-up", exercise=self.folder.id)
        yield Static(id="stages")
        with Views(initial=self._tab):
            with TabPane(self._label("now"), id="now"), VerticalScroll(id="now-scroll"):
                yield Static(id="now-text")
            with TabPane(self._label("grid"), id="grid"):
                yield DataTable(id="grid-table", cursor_type="cell", fixed_columns=1)
                yield Static(id="grid-detail", classes="quiet")
            with TabPane(self._label("proofs"), id="proofs"), VerticalScroll():
                yield Static(id="proofs-text")
            with TabPane(self._label("ways"), id="ways"), VerticalScroll():
                yield Static(id="ways-text")
            with TabPane(self._label("record"), id="record"):
                yield RichLog(id="record-log", wrap=True, min_width=20, max_lines=5000)
        with Vertical(id="panel"):
            with VerticalScroll(can_focus=False):
                yield Static(id="why")
            with Horizontal():
                yield Button(f"{self.say('go-on')} (g)", id="again", variant="primary",
                             compact=True)  # fmt: skip
                yield Button(f"{self.say('host-check')} (c)", id="host", compact=True)
        with Horizontal(id="go"):
            yield Static(id="said")
            yield Button(f"{self.say('startex')} (s)", id="start", variant="primary", compact=True)
        yield Footer()

    def _label(self, tab: str) -> str:
        return f"{_TABS.index(tab) + 1} {self.say(f'tab-{tab}')}"

    def begin(self) -> None:
        """Follow the log."""
        try:
            log = self.folder.read()
        except CyderError as error:
            self._unreadable(error)
            return
        follow(self, log, self._read)
        self._read()
        self.set_interval(EVERY, self._pulse)
        settings, id_ = self.console.settings, self.folder.id

        def planned(plan: Plan | None) -> None:
            if plan is not None:
                self.making.layers = len(plan.layers)
                self.making.ports = {lab.team: lab.access.port for lab in plan.labs}

        self.work(lambda: deployments.load(settings, id_), planned, group="plan",
                  otherwise=lambda _: None)  # fmt: skip
        self.query_one("#now-scroll").focus()

    # The log

    def _read(self) -> None:
        since = self._seq

        def read() -> list[Event]:
            with self.folder.read() as log:
                return list(log.read(since))

        self.work(read, self._took, group="follow", otherwise=self._unreadable)

    def _took(self, events: list[Event]) -> None:
        for event in events:
            if event.seq > self._seq:
                self.making.apply(event)
                self._seq = event.seq
        if self.making.started and self.on_top:
            self.console.open(self.folder)
        else:
            self.show()

    def on_screen_resume(self) -> None:
        """Somebody may have said STARTEX while a sheet was read."""
        if self.making.started:
            self.console.open(self.folder)

    def _pulse(self) -> None:
        """Look after the engine, and let the seconds pass."""
        engine = self.console.engines.get(self.folder.id)
        if is_written(self.folder.log):
            self._dead_since = 0.0
        elif engine is not None and engine.poll() is not None:
            self._dead_since = 1.0
        elif not self._dead_since:
            self._dead_since = self.console.wall()
        if self.on_top:
            self.show()

    def _unreadable(self, error: CyderError) -> None:
        self.making.failure = Failure(error.message, error.hint)
        self.show()

    @property
    def dead(self) -> bool:
        """True when no engine works on this exercise."""
        return bool(self._dead_since) and self.console.wall() - self._dead_since > _DEAD_AFTER

    # What is shown

    def fill(self) -> None:
        """Show how far it is."""
        now, making, say = self.console.wall(), self.making, self.say
        put(self, "#stages", stages_table(making, say, now))
        self._page()
        failed = making.failure is not None or self.dead
        self.query_one("#panel").display = failed
        if failed:
            failure = making.failure or Failure(complaint(self.folder), "")
            put(self, "#why", failure_text(failure, say, self.dead, output_of(self.folder)))
        self.query_one("#again", Button).disabled = not self.dead
        start = self.query_one("#start", Button)
        start.disabled = not (making.ready and not self.dead)
        if self.dead or making.failure:
            said = Text()
        elif making.ready:
            said = Text("✓ ", GOOD).append(say("all-ready"), STRONG)
        else:
            said = Text("~ ", CARE).append(say("may-close"), QUIET)
        put(self, "#said", said)
        offered = (self.dead, making.ready)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def _page(self) -> None:
        """Fill the page that is turned to; the others wait until somebody turns to them."""
        match self._tab:
            case "now":
                put(self, "#now-text", now_table(self.making, self.say, self.console.wall()))
            case "proofs":
                put(self, "#proofs-text", proofs_table(self.making, self.say))
            case "ways":
                put(self, "#ways-text", ways_table(self.making, self.say))
            case "grid":
                self._grid()
            case _:
                self._record()

    def _grid(self) -> None:
        table, making = self.query_one("#grid-table", DataTable), self.making
        if not making.teams:
            return
        wide = 10 if len(making.teams) <= 6 else 3
        if len(table.columns) != len(making.teams) + 1:
            table.clear(columns=True)
            table.cell_padding = 1 if wide > 3 else 0
            table.add_column(plain(self.say("node")), key="node", width=16)
            for number, team in enumerate(making.teams, 1):
                label = making.names.get(team, team) if wide > 3 else f"{number:>2}"
                table.add_column(plain(fit(label, wide)), key=team, width=wide)
            for node in making.nodes:
                blanks = [cell(None, self.say, wide > 3) for _ in making.teams]
                table.add_row(plain(node, STRONG), *blanks, key=node)
            table.move_cursor(row=self._cell[0], column=self._cell[1])
            making.moved.update(making.guests)
        for team, node in making.moves():
            if node in making.nodes and team in making.teams:
                text = cell(making.guests[team, node], self.say, wide > 3)
                table.update_cell(node, team, text)
        self._cell_detail()

    def _cell_detail(self) -> None:
        row, column = self._cell
        making = self.making
        if 0 < column <= len(making.teams) and row < len(making.nodes):
            team, node = making.teams[column - 1], making.nodes[row]
            text = cell_detail(making, team, node, self.say)
            put(self, "#grid-detail", text)

    def _record(self) -> None:
        log = self.query_one("#record-log", RichLog)
        if not log.size.width and self._tab != "record":
            return  # it cannot be measured before it was shown
        for event in self.making.record[self._told :]:
            log.write(record_line(event, self.making, self.say))
        self._told = len(self.making.record)

    async def recompose(self) -> None:
        """Keep the page; write the record anew."""
        self._tab = self.query_one(TabbedContent).active or self._tab
        self._told = 0
        await super().recompose()

    def on_data_table_cell_highlighted(self, event: DataTable.CellHighlighted) -> None:
        """Say more about the cell under the cursor."""
        self._cell = (event.coordinate.row, event.coordinate.column)
        self._cell_detail()

    def on_data_table_cell_selected(self) -> None:
        """Say all about the cell under the cursor, also what does not fit a line."""
        row, column = self._cell
        if 0 < column <= len(self.making.teams):
            team, node = self.making.teams[column - 1], self.making.nodes[row]
            thing = self.making.guests.get((team, node))
            if thing is not None and thing.detail:
                self.console.notify(thing.detail, title=f"{team} {node}", timeout=15)

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        """Remember the page."""
        self._tab = event.pane.id or self._tab
        self.soon(self._page)

    # What one can do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        if action == "go_on":
            return self.dead
        if action == "abort":
            return not (self.dead or self.making.over)
        return None if action == "start" and not self.making.ready else True

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        actions = {"start": self.action_start, "again": self.action_go_on, "host": self.action_host}
        actions[str(event.button.id)]()

    def action_tab(self, tab: str) -> None:
        """Turn to a page."""
        self.turn_to(tab)

    def action_sheet(self) -> None:
        """Read the access sheets."""
        self.console.go(SheetScreen(self.folder, self.making))

    def action_host(self) -> None:
        """Look at the host."""
        self.console.check_host()

    def action_go_on(self) -> None:
        """Start an engine in place of the dead one: it goes on from what is there."""
        if not self.dead:
            self.console.notify(self.say("go-on-not", exercise=self.folder.id))
            return

        def begun(engine: Any) -> None:
            self.console.engines[self.folder.id] = engine
            self._dead_since, self.making.failure = self.console.wall(), None
            self.show()

        settings = self.console.settings
        self.work(lambda: go_on(settings, self.folder), begun, group="go-on")

    def action_abort(self) -> None:
        """Give the exercise up before its start, after a question."""
        ready = self.making.ready
        settings, actor = self.console.settings, self.console.actor

        def abort() -> None:
            if ready:
                control(settings, self.folder.id, "end", {"reason": "given up"}, actor=actor)
            else:
                stop(self.folder)

        def answered(yes: object) -> None:
            if yes:
                self.work(abort, lambda _: self._pulse(), group="abort")

        detail = self.say("abort-ready" if ready else "abort-making")
        self.app.push_screen(Question(self.say("abort-ask"), detail, yes="abort"), answered)

    def action_start(self) -> None:
        """STARTEX, after a question."""
        if not self.making.ready or self.dead:
            self.console.notify(self.say("not-ready"), severity="warning")
            return

        def answered(yes: object) -> None:
            if yes:
                settings, actor = self.console.settings, self.console.actor
                self.work(lambda: control(settings, self.folder.id, "start", {}, actor=actor),
                          lambda _: None, group="start")  # fmt: skip

        title = self._scenario.title.in_(self.console.language)
        teams = self.say("comma").join(self.making.names.values())
        self.app.push_screen(
            Question(self.say("startex-ask"), f"{title}\n{teams}", yes="startex"), answered
        )

    def action_leave(self) -> None:
        """Back to the list; everything goes on."""
        self.console.home()
