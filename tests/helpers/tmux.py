"""A program in a real tmux, as an instructor has it on a server: keys in, screens out."""

from __future__ import annotations

import secrets
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

_LOOK = 0.1  # seconds between looks: tmux tells nobody that its screen has changed


class Tmux:
    """Runs a command in a tmux server of its own. Use it in a `with`: it ends what it began."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 160,
        rows: int = 50,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._socket = f"cyder-test-{secrets.token_hex(4)}"
        self._columns, self._rows = columns, rows
        given = [f"{key}={value}" for key, value in (environment or {}).items()]
        self._command = shlex.join(["env", "LANG=C.UTF-8", *given, *command])

    def __enter__(self) -> Self:
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(self._columns),
                   "-y", str(self._rows), self._command)  # fmt: skip
        self._tmux("set-option", "-g", "remain-on-exit", "on")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._tmux("kill-server")

    def send(self, *keys: str) -> None:
        """Press keys by tmux's names (Enter, Escape, F2, C-p, a)."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text as it is."""
        self._tmux("send-keys", "-l", "--", text)

    def next_field(self) -> None:
        """Press Tab, and wait until the cursor is elsewhere: keys sooner would stay behind."""
        before = self._tmux("display-message", "-p", "#{cursor_y}")
        self.send("Tab")
        self.wait_until(
            lambda _: self._tmux("display-message", "-p", "#{cursor_y}") != before, "another field"
        )

    def screen(self) -> str:
        """What the pane shows."""
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *wanted: str, within: float = 30) -> str:
        """Return the screen once it shows all of `wanted`; AssertionError with it when not."""
        return self.wait_until(lambda shown: all(w in shown for w in wanted), str(wanted), within)

    def wait_until(self, holds: Callable[[str], bool], what: str, within: float = 30) -> str:
        """Return the screen once `holds(screen)`; AssertionError says `what` was awaited."""
        deadline = time.monotonic() + within
        while not holds(shown := self.screen()):
            if time.monotonic() > deadline:
                raise AssertionError(f"awaited {what}; the screen shows:\n{shown}")
            time.sleep(_LOOK)
        return shown

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words],
            capture_output=True, text=True, timeout=20, check=True,
        )  # fmt: skip
        return done.stdout
