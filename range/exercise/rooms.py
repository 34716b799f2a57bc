"""Bringing up what an exercise takes place in, and leaving it again. One kind for each provider."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from range.access.point import AccessPoint
from range.errors import CyderError
from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.create import Options
from range.exercise.desk import Desk
from range.exercise.labs import Doors
from range.exercise.memory_doors import MemoryDoors
from range.plan.model import Plan
from range.providers import deployments
from range.providers.base import Progress, Provider, Report
from range.providers.memory import MemoryProvider
from range.providers.registry import provider
from range.settings import Settings
from range.text import line


class Rooms(Protocol):
    """Labs that are up, and the doors into them."""

    plan: Plan
    provider: Provider
    doors: Doors

    async def serve(self, desks: Mapping[str, Desk]) -> None:
        """Open each team's desk."""

    def close(self) -> None:
        """Close the doors; the labs stay."""


class MemoryRooms:
    """Rooms of the memory provider."""

    def __init__(self, settings: Settings, exercise: ExerciseFolder, report: Report) -> None:
        self._settings = settings
        self.plan = deployments.need(settings, exercise.id)
        self.provider: Provider = MemoryProvider(settings)
        self.provider.up(self.plan, report)
        self.doors: Doors = MemoryDoors(
            MemoryProvider(settings), exercise.bundle().scenario.mail, self._ask
        )
        self._desks: Mapping[str, Desk] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, desks: Mapping[str, Desk]) -> None:
        """Open each team's desk."""
        self._desks, self._loop = desks, asyncio.get_running_loop()

    def close(self) -> None:
        """Close nothing: there are no doors."""

    def _ask(self, team: str, verb: str, payload: Mapping[str, Any]) -> Any:
        """Ask a desk from a responder's thread."""
        if self._loop is None:
            raise CyderError("the desk is not open")

        async def ask() -> Any:
            return self._desks[team].ask(verb, payload, f"{team}+responder")

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result(30)


def take_down(settings: Settings, exercise: ExerciseFolder, options: Options) -> None:
    """Remove the labs of an exercise and the ways into them; nothing is left, also the 2nd time."""
    plan = deployments.load(settings, exercise.id)
    if plan is None:
        return
    for lab in plan.labs:
        AccessPoint(settings, lab).stop()
    provider(options.provider, settings).down(plan.deployment)
    deployments.release(settings, plan.deployment)


def open_rooms(settings: Settings, exercise: ExerciseFolder, options: Options, log: Log) -> Rooms:
    """Bring up what the exercise needs; a second time it converges. CyderError says what failed."""

    events = list(log.read())
    # Converging after a crash: what was so before need not be told again.
    told = {_key(e.data, e.team): (e.data["state"], e.data["detail"])
            for e in events if e.kind is Kind.BRINGUP}  # fmt: skip

    def tell(what: str, state: str, detail: str, team: str = "", **more: Any) -> None:
        limit = 1000 if state == "failed" else 300
        data = {"node": what, "state": state, "detail": line(detail, limit), **more}
        if told.get(_key(data, team)) == (state, data["detail"]):
            return
        told[_key(data, team)] = (state, data["detail"])
        log.append([Draft(Kind.BRINGUP, data, team)])

    def report(progress: Progress) -> None:
        tell(progress.node, progress.state, progress.detail, progress.team)

    if options.provider == "memory":
        return MemoryRooms(settings, exercise, report)
    from range.exercise.lxc_rooms import LxcRooms

    rooms = LxcRooms(settings, exercise, report, tell)
    if options.preflight and not any(event.kind is Kind.STARTED for event in events):
        rooms.prove()
    return rooms


def _key(data: Mapping[str, Any], team: str) -> tuple[str, str, str]:
    """What a piece of progress is about. Several layers of one role have the same name."""
    return team, data["node"], data.get("layer", "")
