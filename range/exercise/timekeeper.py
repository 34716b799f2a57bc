"""The exercise clock against the machine's: where the pure clock meets real time."""

from __future__ import annotations

import time

from range.clock import Clock


class Timekeeper:
    """Holds the exercise clock of one engine. Seconds of exercise time; it never runs back."""

    def __init__(self, at: float = 0.0) -> None:
        self._clock = Clock(real=time.monotonic(), virtual=at)

    def now(self) -> float:
        """Exercise seconds now."""
        return self._clock.now(time.monotonic())

    def run(self, speed: float | str) -> None:
        """Run at a rate; on the jumping clock time only moves by `jump`."""
        now = time.monotonic()
        rate = 0.0 if speed == "jump" else float(speed)
        self._clock = self._clock.at_rate(now, rate).resumed(now)

    def stop(self) -> None:
        """Stand still."""
        self._clock = self._clock.paused(time.monotonic())

    def jump(self, to: float) -> None:
        """Move on to `to` at once; never back."""
        self._clock = self._clock.jumped(max(to, self._clock.virtual))

    def real_until(self, at: float) -> float | None:
        """Real seconds until exercise second `at`; None while the clock stands still."""
        real = self._clock.reaches(at)
        return None if real is None else max(0.0, real - time.monotonic())
