"""Scripts to read out by phone or in person, and what was answered."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import DataTable

from range.scenario.model import Language
from tui.console.exercise.detail import script
from tui.console.exercise.grid import Grid, Row
from tui.console.exercise.hub import CALLED
from tui.console.exercise.lines import Lines
from tui.console.exercise.msel import channel_word
from tui.console.exercise.pane import Pane
from tui.console.exercise.signs import short
from tui.look.text import plain
from tui.look.theme import CARE, GOOD, QUIET, STRONG

_STATES = {"open": f"bold {CARE}", "done": GOOD, "later": QUIET}


class CallsPane(Pane):
    """Every script for every team looked at: those to read out now come first."""

    DEFAULT_CSS = """
    CallsPane Grid { height: 1fr; }
    CallsPane VerticalScroll { height: 1fr; border-top: solid $panel; padding: 0 1; }
    CallsPane VerticalScroll Lines { height: auto; }
    """

    _seen: tuple[str, Language] | None = None

    def compose(self) -> ComposeResult:
        """The table and the script of the chosen one."""
        yield Grid(id="calls")
        with VerticalScroll(can_focus=True):
            yield Lines(id="script")

    @property
    def chosen(self) -> tuple[str, str] | None:
        """Team and inject under the cursor."""
        team, _, inject = self.query_one(Grid).chosen.partition("/")
        return (team, inject) if inject else None

    def look(self) -> None:
        """Go to the table."""
        self.query_one(Grid).focus()

    def refresh_scene(self) -> None:
        """Show the scripts."""
        width = self.room() - 2
        answer = (width - 45) // 2 if width >= 100 else 0
        heads: list[tuple[str, int | None]] = [
            (self.say("col-state"), 15), (self.say("col-due"), 5), (self.say("col-team"), 10),
            ("ID", 5), (self.say("col-title"), (width - 45 - (answer + 2 if answer else 0))),
            (self.say("col-answer"), answer),
        ]  # fmt: skip
        self.query_one(Grid).fill(heads, self._rows())
        self._script()

    def _rows(self) -> list[Row]:
        hub = self.hub
        found: list[tuple[int, float, Row]] = []
        answers = {(said.team, said.inject): said.text for said in hub.story.calls}
        order = {"open": 0, "later": 1, "done": 2}
        for id_, inject in hub.scenario.injects.items():
            if inject.message is None or inject.message.channel not in CALLED:
                continue
            for team in hub.teams:
                cell = hub.cell(team, id_)
                answer = answers.get((team, id_), "")
                state = (
                    "done"
                    if answer
                    else "open"
                    if cell.status == "delivered"
                    else "later"
                    if cell.status in ("due", "open", "held", "unknown")
                    else ""
                )
                if not state:
                    continue
                told = f"{id_} {inject.title.in_(self.language)}"
                channel = channel_word(inject.message.channel, self.language)
                row = (
                    Text(self.say(f"call-{state}"), style=_STATES[state]),
                    Text(short(cell.at) if cell.at is not None else "-"),
                    plain(hub.name(team), STRONG),
                    Text(id_),
                    plain(f"{channel} {told.partition(' ')[2]}"),
                    plain(answer, QUIET),
                )
                found.append((order[state], cell.at or 0.0, (f"{team}/{id_}", row)))
        return [row for _, _, row in sorted(found, key=lambda each: each[:2])]

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Show the script."""
        event.stop()
        self._script()

    def _script(self) -> None:
        shown = self.query_one("#script", Lines)
        if self.chosen is None:
            self._seen = None
            shown.put(Text(self.say("calls-none"), style=QUIET))
            return
        wanted = (self.chosen[1], self.language)
        if wanted != self._seen:
            self._seen = wanted
            shown.put(script(self.hub, self.chosen[1], self.language))
