"""Has the standings kept while the log grows, so that whoever opens a long one need not read it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from range.events.event import Event
from range.settings import PROJECT

EVERY = 10_000  # events; a reader that opens in between folds the rest in a moment


class Keeper:
    """A listener of the engine. What it starts is niced, short-lived, and nobody waits for it."""

    def __init__(self, folder: Path, every: int = EVERY) -> None:
        self._command = [sys.executable, "-m", "range.report.keep", str(folder)]
        self._every = every
        self._new = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, _: Event) -> None:
        """Count an event; start keeping when there are many new ones and the last keeping ended."""
        self._new += 1
        if self._new >= self._every and (self._process is None or self._process.poll() is not None):
            self._new = 0
            with suppress(OSError):  # a host that can start nothing more: the exercise goes on
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=PROJECT
                )

    def close(self) -> None:
        """Stop what is under way; what was kept before stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
