"""The board as an app of its own: it reads the log, and nothing that runs depends on it."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import replace
from time import monotonic, thread_time
from typing import ClassVar

from range.errors import CyderError
from range.scenario.model import Text
from range.scenario.scenario import Scenario
from scoreboard.board import BoardScreen, Painted
from scoreboard.face import Face
from scoreboard.source import Source
from scoreboard.stage import Stage
from scoreboard.words import SAY
from tui.look.app import CyderApp
from tui.look.words import Words

LOOK = 0.05  # seconds between looks at the log; one that finds nothing costs next to nothing
_REST = 0.1  # seconds at least between two drawings
_SHARE = 7  # a drawing is followed by so many times the processor time it took


class ScoreboardApp(CyderApp[None]):
    """Shows `source` to an audience. `names` are the pseudonyms of its teams."""

    words: ClassVar[Words] = SAY

    def __init__(
        self,
        source: Source,
        scenario: Scenario,
        face: Face,
        names: Mapping[str, Text],
        *,
        rotate: float = 0.0,
        wide_ambiguous: bool = False,
    ) -> None:
        super().__init__(face.language, wide_ambiguous=wide_ambiguous)
        self.source = source
        self.scenario = scenario
        self.stage = Stage(source.board())
        self.trouble = ""
        self.rotate = rotate
        self._face = face
        self._names = names
        self.hurried = False  # a drawing that leaves out what can wait for the next second
        self._owing = False
        self._wanted = False
        self._rested = 0.0

    @property
    def face(self) -> Face:
        """How teams appear, in the language of the moment."""
        if self._face.language != self.language:
            self._face = replace(self._face, language=self.language)
        return self._face

    def on_mount(self) -> None:
        """Open the board and begin to follow the log."""
        self.title = self.say("board")
        gc.freeze()  # what was read of a long log stays: looking through it again takes long
        self.push_screen(BoardScreen())
        self._hold()
        self.set_interval(LOOK, self.look)
        self.set_interval(1.0, self.tick)

    def on_unmount(self) -> None:
        """Let go of what was read."""
        gc.unfreeze()

    # What comes from the log

    def look(self) -> None:
        """Take in what is new; drawing never takes more than its share of the time."""
        try:
            self._wanted = self.source.follow() or self._wanted
            trouble = ""
        except CyderError as error:
            trouble = error.message
        if trouble != self.trouble:
            self.trouble = trouble
            self.repaint()
        if self._wanted and monotonic() >= self._rested:
            self._wanted = False
            self._show()

    def tick(self) -> None:
        """Let the clock go on, and with it what a delay holds back."""
        if self.source.delay:
            self._show()
        self._hold()
        if self._owing:
            self._owing = False
            self.repaint()
        for screen in self.screen_stack:
            if isinstance(screen, BoardScreen):
                screen.tick()

    def _show(self) -> None:
        before = thread_time()
        try:
            changed = self.stage.put(self.source.board())
        except CyderError as error:
            self.trouble = error.message
            changed = True
        if changed:
            # Scores at once; plots and strips, which are coarser than a second, with the clock.
            self.hurried = self._owing = True
            self.repaint()
            self.hurried = False
        self._rested = monotonic() + max(_REST, (thread_time() - before) * _SHARE)

    def _hold(self) -> None:
        """Freeze by itself where the board was told to stop."""
        if self.stage.frozen is None and not self.stage.lifted and self.source.stopped:
            self.stage.put(self.source.board())
            self.stage.freeze(self.source.until)
            self._changed()

    def repaint(self) -> None:
        """Draw what changed, on every screen."""
        for screen in self.screen_stack:
            if isinstance(screen, Painted):
                screen.repaint()

    # What the presenter decides

    def show_ranks(self, shown: bool) -> None:
        """Show ranks or not."""
        self._face = replace(self.face, ranks=shown)
        self.repaint()

    def show_names(self, shown: bool) -> None:
        """Show teams under their own names or under pseudonyms."""
        self._face = replace(self.face, names=None if shown else self._names)
        self.repaint()

    def freeze(self) -> None:
        """Hold what is on the screen."""
        self.stage.freeze(self.source.clock)
        self._changed()

    def thaw(self) -> None:
        """Show the standings as they go again, and those after the stop, too."""
        self.source.until = None
        self.stage.thaw()
        self._show()
        self._changed()

    def _changed(self) -> None:
        """Other keys work now."""
        self.repaint()
        self.screen.refresh_bindings()
