"""The first screen: what this user may do here, and the exercises of this host."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer, Input, Static

from range.errors import CyderError
from range.events.event import Kind
from range.exercise.create import creation, options
from range.exercise.listing import Listed
from range.exercise.spawn import go_on
from tui.console.dialogs import Question
from tui.console.frame import ConsoleScreen, put
from tui.look.text import plain
from tui.look.theme import BAD, CARE, GOOD, QUIET, STRONG

EVERY = 2.0  # seconds between looks at the exercises
STATES = {
    "preparing": ("~", CARE),
    "running": ("▶", GOOD),
    "paused": ("=", CARE),
    "ended": ("✓", QUIET),
    "interrupted": ("!", BAD),
    "damaged": ("✗", BAD),
    "given-up": ("-", QUIET),
    "unread": ("~", QUIET),
}


def _state(known: Listed) -> str:
    """Its state; one without engine and labs is not gone on with any more."""
    return "given-up" if known.state == "interrupted" and not known.labs else known.state


class HomeScreen(ConsoleScreen[None]):
    """Exercises, newest first. Everything else starts here."""

    DEFAULT_CSS = """
    HomeScreen #rights { height: auto; padding: 0 1; background: $surface; }
    HomeScreen #search { margin: 0; border: none; height: 1; padding: 0 1; background: $surface; }
    HomeScreen DataTable { height: 1fr; }
    HomeScreen #empty { height: auto; padding: 1 2; color: $secondary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new"),
        Binding("enter", "open", "open", priority=False),
        Binding("r", "report", "report"),
        Binding("g", "go_on", "go-on"),
        Binding("d", "down", "take-down"),
        Binding("c", "host", "host-check"),
        Binding("slash", "search", "search", key_display="/", show=False),
        Binding("f4", "app.actor", "actor", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._listed: list[Listed] = []
        self._looked = False
        self._wanted = ""  # what is searched for
        self._at = ""  # the exercise that the cursor is on

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield self.bar("home")
        yield Static(id="rights")
        yield Input(self._wanted, placeholder=self.say("search-exercises"), id="search")
        table: DataTable[Text] = DataTable(cursor_type="row", id="exercises")
        table.add_column(self.say("state"), key="state")
        table.add_column(self.say("exercise"), key="exercise")
        table.add_column(self.say("scenario"), key="scenario")
        table.add_column(self.say("started"), key="started")
        table.add_column(self.say("labs"), key="labs")
        table.add_column(self.say("teams"), key="teams")
        yield table
        yield Static(id="empty")
        yield Footer()

    def begin(self) -> None:
        """Look now, and again and again: other consoles and the command line start some, too."""
        self._look()
        self.set_interval(EVERY, self._look)
        self.query_one("#exercises").focus()

    def on_screen_resume(self) -> None:
        """Look at once after another screen."""
        if self._looked:
            self._look()

    def _look(self) -> None:
        if self.on_top or not self._looked:
            listing, hasty = self.console.listing, not self._looked
            self.work(lambda: list(listing.look(hasty=hasty)), self._found, group="look",
                      otherwise=self._failed)  # fmt: skip

    def _failed(self, error: CyderError) -> None:
        put(self, "#empty", plain(error.message, BAD))

    def _found(self, listed: list[Listed]) -> None:
        listed = [replace(known, seq=0, stamp=()) for known in reversed(listed)]
        if listed != self._listed or not self._looked:
            first, self._looked, self._listed = not self._looked, True, listed
            self.show()
            if first:
                self._look()

    def fill(self) -> None:
        """Fill the list."""
        put(self, "#rights", self._rights())
        shown = [known for known in self._listed if self._matches(known)]
        table = self.query_one("#exercises", DataTable)
        at = table.scroll_y
        table.clear()
        for known in shown:
            table.add_row(*self._row(known), key=known.id)
        ids = [known.id for known in shown]
        if self._at in ids:
            table.move_cursor(row=ids.index(self._at), scroll=False)
            self.soon(lambda: table.scroll_to(y=at, animate=False))
        empty = "no-exercises" if not self._listed else "nothing-found" if not shown else ""
        if not self._looked:
            empty = "looking"
        put(self, "#empty", Text(self.say(empty) if empty else ""))
        self.query_one("#empty").display = bool(empty)

    def at(self, id_: str) -> None:
        """Put the cursor on an exercise, now or when it is found."""
        self._at = id_
        self.show()

    def _rights(self) -> Text:
        if self.console.root:
            return Text("✓ ", GOOD).append(self.say("rights-root"), QUIET)
        return Text("! ", CARE).append(self.say("rights-user"))

    def _matches(self, known: Listed) -> bool:
        state = self.say(f"state-{_state(known)}")
        said = " ".join((known.id, known.scenario, state, *known.names))
        return all(word in said.casefold() for word in self._wanted.casefold().split())

    def _row(self, known: Listed) -> list[Text]:
        character, style = STATES[_state(known)]
        state = Text(f"{character} ", style).append(self.say(f"state-{_state(known)}"))
        began = datetime.fromtimestamp(known.started) if known.started is not None else None
        names = self.say("comma").join(known.names[:8]) + ("…" if len(known.names) > 8 else "")
        return [
            state,
            plain(known.id, STRONG),
            plain(known.scenario),
            plain(began.strftime("%m-%d %H:%M") if began else "-", QUIET),
            Text(self.say("labs-stand") if known.labs else "-", GOOD if known.labs else QUIET),
            plain(f"{len(known.names)}: {names}"),
        ]

    # What one can do

    def _chosen(self) -> Listed | None:
        return next((known for known in self._listed if known.id == self._at), None)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Remember where the cursor is."""
        self._at = str(event.row_key.value) if event.row_key else ""

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open it."""
        self._at = str(event.row_key.value)
        self.action_open()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._wanted = event.value
        self.show()

    def on_input_submitted(self) -> None:
        """Back to the list."""
        self.query_one("#exercises").focus()

    def action_search(self) -> None:
        """Go to the search line."""
        self.query_one("#search").focus()

    def action_new(self) -> None:
        """Begin a new exercise."""
        self.console.choose_scenario()

    def action_host(self) -> None:
        """Look at the host."""
        self.console.check_host()

    def action_open(self) -> None:
        """Open the exercise under the cursor."""
        known = self._chosen()
        if known is None:
            return
        if _state(known) == "interrupted":
            self.action_go_on()
        elif known.state == "damaged":
            self.work(lambda: list(known.folder.read().read()), lambda _: None)  # tells what is
        else:
            self.console.open(known.folder)

    def action_report(self) -> None:
        """Read the debrief of the exercise under the cursor."""
        known = self._chosen()
        if known is None:
            return
        if known.state != "ended":
            self.console.notify(self.say("report-later", exercise=known.id))
            return
        path = known.folder.report / f"debrief.{self.console.language}.md"

        # Loaded when wanted: the console is to be there at once.
        from range.report.files import debriefed, written
        from tui.console.exercise.report import ReportScreen

        def read() -> str:
            if not path.is_file():
                written(debriefed(known.folder), known.folder.report, None)
            return path.read_text(encoding="utf-8", errors="replace")

        self.work(read, lambda text: self.console.go(ReportScreen(path, text)), group="report")

    def action_go_on(self) -> None:
        """Start an engine for an exercise whose own died; or only open what is still there."""
        known = self._chosen()
        if known is None:
            return
        if _state(known) != "interrupted":
            self.console.notify(self.say("go-on-not", exercise=known.id))
            return

        def answered(yes: object) -> None:
            if yes is None:
                return
            if not yes:
                self.console.open(known.folder)
                return
            self.work(lambda: go_on(self.console.settings, known.folder), begun, group="go-on")

        def begun(engine: Any) -> None:
            self.console.engines[known.id] = engine
            self.console.open(known.folder)

        self.app.push_screen(
            Question(self.say("go-on-ask", exercise=known.id), self.say("go-on-detail")), answered
        )

    def action_down(self) -> None:
        """Remove the labs of the exercise under the cursor, after a question."""
        known = self._chosen()
        if known is None:
            return
        if not known.labs:
            self.console.notify(self.say("no-labs", exercise=known.id))
            return
        if known.state in ("preparing", "running", "paused", "unread"):
            self.console.notify(self.say("down-not-now"), severity="warning")
            return

        def answered(yes: object) -> None:
            if yes:
                self.console.notify(self.say("down-begun", exercise=known.id))
                self.work(remove, removed, group=f"down-{known.id}")

        def remove() -> None:
            from range.exercise.rooms import take_down

            with known.folder.read() as log:
                chosen = options(creation([next(log.only(Kind.CREATED))]))
            take_down(self.console.settings, known.folder, chosen)

        def removed(_: None) -> None:
            self.console.notify(self.say("down-done", exercise=known.id))
            self._look()

        detail = "down-lost" if known.state == "interrupted" else "down-detail"
        self.app.push_screen(
            Question(self.say("down-ask", exercise=known.id), self.say(detail)), answered
        )
