"""What the audience is shown: the board as it goes, a frozen one, or a frozen one being revealed.

A frozen board is the very object that was on the screen. Nothing that arrives can reach into it.
"""

from __future__ import annotations

from dataclasses import dataclass

from range.report.board import Board
from scoreboard.face import Face, Row


@dataclass
class Reveal:
    """The final standings, told from the last place to the first; equal places come together.

    `since` is the exercise time of the freeze; `shown` counts the groups that have been revealed.
    """

    before: Board
    after: Board
    since: float | None
    shown: int = 0

    def groups(self, face: Face) -> list[list[Row]]:
        """Return the teams in the order of their being revealed."""
        groups: list[list[Row]] = []
        for row in reversed(face.rows(self.after)) if face.ranks else face.rows(self.after):
            if groups and row.rank is not None and groups[-1][0].rank == row.rank:
                groups[-1].insert(0, row)
            else:
                groups.append([row])
        return groups

    def revealed(self, face: Face) -> list[list[Row]]:
        """Return what has been revealed so far, the newest last."""
        return self.groups(face)[: self.shown]

    def step(self, face: Face, by: int) -> bool:
        """Go on or back; False where that is not possible."""
        to = self.shown + by
        if not 0 <= to <= len(self.groups(face)):
            return False
        self.shown = to
        return True

    def done(self, face: Face) -> bool:
        """True when all teams have been revealed."""
        return self.shown >= len(self.groups(face))


@dataclass
class Stage:
    """`current` is the board as it goes; `since` is the exercise time of a freeze."""

    current: Board
    frozen: Board | None = None
    since: float | None = None
    reveal: Reveal | None = None
    lifted: bool = False  # a freeze was ended by the presenter; none comes by itself again

    @property
    def board(self) -> Board:
        """What is on the screen."""
        return self.frozen if self.frozen is not None else self.current

    def put(self, board: Board) -> bool:
        """Take in a newer board; True where the screen has to change."""
        changed = board is not self.current
        self.current = board
        return changed and self.frozen is None

    def freeze(self, at: float | None) -> None:
        """Hold what is on the screen; `at` is the exercise time of the moment."""
        if self.frozen is None:
            self.frozen, self.since, self.reveal = self.current, at, None

    def thaw(self) -> None:
        """Show the board as it goes again."""
        self.frozen = self.reveal = None
        self.lifted = True

    def begin(self, final: Board) -> Reveal | None:
        """Begin to reveal, or go on with it; None where nothing is held back.

        The standings that are revealed are those of the beginning: a mark that arrives in the
        middle of a ceremony moves nobody.
        """
        if self.frozen is None:
            return None
        if self.reveal is None:
            self.reveal = Reveal(self.frozen, final, self.since)
        return self.reveal
