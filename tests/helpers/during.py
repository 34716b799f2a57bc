"""Exercises for the console: one told by hand, one with a live engine; and its app, reduced."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from stage import Stage
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from range.events.event import Draft, Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.engine import Engine
from range.scenario.model import Language
from range.settings import Settings
from tui.console.client import Client
from tui.console.exercise.dialogs import Ask
from tui.console.exercise.grid import Grid
from tui.console.exercise.screen import ExerciseScreen
from tui.look.app import CyderApp

EPOCH = 1_775_000_400.0  # 2026-04-01 08:40 in Tokyo


class Console(CyderApp[None]):
    """The console's app, reduced to one exercise."""

    def __init__(
        self, folder: ExerciseFolder, here: Settings, language: Language = "ja",
        actor: str = "tanaka", wall: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        super().__init__(language)
        self._made = lambda: ExerciseScreen(folder, here=here, actor=actor, wall=wall)

    def on_mount(self) -> None:
        self.push_screen(self._made())

    @property
    def during(self) -> ExerciseScreen:
        return next(each for each in self.screen_stack if isinstance(each, ExerciseScreen))


async def until(pilot: Pilot[Any], when: Callable[[], bool], seconds: float = 15) -> None:
    """Let the app go on until something is so."""
    end = time.monotonic() + seconds
    while not when():
        assert time.monotonic() < end, "it never came to be so"
        await pilot.pause(0.02)


@dataclass
class Told:
    """An exercise whose log is written by hand. `at` is exercise seconds; walls follow from it."""

    here: Settings
    folder: ExerciseFolder
    teams: tuple[str, ...]
    _pending: list[Draft] = field(default_factory=list)
    _held: bool = False

    def say(self, kind: Kind, at: float | None, /, team: str = "", actor: str = "engine",
            **data: Any) -> None:  # fmt: skip
        self._pending.append(Draft(kind, data, team, actor, at))
        if not self._held:
            self._write()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Write all that is said within one opening of the log."""
        self._held = True
        yield
        self._held = False
        self._write()

    def _write(self) -> None:
        with Log.open(self.folder.log) as log:
            for at, drafts in groupby(self._pending, key=lambda draft: draft.at or 0.0):
                log.append(list(drafts), wall=EPOCH + at)
        self._pending.clear()

    def ended(self, inject: str, at: float, outcome: str, *teams: str, **more: Any) -> None:
        for team in teams or self.teams:
            self.say(Kind.INTENDED, at, team, inject=inject)
            data = {"detail": "", "facts": {}, "blocked_by": "", "technique": "", **more}
            self.say(Kind.INJECTED, at, team, inject=inject, outcome=outcome, **data)


@dataclass
class Live:
    """A running engine and where its exercise is."""

    stage: Stage
    engine: Engine
    let_go: Callable[[], None]  # closes the socket, so that an engine that ended gives up its log

    async def engine_fire(self, inject: str) -> None:
        """Fire an inject as another instructor would."""
        await Client(self.stage.settings, self.stage.exercise.id, "other").ask(
            "fire", inject=inject
        )


def console(live: Live, actor: str = "tanaka") -> Console:
    return Console(live.stage.exercise, live.stage.settings, "en", actor)


async def opened(pilot: Pilot[Any]) -> None:
    """Wait until the log was read and the view is there."""
    app = pilot.app
    assert isinstance(app, Console)
    await until(pilot, lambda: len(app.screen_stack) > 1 and app.during.hub.ready)
    await pilot.pause()


async def asked(pilot: Pilot[Any]) -> None:
    """Wait for a dialogue."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
    await pilot.pause()


async def write(pilot: Pilot[Any], field: str, text: str) -> None:
    widget = pilot.app.screen.query_one(f"#f-{field}")
    if isinstance(widget, TextArea):
        widget.text = text
    else:
        assert isinstance(widget, Input)
        widget.value = text


def logged(live: Live, kind: Kind, **wanted: Any) -> list[Event]:
    return [
        event
        for event in live.stage.of(kind)
        if all(event.data.get(key) == value for key, value in wanted.items())
    ]


async def begin(pilot: Pilot[Any], live: Live) -> None:
    """STARTEX, from the console."""
    await opened(pilot)
    await pilot.press("s")
    await asked(pilot)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: live.engine.state.started)


async def choose(pilot: Pilot[Any], key: str) -> None:
    """Put the cursor of the view on a row."""
    app = pilot.app
    assert isinstance(app, Console)
    app.during.pane.query_one(Grid).choose(key)
    await pilot.pause()
