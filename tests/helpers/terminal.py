"""A program on a real pty, and what its terminal shows: for tests of what people see."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "backtab": "\x1b[Z", "up": "\x1b[A",
    "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "f1": "\x1bOP", "f2": "\x1bOQ",
    "f3": "\x1bOR", "f4": "\x1bOS", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "home": "\x1b[H",
    "end": "\x1b[F", "backspace": "\x7f", "delete": "\x1b[3~",
}  # fmt: skip


class Terminal:
    """Runs a command on a pty of `columns` x `rows`. Use it in a `with`: it ends what it began.

    `raw` is every byte that the program wrote.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.raw = bytearray()
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                given = {**os.environ, "TERM": "xterm-256color", **(environment or {})}
                os.execvpe(command[0], list(command), given)
            finally:
                os._exit(127)
        self._running = True
        os.set_blocking(self._master, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        os.close(self._master)
        if self._running:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def send(self, *keys: str) -> None:
        """Press keys by name, or type text as it is."""
        for key in keys:
            data = KEYS.get(key)
            if data is None and key.startswith("ctrl+"):
                data = chr(ord(key[-1]) & 0x1F)
            os.write(self._master, (key if data is None else data).encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the size as a window manager would."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, *wanted: str, within: float = 60) -> str:
        """Return the screen once it shows all of `wanted`; AssertionError with it when not."""
        return self.wait_until(lambda shown: all(w in shown for w in wanted), within, str(wanted))

    def wait_gone(self, unwanted: str, *, within: float = 60) -> str:
        """Return the screen once it does not show `unwanted`."""
        return self.wait_until(lambda shown: unwanted not in shown, within, f"no {unwanted}")

    def wait_until(self, holds: Callable[[str], bool], within: float, what: str) -> str:
        """Return the screen once `holds(screen)`; AssertionError says `what` was awaited."""
        deadline = time.monotonic() + within
        while not holds(self.text()):
            left = deadline - time.monotonic()
            if left <= 0 or not self._take(left):
                raise AssertionError(f"awaited {what}; the screen shows:\n{self.text()}")
        return self.text()

    def settle(self, quiet: float = 0.4, within: float = 60) -> str:
        """Return the screen once nothing was written for `quiet` seconds."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self._take(quiet):
            pass
        return self.text()

    def ended(self, within: float = 20) -> int:
        """Wait for the end of the program and return its exit code."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if not self._take(0.05):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self._running = False
                    return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"did not end; the screen shows:\n{self.text()}")

    def text(self) -> str:
        """What the terminal shows, line by line. Wide characters stand once."""
        # Half of a wide character that was overwritten leaves an empty cell, at which `display`
        # stumbles; the second half of one that stands is an empty cell, too.
        rows, columns = self.screen.lines, self.screen.columns
        lines = (self.screen.buffer[row] for row in range(rows))
        return "\n".join("".join(line[at].data for at in range(columns)).rstrip() for line in lines)

    def _take(self, within: float) -> bool:
        """Take in what comes within so many seconds; False when nothing did, or it is over."""
        if not select.select([self._master], [], [], within)[0]:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # the other side is closed
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)
