"""How a new exercise is to be: teams and their names, language, pace, where its labs are made."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Footer, Input, Label, Select, Static, TextArea

from range.errors import CyderError
from range.exercise.sketch import sketch
from range.images.room import Room, room_for
from range.load.scenario import Loaded
from range.plan.make import MAX_LABS
from range.providers.registry import NAMES
from tui.console.frame import ConsoleScreen, put
from tui.console.stories import baking, need_line, room_of_host
from tui.console.summary import SummaryScreen
from tui.console.wishes import PACES, RESPONDERS, Wishes
from tui.look.text import block
from tui.look.theme import BAD, QUIET, STRONG

_ROOM_AFTER = 0.3  # seconds without a further key


class SetupScreen(ConsoleScreen[None]):
    """A form. What it says is kept apart from the widgets, so languages can change."""

    DEFAULT_CSS = """
    SetupScreen #title { height: auto; padding: 0 1; background: $surface; }
    SetupScreen VerticalScroll { height: 1fr; padding: 0 1; }
    SetupScreen .field { height: auto; }
    SetupScreen .field Label { width: 20; color: $secondary; }
    SetupScreen .field Input { width: 1fr; height: 1; border: none; padding: 0 1; }
    SetupScreen .field Select { width: 1fr; max-width: 60; }
    SetupScreen .field TextArea { width: 1fr; max-width: 60; height: 6; border: none; padding: 0; }
    SetupScreen .about { color: $secondary; margin-left: 20; height: auto; }
    SetupScreen Checkbox { border: none; height: 1; padding: 0; }
    SetupScreen #room { height: auto; padding: 0 1; background: $surface; }
    SetupScreen #go { height: auto; align: right middle; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back"),
        Binding("ctrl+s", "next", "to-summary"),
    ]

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self._wishes = Wishes(loaded)
        self._fresh = True
        self._room: Room | CyderError | None = None

    def compose(self) -> ComposeResult:
        """Put the form together from the wishes."""
        wishes, say = self._wishes, self.say
        if self._fresh:
            wishes.language, self._fresh = self.console.language, False
            wishes.provider = "lxc" if self.console.root else "memory"
        title = wishes.loaded.scenario.title.in_(self.console.language)
        yield self.bar("setup")
        yield Static(block(title, STRONG), id="title")
        with VerticalScroll(can_focus=False):
            teams = Input(str(wishes.teams), type="integer", max_length=3, id="teams", compact=True)
            yield from self._field("number-of-teams", teams)
            names = TextArea("\n".join(wishes.names), id="names", show_line_numbers=True,
                             compact=True, tab_behavior="focus")  # fmt: skip
            yield from self._field("names-of-teams", names, "names-about")
            yield from self._choice("exercise-language", "language", wishes.language, (
                ("日本語", "ja"), ("English", "en")))  # fmt: skip
            yield from self._choice("pace", "pace", wishes.pace, ((say(p), p) for p in PACES))
            yield from self._choice("who-acts", "responder", wishes.responder,
                                    ((say(f"who-{r}"), r) for r in RESPONDERS))  # fmt: skip
            yield from self._choice("provider", "provider", wishes.provider,
                                    ((say(f"provider-{n}"), n) for n in NAMES))  # fmt: skip
            seed = Input(wishes.seed, id="seed", compact=True, max_length=128,
                         placeholder=say("seed-about"))  # fmt: skip
            yield from self._field("seed", seed)
            yield from self._field("benign-users", Checkbox(say("users-about"), wishes.users,
                                                            id="users", compact=True))  # fmt: skip
            yield from self._field("preflight", Checkbox(say("preflight-about"), wishes.preflight,
                                                         id="preflight", compact=True))  # fmt: skip
        yield Static(id="room")
        with Horizontal(id="go"):
            yield Button(f"{say('to-summary')} (Ctrl+S)", id="next", variant="primary",
                         compact=True)  # fmt: skip
        yield Footer()

    def _field(self, key: str, widget: Widget, about: str = "") -> ComposeResult:
        with Horizontal(classes="field"):
            yield Label(self.say(key))
            yield widget
        if about:
            yield Static(Text(self.say(about)), classes="about")

    def _choice(self, key: str, id_: str, value: str, options: object) -> ComposeResult:
        shown = [(str(said), str(known)) for said, known in options]  # type: ignore[attr-defined]
        select = Select(shown, value=value, allow_blank=False, id=id_, compact=True)
        yield from self._field(key, select)

    def begin(self) -> None:
        """Begin with the number of teams."""
        self.query_one("#teams").focus()
        self._measure()

    def fill(self) -> None:
        """Say what it needs of this host."""
        room, wishes = self._room, self._wishes
        if wishes.provider == "memory":
            text = Text(self.say("memory-needs"), QUIET)
        elif room is None:
            text = Text(self.say("looking"), QUIET)
        elif isinstance(room, CyderError):
            text = block(room.message, BAD)
        else:
            text = need_line(wishes.teams, room, self.say)
            text.append(f"\n{room_of_host(room, self.say)}  ", QUIET)
            text.append(self.say("bakes", text=baking(room, self.say)), QUIET)
        put(self, "#room", text)

    def _measure(self) -> None:
        loaded, teams, settings = self._wishes.loaded, self._wishes.teams, self.console.settings
        if not 1 <= teams <= MAX_LABS:
            return

        def measured(room: Room | CyderError) -> None:
            self._room = room
            self.show()

        self._room = None
        self.show()
        self.work(lambda: room_for(sketch(loaded, teams), settings), measured, group="room",
                  otherwise=measured)  # fmt: skip

    # What is typed goes into the wishes at once

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take a line."""
        if event.input.id == "seed":
            self._wishes.seed = event.value.strip().lower()
        elif event.input.id == "teams":
            teams = int(event.value) if event.value.isascii() and event.value.isdigit() else 0
            if teams != self._wishes.teams:
                self._wishes.teams = teams
                self.set_timer(_ROOM_AFTER, lambda: self._settled(teams))

    def _settled(self, teams: int) -> None:
        if teams == self._wishes.teams:
            self._measure()

    def on_input_submitted(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Take the names. As many lines as teams, or more teams than before."""
        self._wishes.names = event.text_area.text.split("\n")

    def on_select_changed(self, event: Select.Changed) -> None:
        """Take a choice."""
        value = str(event.value)
        match event.select.id:
            case "language":
                self._wishes.language = "en" if value == "en" else "ja"
            case "pace" | "responder" | "provider" as field:
                setattr(self._wishes, field, value)
                self.show()

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Take a tick."""
        setattr(self._wishes, str(event.checkbox.id), event.value)

    # What one can do

    def on_button_pressed(self) -> None:
        """Go on."""
        self.action_next()

    def action_next(self) -> None:
        """Go on to the summary, unless something cannot be."""
        try:
            self._wishes.check()
        except CyderError as error:
            self.console.trouble(error)
            return
        self.console.go(SummaryScreen(self._wishes))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
