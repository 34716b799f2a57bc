"""What every view of the console is: a box that shows the scene when it is looked at."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from textual.containers import Vertical
from textual.widgets import Input

from range.scenario.model import Language
from tui.console.exercise.dialogs import spoken_by
from tui.console.exercise.grid import Row
from tui.console.exercise.hub import Hub
from tui.console.exercise.words import WORDS


class Pane(Vertical):
    """A view. `refresh_scene` is called when something changed, only while it is looked at."""

    DEFAULT_CSS = """
    Pane { height: 1fr; }
    Pane Grid { height: 1fr; background: $surface; }
    Pane .empty { color: $secondary; padding: 1 2; height: auto; }
    Pane .about {
        height: auto; max-height: 8; background: $background; color: $foreground;
        border-top: solid $panel; padding: 0 1;
    }
    Pane .bar { height: 1; background: $background; color: $secondary; padding: 0 1; }
    """

    def __init__(self, hub: Hub, *, id: str) -> None:
        super().__init__(id=id)
        self.hub = hub
        self._made: dict[str, tuple[object, Row]] = {}

    @property
    def language(self) -> Language:
        """The language of the moment."""
        return spoken_by(self)

    def say(self, key: str, **values: object) -> str:
        """Return words in the language of the moment."""
        return WORDS.say(key, self.language, **values)

    def row(self, key: str, stamp: object, make: Callable[[], Row]) -> Row:
        """Return a row, made anew only where `stamp`, all that it depends on, has changed."""
        known = self._made.get(key)
        if known is None or known[0] != stamp:
            known = self._made[key] = (stamp, make())
        return known[1]

    def refresh_scene(self) -> None:
        """Show the scene as it is now."""

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as it is typed."""
        event.stop()
        self.refresh_scene()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go from the search to the list."""
        event.stop()
        self.look()

    def on_resize(self) -> None:
        """Lay out anew what depends on the width."""
        if self.hub.ready:
            self.refresh_scene()

    def look(self) -> None:
        """Take the focus to where the keys of this view work."""

    def room(self) -> int:
        """Return how many cells wide it is; what it will be before it was laid out."""
        return self.size.width or self.app.size.width


def folded(text: str) -> str:
    """Return text as it is compared in searches."""
    return unicodedata.normalize("NFKC", text).casefold()
