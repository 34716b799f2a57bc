"""Strips: how services were over time, as the checks that watch over them saw it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from range.grading.record import Record
from range.grading.series import FULL, Run
from range.scenario.model import Text
from range.scenario.scenario import Scenario

Up = Literal["up", "down", "unknown"]
Span = tuple[float, float, Up]


@dataclass(frozen=True)
class Service:
    """How a service was. Spans follow one another, the last up to the board's `now`."""

    check: str
    title: Text
    spans: tuple[Span, ...]  # from, to (exercise seconds), state


class Strips:
    """Draws the strips of all teams; a strip that nobody looked at is only made longer."""

    def __init__(self, scenario: Scenario) -> None:
        self._titles = {
            name: check.title
            for name, check in scenario.checks.items()
            if check.valued == "availability"
        }
        self._drawn: dict[tuple[str, str], tuple[list[Run], list[Span]]] = {}

    def services(self, team: str, record: Record, now: float | None) -> tuple[Service, ...]:
        """Return a team's strips, in the scenario's order."""
        return tuple(
            Service(name, title, _until(self._spans(team, record, name), now))
            for name, title in self._titles.items()
        )

    def _spans(self, team: str, record: Record, name: str) -> list[Span]:
        runs = record.series(name)
        drawn = self._drawn.get((team, name))
        # A record gives the same list until something may have changed it.
        if drawn is None or drawn[0] is not runs:
            drawn = self._drawn[team, name] = (runs, _stretches(runs))
        return drawn[1]


def _stretches(runs: Iterable[Run]) -> list[Span]:
    """Stretches of one state; each look holds until the next. The last ends at its last look."""
    spans: list[Span] = []
    for (begin, _), (end, _), low, high, _, _ in runs:
        state: Up = "unknown" if low != high else "up" if low >= FULL else "down"
        if spans:
            since, until, before = spans[-1]
            if before == state:
                spans[-1] = (since, max(until, end), state)
                continue
            spans[-1] = (since, begin, before)
        spans.append((begin, end, state))
    return spans


def _until(spans: Sequence[Span], now: float | None) -> tuple[Span, ...]:
    if not spans or now is None:
        return tuple(spans)
    since, last, state = spans[-1]
    return (*spans[:-1], (since, max(last, now), state))
