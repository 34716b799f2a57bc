"""Exercises on the provider without guests: made, run, cut off anywhere, resumed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from range.events.event import Draft, Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.create import creation, options
from range.exercise.desk import Desk
from range.exercise.engine import Engine
from range.exercise.finish import conclude
from range.exercise.process import assemble
from range.exercise.rooms import open_rooms
from range.grading.result import TeamGrade
from range.injects.context import receipt_name
from range.providers import deployments
from range.providers.memory import journal
from range.settings import Settings


class Killed(Exception):
    """Nothing more reaches the log: as far as the exercise goes, the engine is dead."""


@dataclass
class Stage:
    """One exercise, and how to run it."""

    settings: Settings
    exercise: ExerciseFolder

    def events(self) -> list[Event]:
        with self.exercise.read() as log:
            return list(log.read())

    def of(self, kind: Kind, team: str = "", **wanted: Any) -> list[Event]:
        return [
            event
            for event in self.events()
            if event.kind is kind
            and team in ("", event.team)
            and all(event.data.get(key) == value for key, value in wanted.items())
        ]

    def outcomes(self, team: str) -> dict[str, tuple[str, float | None]]:
        return {e.data["inject"]: (e.data["outcome"], e.at) for e in self.of(Kind.INJECTED, team)}

    def grade(self, team: str) -> TeamGrade:
        return conclude(self.exercise).team(team)

    def receipts(self) -> list[str]:
        """Receipts of all that ran, the same in two exercises of one seed."""
        made = journal(self.settings, self.exercise.id)
        return [receipt.removeprefix(self.exercise.id) for _, _, receipt in made]

    def receipt(self, team: str, inject: str, step: int, round_: int = 0) -> str:
        """Name of the receipt that a step of an inject leaves in a team's lab."""
        plan = deployments.need(self.settings, self.exercise.id)
        seed = next(lab.seed for lab in plan.labs if lab.team == team)
        return receipt_name(seed, inject, step, round_)

    async def run(self, *, dies_at: int = 0, script: Callable[[Engine], Any] | None = None) -> bool:
        """Run as a fresh engine would; True when it came to the end, False when it was killed."""
        with Log.open(self.exercise.log) as log:
            events = list(log.read())
            chosen = options(creation(events))
            log.append([Draft(Kind.ENGINE, {"resumed": len(events) > 1})])
            rooms = open_rooms(self.settings, self.exercise, chosen, log)
            engine, _ = assemble(self.exercise, log, events, chosen, rooms)
            _mortal(engine, log, dies_at)
            await rooms.serve(
                {lab.team: Desk(engine, lab.team, lab, events) for lab in rooms.plan.labs}
            )
            acting = script(engine) if script is not None else None
            try:
                if chosen.headless and not engine.state.started:
                    engine.start("engine")
                await engine.run()
            except Killed:
                return False
            finally:
                if acting is not None:
                    await acting
        return engine.state.over


def _mortal(engine: Engine, log: Log, dies_at: int) -> None:
    """Let nothing be appended once the log has `dies_at` events."""
    append = log.append

    def until_death(drafts: Sequence[Draft], wall: float | None = None) -> list[Event]:
        if dies_at and log.head.seq >= dies_at:
            raise Killed
        return append(drafts, wall)

    log.append = until_death  # type: ignore[method-assign]


async def at_desk(
    exercise: Stage, team: str, script: Callable[[Desk, Engine], Awaitable[None]]
) -> None:
    """Run an exercise up to its start, and let `script` use a team's desk."""

    def acting(engine: Engine) -> asyncio.Task[None]:
        async def act() -> None:
            desk = Desk(engine, team, engine.labs.lab(team), exercise.events())  # type: ignore[attr-defined]
            try:
                await script(desk, engine)
            finally:
                engine.stop()

        return asyncio.create_task(act())

    await exercise.run(script=acting)
