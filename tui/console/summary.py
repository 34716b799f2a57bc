"""Everything that was chosen, the host beside it, and the button that makes the exercise."""

from __future__ import annotations

import shlex
import subprocess
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Footer, Static

from range.errors import CyderError
from range.events.folder import ExerciseFolder
from range.exercise.sketch import sketch
from range.host.doctor import Finding, examine
from range.images.room import Room, room_for
from tui.console.dialogs import Question
from tui.console.frame import ConsoleScreen, put
from tui.console.hosts import verdict
from tui.console.stories import baking, lacks, length, listed, need_line, room_of_host
from tui.console.wishes import Wishes
from tui.console.words_host import said
from tui.look.text import block
from tui.look.theme import BAD, CARE, QUIET, STRONG


class SummaryScreen(ConsoleScreen[None]):
    """The last look before labs are made."""

    DEFAULT_CSS = """
    SummaryScreen VerticalScroll { height: 1fr; padding: 0 1; }
    SummaryScreen Static { height: auto; }
    SummaryScreen .part { margin-top: 1; }
    SummaryScreen #go { height: auto; align: right middle; }
    SummaryScreen #go Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back"),
        Binding("c", "host", "host-check"),
        Binding("m", "make", "make"),
    ]

    def __init__(self, wishes: Wishes) -> None:
        super().__init__()
        self._wishes = wishes
        self._room: Room | None = None
        self._findings: list[Finding] | None = None
        self._making = False

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield self.bar("summary-title")
        with VerticalScroll():
            yield Static(self._wanted(), id="wanted")
            yield Static(id="needs", classes="part")
            yield Static(id="host", classes="part")
            command = Text(f"{self.say('same-command')}\n", QUIET)
            words = self._wishes.command(self.console.settings)
            command.append_text(block(shlex.join(words), limit=4000))
            yield Static(command, classes="part")
        yield Static(id="making", classes="note")
        with Horizontal(id="go"):
            yield Button(f"{self.say('make')} (m)", id="make", variant="primary", compact=True)
        yield Footer()

    def begin(self) -> None:
        """Look at the host: again, for the choice may be old."""
        self.query_one("#make").focus()
        self._look()

    def on_screen_resume(self) -> None:
        """Look again: something may have been mended."""
        if self._findings is not None:
            self._look()

    def _look(self) -> None:
        if self._wishes.provider == "memory":
            return
        loaded, teams, settings = self._wishes.loaded, self._wishes.teams, self.console.settings

        def look() -> tuple[Room, list[Finding]]:
            return room_for(sketch(loaded, teams), settings), list(examine(settings))

        def looked(found: tuple[Room, list[Finding]]) -> None:
            self._room, self._findings = found
            self.show()

        self.work(look, looked, group="look")

    def _wanted(self) -> Table:
        wishes, say, language = self._wishes, self.say, self.console.language
        scenario = wishes.loaded.scenario
        names = say("comma").join(wishes.shown_names().values())
        facts = [
            ("scenario", f"{scenario.title.in_(language)} ({scenario.name}, {scenario.level})"),
            ("duration", length(scenario.duration, say)),
            ("teams", f"{wishes.teams}: {names}"),
            ("exercise-language", "日本語" if wishes.language == "ja" else "English"),
            ("pace", say(wishes.pace)),
            ("who-acts", say(f"who-{wishes.responder}")),
            ("provider", say(f"provider-{wishes.provider}")),
            ("seed", wishes.seed or say("seed-new")),
            ("benign-users", say("on" if wishes.users else "off")),
            ("preflight", say("on" if wishes.preflight else "off")),
        ]
        return listed(facts, say)

    def fill(self) -> None:
        """Say what it needs, and how the host is."""
        if self._wishes.provider == "memory":
            put(self, "#needs", Text(self.say("memory-needs"), QUIET))
            put(self, "#host", Text())
        elif self._room is None or self._findings is None:
            put(self, "#needs", Text("~ ", CARE).append(self.say("examining", what="")))
        else:
            text = need_line(self._wishes.teams, self._room, self.say)
            text.append(f"\n{room_of_host(self._room, self.say)}", QUIET)
            text.append(f"\n{self.say('bakes', text=baking(self._room, self.say))}")
            for lack in lacks(self._room, self.say):
                text.append(f"\n{lack}", BAD)
            put(self, "#needs", text)
            put(self, "#host", self._host(self._findings))
        making = Text("~ ", CARE).append(self.say("being-made")) if self._making else Text()
        put(self, "#making", making)
        self.query_one("#make", Button).disabled = self._making

    def _host(self, findings: list[Finding]) -> Text:
        text = verdict(findings, self.say)
        for found in findings:
            if found.state == "lack":
                text.append("\n  ✗ ", BAD).append(self.say(f"host-{found.name}"), STRONG)
                text.append_text(block(f"  {said(found.detail, self.console.language)}", limit=300))
        return text

    # What one can do

    def on_button_pressed(self) -> None:
        """Make it."""
        self.action_make()

    def action_make(self) -> None:
        """Make the exercise; where the host lacks something, ask first."""
        if self._making:
            return
        if self._wishes.provider != "memory" and not self.console.root:
            self.console.notify(self.say("rights-user"), severity="warning")
            return
        wanting = [f for f in self._findings or () if f.state == "lack"]
        if not wanting:
            self._make()
            return

        def answered(yes: object) -> None:
            if yes:
                self._make()

        named = self.say("comma").join(self.say(f"host-{found.name}") for found in wanting)
        self.app.push_screen(Question(self.say("lacks-ask"), named), answered)

    def _make(self) -> None:
        wishes, settings = self._wishes, self.console.settings

        def made(found: tuple[ExerciseFolder, subprocess.Popen[bytes]]) -> None:
            folder, engine = found
            self.console.engines[folder.id] = engine
            self.console.open(folder)

        def failed(error: CyderError) -> None:
            self._making = False
            self.show()
            self.console.trouble(error)

        self._making = True
        self.show()
        self.work(lambda: wishes.make(settings), made, group="make", otherwise=failed)

    def action_host(self) -> None:
        """Look at the host in full."""
        self.console.check_host()

    def action_leave(self) -> None:
        """Go back; not while it is being made."""
        if not self._making:
            self.dismiss(None)
