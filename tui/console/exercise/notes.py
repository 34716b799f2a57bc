"""Notes of the white cell, with their time, for the debrief."""

from __future__ import annotations

import time

from rich.text import Text
from textual.app import ComposeResult

from tui.console.exercise.grid import Grid
from tui.console.exercise.lines import Lines
from tui.console.exercise.model import Said
from tui.console.exercise.pane import Pane
from tui.console.exercise.told import clock
from tui.look.text import block, plain
from tui.look.theme import QUIET, STRONG


class NotesPane(Pane):
    """One line for each note, the newest first; the chosen one in full below."""

    def compose(self) -> ComposeResult:
        """The table and the text of the chosen note."""
        yield Grid(id="notes")
        yield Lines(id="notes-about", classes="about", wraps=True)

    def look(self) -> None:
        """Go to the table."""
        self.query_one(Grid).focus()

    def refresh_scene(self) -> None:
        """Show the notes."""
        width = self.room() - 2
        heads: list[tuple[str, int | None]] = [
            (self.say("col-when"), 18), (self.say("col-team"), 12), (self.say("col-who"), 12),
            (self.say("col-note"), max(20, width - 18 - 12 - 12 - 8)),
        ]  # fmt: skip
        rows = []
        for said in self._notes():
            team = self.hub.name(said.team) if said.team else self.say("scope-all")
            rows.append(
                (
                    str(said.seq),
                    (
                        Text(stamp(said), style=QUIET),
                        plain(team, STRONG),
                        plain(said.actor, QUIET),
                        plain(said.text),
                    ),
                )
            )
        self.query_one(Grid).fill(heads, rows)
        self._about()

    def on_data_table_row_highlighted(self) -> None:
        """Show the note in full."""
        self._about()

    def _notes(self) -> list[Said]:
        scope = self.hub.scope
        return [
            said for said in reversed(self.hub.story.notes) if not scope or said.team in ("", scope)
        ]

    def _about(self) -> None:
        chosen = self.query_one(Grid).chosen
        found = next((said for said in self._notes() if str(said.seq) == chosen), None)
        text = block(found.text) if found else Text(self.say("notes-none"), style=QUIET)
        self.query_one("#notes-about", Lines).put(text)


def stamp(said: Said) -> str:
    """Exercise time and time of day of a note."""
    day = time.strftime("%H:%M:%S", time.localtime(said.wall))
    return f"T+{clock(said.at)} {day}" if said.at is not None else day
