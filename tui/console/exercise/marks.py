"""Checks: what awaits a mark, and why every other one stands as it does."""

from __future__ import annotations

from functools import partial

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import DataTable

from range.grading.result import CheckGrade
from range.report.explain import explained, judgement
from range.report.words import told as reported
from range.scenario.model import Language
from tui.console.exercise.finder import Finder
from tui.console.exercise.grid import Grid, Row
from tui.console.exercise.hub import Hub
from tui.console.exercise.lines import Lines
from tui.console.exercise.pane import Pane, folded
from tui.console.exercise.reports import latest, wanted, written
from tui.console.exercise.words import WORDS
from tui.look.text import block, fit, plain
from tui.look.theme import CARE, QUIET, STRONG, sign


class MarksPane(Pane):
    """Checks of the teams looked at: those that await a mark, or all."""

    def __init__(self, hub: Hub, *, id: str) -> None:
        super().__init__(hub, id=id)
        self.only_awaiting = True

    def compose(self) -> ComposeResult:
        """A search line, what is shown, the table, what the chosen one is about."""
        yield Finder(id="find-marks")
        yield Lines(id="marks-bar", classes="bar")
        yield Grid(id="marks")
        yield Lines(id="marks-about", classes="about", wraps=True)

    @property
    def chosen(self) -> tuple[str, str] | None:
        """Team and check under the cursor."""
        team, _, check = self.query_one(Grid).chosen.partition("/")
        return (team, check) if check else None

    def look(self) -> None:
        """Go to the table."""
        self.query_one(Grid).focus()

    def toggle(self) -> None:
        """Show what awaits a mark, or everything."""
        self.only_awaiting = not self.only_awaiting
        self.refresh_scene()

    def refresh_scene(self) -> None:
        """Show the checks."""
        width = self.room() - 2
        ids = 22 if width >= 100 else 0
        heads: list[tuple[str, int | None]] = [
            (self.say("col-team"), 10), (self.say("col-check"), ids),
            (self.say("col-title"), width - 10 - (ids + 2 if ids else 0) - 15 - 10 - 8),
            (self.say("col-judged"), 15), (self.say("col-points"), 10),
        ]  # fmt: skip
        rows = self._rows()
        self.query_one(Grid).fill(heads, rows)
        key = "marks-awaiting" if self.only_awaiting else "marks-all"
        text = Text(f"{self.say(key)}: {len(rows)}")
        self.query_one("#marks-bar", Lines).put(text)
        self._about()

    def _rows(self) -> list[Row]:
        awaiting = set(self.hub.awaiting())
        wanted = folded(self.query_one(Finder).value)
        rows: list[Row] = []
        for team in self.hub.teams:
            grade = self.hub.scene.grades.get(team)
            for check in grade.checks if grade is not None else ():
                if self.only_awaiting and (team, check.check) not in awaiting:
                    continue
                stamp = (check.outcome, check.pending, check.credit, check.points, check.possible,
                         check.lost, check.marked, bool(check.runs), self.language)  # fmt: skip
                row = self.row(f"{team}/{check.check}", stamp, partial(self._row, team, check))
                if not wanted or wanted in folded(" ".join(cell.plain for cell in row[1])):
                    rows.append(row)
        return rows

    def _row(self, team: str, check: CheckGrade) -> Row:
        known = self.hub.scenario.checks[check.check]
        points = (
            f"-{check.lost:.1f}"
            if check.penalty is not None
            else f"{check.points:.1f}/{check.possible:.1f}"
        )
        return f"{team}/{check.check}", (
            plain(self.hub.name(team), STRONG),
            plain(check.check, QUIET),
            plain(known.title.in_(self.language)),
            judged(check, self.language),
            Text(points),
        )

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say what it is about."""
        event.stop()
        self._about()

    def _about(self) -> None:
        shown = self.query_one("#marks-about", Lines)
        if self.chosen is None:
            shown.put(Text(self.say("marks-none"), style=QUIET))
            return
        team, check = self.chosen
        width = self.room() - 3
        text = Text(no_wrap=True, overflow="ellipsis")
        rubric, answer = rubric_and_answer(self.hub, team, check, self.language)
        if rubric:
            text.append(fit(f"{self.say('mark-rubric')}: {rubric}", 2 * width), CARE)
        if answer:
            text.append(f"\n{self.say('mark-answer')}: ")
            text.append(fit(answer, 3 * width))
        grade = self.hub.scene.grades.get(team)
        if not text and grade is not None:
            detail = grade.check(check).detail
            text.append(fit(reported(detail, self.language) or "-", width), QUIET)
        text.no_wrap = False
        shown.put(text)


def judged(check: CheckGrade, language: Language) -> Text:
    """Return sign and word of a judgement, and who gave it if a person did."""
    character, _, style = sign(_key(check))
    said = f"{character} {judgement(check, language)}"
    if check.marked:
        said += " *"
    return Text(said, style=style)


def _key(check: CheckGrade) -> str:
    key = check.outcome.value
    if key == "SKIP" and check.pending:
        return "PENDING" if check.runs else "UNSEEN"
    return "PARTLY" if key == "FAIL" and check.credit > 0 else key


def rubric_and_answer(hub: Hub, team: str, check: str, language: Language) -> tuple[str, str]:
    """Return what a check is marked by, and what the team wrote for it; "" where there is none."""
    known = hub.scenario.checks[check]
    if known.rubric is not None:
        return known.rubric.in_(language), ""
    if known.answer is None:
        return "", ""
    form = hub.scenario.forms[known.answer.form]
    field = form.fields.get(known.answer.field)
    handed = latest(hub, team, known.answer.form)
    answer = handed.answers.get(known.answer.field) if handed is not None else None
    said = written(answer, field, language) if field is not None else str(answer)
    if handed is None:
        said = WORDS.say("not-handed-in", language)
    return wanted(hub, known.answer, field, language), said


def check_detail(hub: Hub, team: str, check: str, language: Language) -> RenderableType:
    """Return every point of a check traced, with rubric, answer and marks."""
    parts: list[RenderableType] = []
    grade = hub.scene.grades.get(team)
    if grade is not None:
        parts += [block(line) for line in explained(hub.scenario, grade, check, language)]
    rubric, answer = rubric_and_answer(hub, team, check, language)
    for key, said, style in (("mark-rubric", rubric, CARE), ("mark-answer", answer, "")):
        if said:
            parts.append(Text(f"\n{WORDS.say(key, language)}", style=f"bold {QUIET}"))
            parts.append(block(said, style))
    marks = [said for said in hub.story.marks if (said.team, said.inject) == (team, check)]
    if marks:
        parts.append(Text(f"\n{WORDS.say('mark-before', language)}", style=f"bold {QUIET}"))
        parts += [block(f"{said.actor}: {said.text}") for said in marks]
    return Group(*parts)
