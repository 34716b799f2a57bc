"""Scores by phase during and after, and the way to the report."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult

from range.report.words import say as report_say
from range.scenario.model import Phase
from tui.console.exercise.grid import Grid
from tui.console.exercise.lines import Lines
from tui.console.exercise.pane import Pane
from tui.console.exercise.teams import score_text
from tui.look.text import plain
from tui.look.theme import QUIET, STRONG


class DebriefPane(Pane):
    """One line for each team: its score, phase by phase."""

    def compose(self) -> ComposeResult:
        """What to do, and the table."""
        yield Lines(id="debrief-about", classes="empty", wraps=True)
        yield Grid(id="scores")

    @property
    def chosen(self) -> str:
        """The team under the cursor."""
        return self.query_one(Grid).chosen

    def look(self) -> None:
        """Go to the table."""
        self.query_one(Grid).focus()

    def refresh_scene(self) -> None:
        """Show the scores."""
        over = self.hub.story.over
        path = self.hub.reader.folder.report / f"debrief.{self.language}.md"
        told = self.say("debrief-over", path=path) if over else self.say("debrief-running")
        self.query_one("#debrief-about", Lines).put(Text(told, overflow="fold"))
        wide = self.room() >= 100
        heads: list[tuple[str, int | None]] = [
            (self.say("col-team"), 20 if wide else 11), (self.say("col-score"), 6),
            (self.say("col-state"), 11 if wide else 0),
            *(_head(report_say(phase.value, self.language))
              for phase in Phase),
            (report_say("penalties", self.language), 9),
        ]  # fmt: skip
        rows = []
        for team in self.hub.teams:
            grade = self.hub.scene.grades.get(team)
            if grade is None:
                continue
            by_phase = {
                phase.phase: f"{phase.points:.1f}/{phase.max:.0f}" for phase in grade.phases
            }
            state = self.say("provisional" if grade.provisional else "final")
            rows.append(
                (
                    team,
                    (
                        plain(self.hub.name(team), STRONG),
                        score_text(grade),
                        Text(state, style=QUIET),
                        *(Text(by_phase.get(phase, "-")) for phase in Phase),
                        Text(f"-{grade.deducted:.1f}" if grade.deducted else "-"),
                    ),
                )
            )
        self.query_one(Grid).fill(heads, rows)


def _head(word: str) -> tuple[str, int]:
    return word, max(8, cell_len(word))
