"""Boards of exercises that were written by hand, and apps that show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boards
import pytest

from range.events.folder import ExerciseFolder
from range.report.board import Boards
from scoreboard.app import ScoreboardApp
from scoreboard.face import Face
from scoreboard.pseudonyms import pseudonyms
from scoreboard.source import Source

AT = 7200.0  # exercise seconds at which these exercises stand


class Hall:
    """An exercise, and what shows it. `wall` is Unix time; it goes on only when told."""

    def __init__(self, folder: ExerciseFolder, stack: ExitStack, until: float) -> None:
        self.folder = folder
        self.wall = boards.START + until + 75
        self._stack = stack

    def boards(self) -> Boards:
        log = self.folder.read()
        self._stack.callback(log.close)
        return Boards.of(self.folder, log)

    def source(self, **options: Any) -> Source:
        return Source(self.boards(), watch=lambda: self.wall, **options)

    def app(
        self,
        *,
        pseudonymous: bool = False,
        rotate: float = 0.0,
        wide_ambiguous: bool = False,
        **options: Any,
    ) -> ScoreboardApp:
        chosen = {key: options.pop(key) for key in ("delay", "until") if key in options}
        source = self.source(**chosen)
        names = pseudonyms([team.team for team in source.live.teams], "seed")
        face = Face(**options, names=names if pseudonymous else None)
        app = ScoreboardApp(
            source,
            boards.bundle().scenario,
            face,
            names,
            rotate=rotate,
            wide_ambiguous=wide_ambiguous,
        )
        app.animation_level = "none"
        return app

    def append(self, *drafts: Any) -> None:
        boards.append(self.folder, list(drafts))

    def go_on(self, seconds: float) -> None:
        self.wall += seconds


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Callable[..., Hall]]:
    """Make an exercise of so many teams that has come to `until` exercise seconds."""
    with ExitStack() as stack:

        def make(teams: int = 6, until: float = AT) -> Hall:
            return Hall(boards.exercise(tmp_path, teams, until=until), stack, until)

        yield make
