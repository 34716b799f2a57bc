"""The engine: looks at what is due, has it done, writes down what came of it. One per exercise.

Nothing here knows guests: what is done in labs goes through `Labs`, in bounded threads. Everything
that matters is in the log before and after it happens, so the engine may die at any point.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from range.events.event import Draft, Event, Kind
from range.events.log import Log
from range.exercise.effects import Labs
from range.exercise.schedule import ActKind, Due, agenda
from range.exercise.state import ExerciseState, TeamState
from range.exercise.timekeeper import Timekeeper

P = ParamSpec("P")
R = TypeVar("R")
Key = tuple[str, str, str]  # team, kind of act, id

THREADS = (8, 4, 64)  # at least, for each team, at most


@dataclass
class Dwell:
    """An inject whose steps are done, but which needs real time to take effect."""

    at: float  # exercise time at which it ends
    deadline: float  # not before this on the monotonic clock
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Engine:
    """Runs one exercise from its state to its end."""

    def __init__(
        self,
        id_: str,
        log: Log,
        state: ExerciseState,
        labs: Labs,
        acts: Mapping[ActKind, Callable[[Engine, Due], Coroutine[Any, Any, None]]],
        *,
        headless: bool,
    ) -> None:
        self.id = id_
        self.acts = acts
        self.log = log
        self.state = state
        self.labs = labs
        self.headless = headless
        self.clock = Timekeeper(state.last)
        self.wake = asyncio.Event()
        self.flights: dict[Key, asyncio.Task[None]] = {}
        self.dwelling: dict[Key, Dwell] = {}
        self.listeners: list[Callable[[Event], None]] = []
        self._stopped = False
        self._failure: BaseException | None = None
        self._agendas: dict[str, list[Due]] = {}
        least, each, most = THREADS
        threads = min(most, least + each * len(state.teams))
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="act")
        if state.running and not state.over and state.ending is None:
            self.clock.run(state.speed)

    # What happened

    def append(self, *drafts: Draft) -> list[Event]:
        """Write facts down, take them in, and look again at what is due."""
        events = self.log.append(drafts)
        for event in events:
            self.state.apply(event)
            for team in (event.team,) if event.team else tuple(self.state.teams):
                self._agendas.pop(team, None)
            for listener in self.listeners:
                listener(event)
        self.wake.set()
        return events

    def note(self, kind: Kind, team: str = "", *, actor: str = "engine", **data: Any) -> Event:
        """Write one fact down at the present exercise time."""
        return self.append(Draft(kind, data, team, actor, self.moment()))[0]

    def moment(self) -> float | None:
        """Exercise time for what happens now; None before the start."""
        return self.clock.now() if self.state.started else None

    @property
    def rate(self) -> float:
        """Exercise seconds per real second: 0 while the clock stands, also on the jumping one."""
        speed = self.state.speed
        return float(speed) if self.state.running and speed != "jump" else 0.0

    async def blocking(self, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run something that blocks in a thread; its own time-out ends it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: act(*args, **kwargs))

    # The clock

    def start(self, actor: str) -> None:
        """STARTEX: both facts or none, so that no crash leaves an exercise begun and halted."""
        self.append(Draft(Kind.STARTED, {}, "", actor, 0.0), self._clock_runs(actor))
        self.clock.run(self.state.speed)

    def go_on(self, actor: str) -> None:
        """Let the clock run again at the exercise's speed."""
        self.append(self._clock_runs(actor))
        self.clock.run(self.state.speed)

    def _clock_runs(self, actor: str) -> Draft:
        data = {"running": True, "rate": self.state.speed}
        return Draft(Kind.CLOCK, data, "", actor, self.clock.now())

    def pause(self, actor: str) -> None:
        """Freeze injects and scoring; what is under way still ends."""
        self.clock.stop()
        self.note(Kind.CLOCK, actor=actor, running=False, rate=self.state.speed)

    def end(self, actor: str, reason: str) -> None:
        """Stop the clock and look at everything once more; ENDEX follows when that is done."""
        self.clock.stop()
        self.note(Kind.VERB, actor=actor, verb="end", args={"reason": reason})
        for dwell in self.dwelling.values():
            dwell.over.set()

    def stop(self) -> None:
        """Let the process go, in the middle of things; `cyder resume` goes on."""
        self._stopped = True
        self.wake.set()

    # The loop

    async def run(self) -> None:
        """Go on until the exercise is over; raises what kept facts from being written down."""
        try:
            while not (self.state.over or self._stopped):
                if self._failure is not None:
                    raise self._failure
                self.wake.clear()
                wait = self._turn()
                if wait == 0:
                    await asyncio.sleep(0)
                    continue
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.wake.wait(), wait)
        finally:
            for task in self.flights.values():
                task.cancel()
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _turn(self) -> float | None:
        """Launch what is due; return the real seconds until the next thing (None: unknown)."""
        state = self.state
        if not state.started or not (state.running or state.ending):
            return None
        now = self.clock.now()
        coming = [at for team in state.teams.values() for at in self._launch_due(team, now)]
        coming += self._end_dwells(now)
        if state.ending is not None:
            if not self.flights:
                self.note(Kind.ENDED, reason="")
            return None
        if state.speed == "jump" and self._under_way():
            return None
        if now >= state.end:
            self.end("engine", "time")
            return 0
        return self._forward(min([*coming, state.end]))

    def _launch_due(self, team: TeamState, now: float) -> Iterable[float]:
        """Launch what is due for a team; return when its next act is due, if that is known."""
        if team.team not in self._agendas:
            self._agendas[team.team] = agenda(self.state, team)
        for due in self._agendas[team.team]:
            if due.at > now:
                return [due.at]
            if self._may_begin(due):
                self._begin(due)
        return []

    def _forward(self, target: float) -> float | None:
        """Let time pass until `target`: jump there, or say how many real seconds that takes."""
        if self.state.speed != "jump":
            return self.clock.real_until(target)
        waits = [
            dwell.deadline - time.monotonic()
            for dwell in self.dwelling.values()
            if dwell.at <= target
        ]
        if any(wait > 0 for wait in waits):
            return max(waits)
        self.clock.jump(target)
        return 0

    def _under_way(self, team: str = "") -> list[Key]:
        """What is under way, of one team or of all, that the jumping clock waits for."""
        return [
            key
            for key in self.flights
            if team in ("", key[0])
            and (key not in self.dwelling or self.dwelling[key].over.is_set())
        ]

    def _may_begin(self, due: Due) -> bool:
        if (due.team, due.kind, due.id) in self.flights:
            return False
        others = self._under_way(due.team)
        if self.state.speed == "jump":
            return all(key[1] == "observe" and due.kind == "observe" for key in others)
        return due.kind != "step" or all(key[1] != "step" for key in others)

    def _begin(self, due: Due) -> None:
        key = (due.team, due.kind, due.id)

        def landed(task: asyncio.Task[None]) -> None:
            self.flights.pop(key, None)
            if not task.cancelled() and task.exception() is not None:
                self._failure = self._failure or task.exception()
            self.wake.set()

        task = asyncio.get_running_loop().create_task(self.acts[due.kind](self, due))
        self.flights[key] = task
        task.add_done_callback(landed)

    # Dwelling

    async def dwell(self, key: Key, seconds: float) -> None:
        """Wait `seconds` of real and of exercise time, while other things go on."""
        if not seconds or self.state.ending is not None:
            return
        rate = 1.0 if self.state.speed == "jump" else float(self.state.speed)
        self.dwelling[key] = Dwell(self.clock.now() + seconds * rate, time.monotonic() + seconds)
        self.wake.set()
        try:
            await self.dwelling[key].over.wait()
        finally:
            del self.dwelling[key]

    def _end_dwells(self, now: float) -> list[float]:
        for dwell in self.dwelling.values():
            if dwell.at <= now and dwell.deadline <= time.monotonic():
                dwell.over.set()
        return [dwell.at for dwell in self.dwelling.values() if not dwell.over.is_set()]
