"""Tempo: what the log says of the exercise's clock. A small fold, for boards and the console."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, Literal

from range.events.event import Event, Kind

Phase = Literal["ready", "running", "paused", "over"]


@dataclass
class Tempo:
    """The clock as it stood at the newest event. Times in seconds: `at` exercise, `wall` Unix.

    `latest` is -1 before the start. A jumping clock has rate 0 here: it does not run by itself.
    """

    started: bool = False
    ending: bool = False
    over: bool = False
    running: bool = False
    rate: float = 0.0
    extension: float = 0.0
    latest: float = -1.0
    wall: float = 0.0
    base: float = 0.0  # exercise time when the clock last changed
    base_wall: float = 0.0

    def apply(self, event: Event) -> None:
        """Take in one event."""
        if event.at is not None and event.at > self.latest:
            self.latest = event.at
        if event.wall > self.wall:
            self.wall = event.wall
        taker = _TAKERS.get(event.kind)
        if taker is not None:
            taker(self, event)

    @property
    def state(self) -> Phase:
        """What the exercise is doing."""
        if self.over:
            return "over"
        if not self.started:
            return "ready"
        return "running" if self.running and not self.ending else "paused"

    @property
    def now(self) -> float | None:
        """Exercise time at `wall`, the moment of the newest event; None before the start."""
        if not self.started:
            return None
        ran = max(0.0, self.wall - self.base_wall) * self.speed
        return max(self.latest, self.base + ran)

    @property
    def speed(self) -> float:
        """Exercise seconds for each real second, 0 while the clock stands."""
        return self.rate if self.state == "running" else 0.0

    def packed(self) -> list[Any]:
        """Return it as plain values, for `Tempo(*values)`."""
        return list(astuple(self))

    def _rebase(self, event: Event) -> None:
        self.base = self.latest if event.at is None else event.at
        self.base_wall = event.wall

    def _started(self, _: Event) -> None:
        self.started = True

    def _clock(self, event: Event) -> None:
        self._rebase(event)
        self.running = event.data.get("running") is True
        rate = event.data.get("rate")
        self.rate = float(rate) if isinstance(rate, int | float) else 0.0

    def _engine(self, event: Event) -> None:
        # While no engine lived the clock stood; it goes on from the newest event.
        self.base, self.base_wall = max(self.latest, 0.0), event.wall

    def _verb(self, event: Event) -> None:
        verb, args = event.data.get("verb"), event.data.get("args")
        if verb == "end":
            self._rebase(event)
            self.ending = True
        elif verb == "extend" and isinstance(args, dict):
            seconds = args.get("seconds")
            self.extension += seconds if isinstance(seconds, int | float) else 0.0

    def _ended(self, event: Event) -> None:
        self._rebase(event)
        self.over, self.running = True, False


_TAKERS = {
    Kind.STARTED: Tempo._started,
    Kind.CLOCK: Tempo._clock,
    Kind.ENGINE: Tempo._engine,
    Kind.VERB: Tempo._verb,
    Kind.ENDED: Tempo._ended,
}
