"""Keeps children alive: one that falls is started again, unless it falls again and again."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from range.network.agent.confine import end_with_parent

_log = logging.getLogger(__name__)
_STABLE = 10.0  # seconds; a child that falls earlier has a cause that stays
_MOST_FALLS = 5


@dataclass
class Child:
    """What runs in a child; `run` does not return. Without one that is `needed` nothing goes on."""

    name: str
    run: Callable[[], None]
    needed: bool = False
    began: Callable[[], None] = lambda: None
    pid: int = 0
    falls: int = 0
    _since: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """Start it."""
        self._since = time.monotonic()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                end_with_parent(signal.SIGKILL)
                if os.getppid() == parent:  # else it ended before it could have been noticed
                    self.run()
            finally:
                os._exit(1)
        self.began()

    def fell(self) -> bool:
        """Count a fall; True if it is worth another start."""
        lasted = time.monotonic() - self._since
        self.falls = self.falls + 1 if lasted < _STABLE else 1
        return self.falls < _MOST_FALLS


def keep(children: Sequence[Child]) -> int:
    """Start them and keep them; returns an exit code once a needed one cannot be kept."""
    for child in children:
        child.start()
    while True:
        pid, _ = os.waitpid(-1, 0)
        for child in children:
            if child.pid != pid:
                continue
            if child.fell():
                child.start()
            elif child.needed:
                return 1
            else:
                _log.error("the %s falls again and again: left alone", child.name)
                child.pid = 0
        if not any(child.pid for child in children):
            return 1
