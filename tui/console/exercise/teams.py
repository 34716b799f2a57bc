"""The teams: how each is getting on, and why we think so."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import DataTable

from range.grading.result import TeamGrade
from range.scenario.model import Language
from tui.console.exercise.grid import Grid, Row
from tui.console.exercise.hub import Hub
from tui.console.exercise.lines import Lines
from tui.console.exercise.pane import Pane
from tui.console.exercise.signs import LEVELS, counted, lasting, short
from tui.console.exercise.stuck import Standing
from tui.console.exercise.words import WORDS
from tui.look.text import fit, plain
from tui.look.theme import CARE, QUIET, STRONG


class TeamsPane(Pane):
    """One line for each team."""

    def compose(self) -> ComposeResult:
        """The table, and the reasons for the chosen team."""
        yield Grid(id="teams")
        yield Lines(id="teams-about", classes="about", wraps=True)

    @property
    def chosen(self) -> str:
        """The team under the cursor."""
        return self.query_one(Grid).chosen

    def look(self) -> None:
        """Go to the table."""
        self.query_one(Grid).focus()

    def refresh_scene(self) -> None:
        """Show every team."""
        wide = self.room() >= 100
        heads: list[tuple[str, int | None]] = [
            (self.say("col-team"), 20 if wide else 14), (self.say("col-state"), 9),
            (self.say("col-score"), 9), (self.say("col-idle"), 12),
            (self.say("col-late"), 8), (self.say("col-hints"), 6),
        ]  # fmt: skip
        if wide:
            heads += [(self.say("col-forms"), 6), (self.say("col-injects"), None)]
        rows = [self._row(standing, wide) for standing in self.hub.standings()]
        self.query_one(Grid).fill(heads, rows)
        self._about()

    def _row(self, standing: Standing, wide: bool) -> Row:
        hub, team = self.hub, standing.team
        story = hub.story.teams[team]
        grade = hub.scene.grades.get(team)
        cells = [
            plain(hub.name(team), STRONG),
            Text(self.say(f"level-{standing.level}"), style=LEVELS[standing.level]),
            score_text(grade),
            Text(idle_words(standing, self.language), style="" if standing.acted else QUIET),
            Text(str(len(standing.over) or "-")),
            Text(str(standing.hints or "-")),
        ]
        if wide:
            cells += [
                Text(str(sum(story.times.values()) or "-")),
                counted(hub.scene.table.get(team, {}).values()),
            ]
        return team, cells

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say why."""
        event.stop()
        self._about()

    def _about(self) -> None:
        width = self.room() - 3
        found = [each for each in self.hub.standings() if each.team == self.chosen]
        lines = [Text(self.say("stuck-why"), style=QUIET, overflow="fold")]
        if found:
            told = " / ".join(reasons(self.hub, found[0], self.language))
            lines.insert(0, Text(fit(f"{self.hub.name(self.chosen)}: {told}", width), style=STRONG))
        self.query_one("#teams-about", Lines).put(Text("\n").join(lines))


def idle_words(standing: Standing, language: Language) -> str:
    """Return how long ago a team did something."""
    if not standing.acted:
        return WORDS.say("never", language)
    return WORDS.say("ago", language, time=lasting(standing.idle, language))


def score_text(grade: TeamGrade | None) -> Text:
    """Return a score; `~` says that it is provisional."""
    if grade is None:
        return Text("-", style=QUIET)
    mark = "~" if grade.provisional else " "
    return Text(f"{mark}{grade.score:.1f}", style=CARE if grade.provisional else STRONG)


def reasons(hub: Hub, standing: Standing, language: Language) -> list[str]:
    """Return why a team is thought to be where it is."""
    told = [WORDS.say("why-idle", language, time=lasting(standing.idle, language))]
    if standing.over:
        titles = [hub.scenario.checks[check].title.in_(language) for check in standing.over]
        told.append(WORDS.say("why-late", language, checks=", ".join(titles)))
    if standing.hints:
        told.append(WORDS.say("why-hints", language, n=standing.hints))
    return told


def team_detail(hub: Hub, team: str, language: Language) -> RenderableType:
    """Return the reasons of a team's standing, its hints and what it handed in."""
    standing = next((each for each in hub.standings() if each.team == team), None)
    parts: list[RenderableType] = []
    if standing is not None:
        parts.append(
            Text(WORDS.say(f"level-{standing.level}", language), style=LEVELS[standing.level])
        )
        parts += [plain(reason, limit=4000) for reason in reasons(hub, standing, language)]
    parts.append(Text(f"\n{WORDS.say('col-forms', language)}", style=f"bold {QUIET}"))
    story = hub.story.teams[team]
    for handed in story.handed:
        form = hub.scenario.forms.get(handed.form)
        title = form.title.in_(language) if form is not None else handed.form
        parts.append(plain(f"T+{short(handed.at)} {title} ({handed.by})"))
    parts.append(Text(f"\n{WORDS.say('col-hints', language)}", style=f"bold {QUIET}"))
    for hint, at in story.hints.items():
        known = hub.scenario.hints.get(hint)
        said = f": {known.text.in_(language)}" if known is not None else ""
        parts.append(plain(f"T+{short(at)} {hint}{said}", limit=2000))
    return Group(*parts)
