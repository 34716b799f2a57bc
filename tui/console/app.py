"""`cyder tui`: the instructor's console. It may be closed at any time: engines go on by themselves.

Everything shown is read from files and logs; everything done goes through the same functions and
verbs as the command line. So several consoles may be open at once.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from range.errors import CyderError
from range.events.folder import ExerciseFolder, find
from range.exercise.listing import Listing, has_started
from range.scenario.model import Language
from range.settings import Settings
from range.text import line
from tui.console.dialogs import Trouble, TypeLine, Unforeseen
from tui.console.exercise.words import EXERCISE
from tui.console.home import HomeScreen
from tui.console.words_before import BEFORE
from tui.console.words_bringup import BRINGUP
from tui.console.words_choosing import CHOOSING
from tui.look.app import CyderApp
from tui.look.words import COMMON, Words

ACTOR = 60  # characters
PALETTE = 50  # exercises that the command palette offers


def acting() -> str:
    """Who sits here: the one who called sudo, or who is logged in."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        name = f"uid{os.getuid()}"
    return line(name, ACTOR) or "white"


class ConsoleApp(CyderApp[None]):
    """The console. `exercise` (an id, a folder or `last`) is opened at once."""

    words: ClassVar[Words] = Words(COMMON, BEFORE, CHOOSING, BRINGUP, EXERCISE)
    TITLE = "CYDER"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f4", "actor", "actor", show=False)]

    def __init__(
        self,
        settings: Settings,
        actor: str = "",
        language: Language = "ja",
        *,
        exercise: str = "",
        wide_ambiguous: bool = False,
        root: bool | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(language, wide_ambiguous=wide_ambiguous)
        self.settings = settings
        self.actor = line(actor, ACTOR) or acting()
        self.root = os.geteuid() == 0 if root is None else root
        self.wall = wall  # Unix time, in seconds
        self.listing = Listing(settings)
        self.engines: dict[str, subprocess.Popen[bytes]] = {}  # those that this console started
        self._first = exercise

    def on_mount(self) -> None:
        """Show the exercises, and the one that was asked for."""
        self.push_screen(HomeScreen())
        if self._first:
            try:
                folder = find(self.settings, self._first)
            except CyderError as error:
                self.trouble(error)
            else:
                self.open(folder)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer what is reachable from anywhere, besides the keys of the screen."""
        yield from super().get_system_commands(screen)
        known: list[tuple[str, Callable[[], object]]] = [
            ("new", self.choose_scenario),
            ("host-check", self.check_host),
            ("home", self.home),
        ]
        for listed in sorted(self.listing.known, key=lambda one: one.id, reverse=True)[:PALETTE]:
            said = self.say("open-exercise", exercise=listed.id)
            yield SystemCommand(said, listed.scenario, partial(self.open, listed.folder))
        offered = {self.described(a.binding.description) for a in screen.active_bindings.values()}
        for key, call in known:
            if self.say(key) not in offered:
                yield SystemCommand(self.say(key), self.say(f"{key}-about"), call)

    def go(self, screen: Screen[None]) -> None:
        """Go to a screen; Esc comes back."""
        self.push_screen(screen)

    # Screens are loaded when wanted: the console is to be there at once.

    def choose_scenario(self) -> None:
        """Begin a new exercise."""
        from tui.console.scenarios import ScenarioScreen

        self.go(ScenarioScreen())

    def check_host(self) -> None:
        """Look at the host."""
        from tui.console.hosts import HostScreen

        self.go(HostScreen())

    def home(self) -> None:
        """Close everything above the list of exercises."""
        while len(self.screen_stack) > 2:
            self.pop_screen()

    # Exercises

    def open(self, folder: ExerciseFolder) -> None:
        """Open an exercise: at its bring-up before STARTEX, in its course after."""
        try:
            screen = self._screen_of(folder)
        except CyderError as error:
            self.trouble(error)
            return
        self.home()
        if isinstance(self.screen, HomeScreen):
            self.screen.at(folder.id)
        self.push_screen(screen)

    def _screen_of(self, folder: ExerciseFolder) -> Screen[None]:
        if not has_started(folder):
            from tui.console.bringup import BringUpScreen

            return BringUpScreen(folder)
        from tui.console.exercise.screen import ExerciseScreen

        return ExerciseScreen(folder)

    def trouble(self, error: CyderError) -> None:
        """Tell what went wrong, and what to do."""
        self.push_screen(Trouble(error))

    def unforeseen(self, error: BaseException) -> Unforeseen:
        """Keep what a mistake of ours left in a file, and return it in one sentence."""
        kept = self.settings.home / "console-error.log"
        told = "".join(traceback.format_exception(error))
        try:
            kept.write_text(told, encoding="utf-8", errors="replace")
        except OSError:
            kept = Path(tempfile.mkdtemp(prefix="cyder-")) / kept.name
            kept.write_text(told, encoding="utf-8", errors="replace")
        return Unforeseen(f"{type(error).__name__}: {error}", hint=str(kept))

    def _fatal_error(self) -> None:
        """Leave with a sentence, not with a traceback."""
        error = sys.exc_info()[1]
        kept = self.unforeseen(error).hint if error is not None else ""
        self.panic(Text(self.say("fatal", path=kept)))

    # Who acts

    def action_actor(self) -> None:
        """Change under which name everything is done from now on."""

        def named(name: object) -> None:
            if isinstance(name, str) and line(name, ACTOR):
                self.actor = line(name, ACTOR)
                self.call_later(self.watch_language)  # every screen shows the name

        self.push_screen(
            TypeLine(self.say("actor"), self.actor, self.say("actor-about"), most=ACTOR), named
        )
