"""Series: how the credit of a check went over exercise time. Pure arithmetic.

A series is a list of runs: stretches of equal credit, from the first to the last look at it. What
nobody knows (the checker failed, a mark is missing) is the interval from 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

FULL = 1.0 - 1e-9
Valued = Literal["final", "first", "held", "availability"]


class Stamp(NamedTuple):
    """A place in an exercise: exercise seconds, then the number of the event."""

    at: float
    seq: int

    def later(self, seconds: float) -> Stamp:
        """Return the stamp `seconds` after; it precedes every event of that second."""
        return Stamp(self.at + seconds, -1) if seconds else self


START = Stamp(-math.inf, -1)
FOREVER = Stamp(math.inf, 0)


class Run(NamedTuple):
    """Credit between `low` and `high`, seen `looks` times from `first` to `last`."""

    first: Stamp
    last: Stamp
    low: float
    high: float
    detail: str = ""
    looks: int = 1

    @property
    def known(self) -> bool:
        """False where the checker failed or a mark is missing."""
        return self.low == self.high


def looked(runs: list[Run], stamp: Stamp, low: float, high: float, detail: str) -> None:
    """Add one later look to a series, in place."""
    if runs:
        first, _, old_low, old_high, old_detail, looks = runs[-1]
        if old_low == low and old_high == high:
            # A failure is explained by its last look, a success by its first.
            detail = old_detail if low >= FULL else detail
            runs[-1] = Run(first, stamp, low, high, detail, looks + 1)
            return
    runs.append(Run(stamp, stamp, low, high, detail))


def extended(runs: list[Run], run: Run) -> None:
    """Add a later look to a series, in place."""
    if runs and (runs[-1].low, runs[-1].high) == (run.low, run.high):
        old = runs[-1]
        # A failure is explained by its last look, a success by its first.
        detail = old.detail if run.low >= FULL else run.detail
        looks = old.looks + run.looks
        runs[-1] = Run(old.first, run.last, old.low, old.high, detail, looks)
    else:
        runs.append(run)


def clipped(runs: Iterable[Run], start: Stamp | None, end: Stamp | None) -> list[Run]:
    """Keep what was seen from `start` to `end`; None: no such bound."""
    if start is None and end is None:
        return list(runs)
    start, end = start or START, end or FOREVER
    return [
        run._replace(first=max(run.first, start), last=min(run.last, end))
        for run in runs
        if run.last >= start and run.first <= end
    ]


def settled(runs: Sequence[Run]) -> list[Run]:
    """Drop failures of the checker that were observed again; a last one stays."""
    return [run for run in runs if run.known or run is runs[-1]]


def latched(runs: Sequence[Run], valued: Valued) -> list[Run]:
    """Return the series of what the check is worth after each run."""
    runs = settled(runs)
    if valued == "final" or not runs:
        return list(runs)
    result: list[Run] = []
    for index, run in enumerate(runs):
        if valued == "availability":
            low, high = availability(runs[: index + 1], run.first.at)
        elif result:
            choose = max if valued == "first" else min
            low, high = choose(result[-1].low, run.low), choose(result[-1].high, run.high)
        else:
            low, high = run.low, run.high
        result.append(run._replace(low=low, high=high))
    return result


def streak(runs: Sequence[Run]) -> Stamp:
    """Since when a latched series has been at least what it is at its end."""
    since = runs[-1].first
    for run in reversed(runs):
        if run.low < runs[-1].low or run.high < runs[-1].high:
            break
        since = run.first
    return since


class Uptime(NamedTuple):
    """A series of looks at a service, added up as far as it is closed by a later look."""

    runs: tuple[Run, ...]
    up: float
    known: float
    credit: float  # of the last run,
    since: float  # which holds from here on; -inf where nobody knows
    failed: str  # detail of the first look that failed

    def until(self, end: float) -> tuple[float, float]:
        """Share of the known time up to `end`; without any time at all the last look decides."""
        up, known = self.up, self.known
        if self.since > -math.inf:
            up += self.credit * (max(end, self.since) - self.since)
            known += max(end, self.since) - self.since
        if known > 0:
            return up / known, up / known
        last = next((run for run in reversed(self.runs) if run.known), self.runs[-1])
        return last.low, last.high


def uptime(runs: Sequence[Run]) -> Uptime:
    """Add up for how long the service was up and for how long anybody knows.

    Each look holds until the next. Looks at one and the same time count as the last of them, so
    the share does not depend on how often somebody looked.
    """
    up = known = 0.0
    credit, since, failed = 0.0, -math.inf, ""
    for (begin, _), _, low, high, detail, _ in runs:
        if since > -math.inf:
            up += credit * (begin - since)
            known += begin - since
        credit, since = low, begin if low == high else -math.inf
        if low == high and low < FULL:
            failed = failed or detail
    return Uptime(tuple(runs), up, known, credit, since, failed)


def availability(runs: Sequence[Run], until: float) -> tuple[float, float]:
    """Share of the known time for which the service was up."""
    return uptime(runs).until(until)
