"""Noticing that a log has grown, soon and at next to no cost."""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer

from range.events.log import Log

EVERY = 0.1  # seconds; one look is one row of an index


def follow(pump: MessagePump, log: Log, grown: Callable[[], object]) -> Timer:
    """Call `grown` within a tenth of a second of an append, as long as `pump` lives."""
    seen = log.head.seq

    def look() -> None:
        nonlocal seen
        now = log.head.seq
        if now != seen:
            seen = now
            grown()

    return pump.set_interval(EVERY, look)
