"""Where a board comes from: the log as it is now, or as it stood a while ago. It only reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from range.report.board import Board

Watch = Callable[[], float]  # Unix seconds


class Boards(Protocol):
    """What follows a log and tells how it stands, or stood."""

    def follow(self) -> bool:
        """Take in what is new; True where there was something."""

    def board(self, at: float | None = None, *, wall: float | None = None) -> Board:
        """Return the board of now, of `at` exercise seconds, or of `wall` Unix seconds."""


class Source:
    """`delay` is real seconds by which the board lags, `until` exercise seconds where it stops."""

    def __init__(
        self,
        boards: Boards,
        *,
        delay: float = 0.0,
        until: float | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.delay, self.until = delay, until
        self._boards = boards
        self._watch = watch or time.time
        self._live, self._drawn = boards.board(), True
        self._shown = self._live
        self._late = bool(delay) or until is not None
        if self._late:
            self._shown = self._cut()

    def follow(self) -> bool:
        """Take in what is new in the log; True where there was something."""
        grown = self._boards.follow()
        self._drawn = self._drawn and not grown
        return grown

    @property
    def live(self) -> Board:
        """The board as it stands, whatever is shown; drawn when asked for, which costs the most."""
        if not self._drawn:
            self._live, self._drawn = self._boards.board(), True
        return self._live

    @property
    def clock(self) -> float | None:
        """Exercise time, ticking, as far behind as the board is; None before the start."""
        board = self._shown if self.until is None else self.live
        if board.now is None:
            return None
        return board.now + max(0.0, self._watch() - self.delay - board.wall) * board.rate

    @property
    def stopped(self) -> bool:
        """True once what is shown has come to `until`."""
        clock = self.clock
        return self.until is not None and clock is not None and clock >= self.until

    def board(self) -> Board:
        """Return what is to be shown now; the same object as long as nothing changed."""
        board = self._cut() if self._late else self.live
        if board.seq != self._shown.seq:
            self._shown = board
        return self._shown

    def _cut(self) -> Board:
        wall = self._watch() - self.delay if self.delay else None
        return self._boards.board(self.until, wall=wall)
