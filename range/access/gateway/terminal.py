"""A trainee's terminal, whichever way it is connected, and what is shown on it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Protocol

Size = tuple[int, int]  # columns, rows

# Names of terminals that are passed on. What is not known is one of the many that are like xterm.
_LIKE_XTERM = "xterm-256color"
KNOWN = frozenset(
    {
        "xterm", "xterm-color", "xterm-16color", "xterm-256color", "xterm-direct", "xterm-kitty",
        "xterm-ghostty", "screen", "screen-256color", "tmux", "tmux-256color", "rxvt",
        "rxvt-256color", "rxvt-unicode", "rxvt-unicode-256color", "linux", "putty",
        "putty-256color", "alacritty", "foot", "wezterm", "konsole", "konsole-256color", "gnome",
        "gnome-256color", "vte", "vte-256color", "iterm2", "cygwin", "mlterm", "vt100", "vt220",
        "ansi",
    }
)  # fmt: skip
_TOO_LITTLE = frozenset({"", "dumb", "unknown", "network"})

# Leave the second screen; no mouse reports, no pasting marks, no kitty keyboard; cursor, colours.
RESTORE = (
    b"\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?1004l"
    b"\x1b[?2004l\x1b[<u\x1b[?25h\x1b[0m\r\n"
)


def known_term(name: str) -> str | None:
    """Return the name of a terminal as it is passed on; None for one that cannot show a desk."""
    if name in _TOO_LITTLE:
        return None
    return name if name in KNOWN else _LIKE_XTERM


def bounded(columns: int, rows: int) -> Size:
    """Return a size within what a desk is ever drawn in; nothing told means 80x24."""
    return min(max(columns or 80, 20), 500), min(max(rows or 24, 5), 200)


class Shown(Protocol):
    """What is on a terminal just now and has its keyboard."""

    def typed(self, data: bytes) -> None:
        """Take what was typed."""

    def resized(self, size: Size) -> None:
        """The terminal has another size now."""


class Terminal(ABC):
    """Screen and keyboard. What is typed while nothing is shown is dropped."""

    def __init__(self, term: str, size: Size, *, true_colour: bool = False) -> None:
        self.term, self.size, self.true_colour = term, size, true_colour
        self.shown: Shown | None = None
        self.used = asyncio.get_running_loop().time()  # when a key was last pressed

    def typed(self, data: bytes) -> None:
        """Hand what was typed to what is shown."""
        self.used = asyncio.get_running_loop().time()
        if self.shown is not None:
            self.shown.typed(data)

    def resized(self, columns: int, rows: int) -> None:
        """Take another size, and tell what is shown."""
        self.size = bounded(columns, rows)
        if self.shown is not None:
            self.shown.resized(self.size)

    async def say(self, ja: str, en: str) -> None:
        """Show a sentence in both languages."""
        await self.show(f"{ja}\r\n{en}\r\n".encode())

    @abstractmethod
    async def show(self, data: bytes) -> None:
        """Write to the screen; returns once more can be taken."""

    @abstractmethod
    def hold(self, held: bool) -> None:
        """Ask for no more keys, or for more again."""
