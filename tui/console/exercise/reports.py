"""What teams handed in, side by side: field by field, with what was expected."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from range.scenario.check import Answer, Check, Form, FormField
from range.scenario.model import FactRef, Language, SecretRef
from range.scenario.model import Text as Words
from tui.console.exercise.grid import Grid
from tui.console.exercise.hub import Hub, awaits_mark
from tui.console.exercise.lines import Lines
from tui.console.exercise.model import Handed
from tui.console.exercise.pane import Pane
from tui.console.exercise.signs import short
from tui.console.exercise.words import WORDS
from tui.look.text import block, fit, plain
from tui.look.theme import CARE, QUIET, STRONG

_EACH = 30  # cells an answer needs at least


class ReportsPane(Pane):
    """A form at a time: rows are its fields, columns what is expected and what teams wrote."""

    DEFAULT_CSS = """
    ReportsPane Grid { height: auto; max-height: 30%; }
    ReportsPane VerticalScroll { height: 1fr; border-top: solid $panel; }
    ReportsPane VerticalScroll Lines { height: auto; }
    """

    def __init__(self, hub: Hub, *, id: str) -> None:
        super().__init__(hub, id=id)
        self.first = 0  # of the teams shown side by side
        self._seen: tuple[Any, ...] = ()

    def compose(self) -> ComposeResult:
        """The forms, and the chosen one side by side."""
        yield Grid(id="forms")
        with VerticalScroll(can_focus=True):
            yield Lines(id="side-by-side")

    @property
    def form(self) -> str:
        """The form under the cursor."""
        return self.query_one(Grid).chosen

    def look(self) -> None:
        """Go to the forms."""
        self.query_one(Grid).focus()

    def refresh_scene(self) -> None:
        """Show the forms and who handed them in."""
        width = self.room() - 2
        heads: list[tuple[str, int | None]] = [
            (self.say("col-form"), min(44, width // 2)), (self.say("col-forms"), None)
        ]  # fmt: skip
        rows = []
        for id_, form in self.hub.scenario.forms.items():
            there = [
                f"{self.hub.name(team)} {short(last.at)}"
                for team in self.hub.teams
                if (last := latest(self.hub, team, id_)) is not None
            ]
            told = Text(f"{len(there)}/{len(self.hub.teams)} ", style=STRONG if there else QUIET)
            told.append_text(plain(", ".join(there)))
            rows.append((id_, (plain(form.title.in_(self.language)), told)))
        self.query_one(Grid).fill(heads, rows)
        self._show()

    def on_data_table_row_highlighted(self) -> None:
        """Show that form."""
        self._show()

    def shift(self, by: int) -> None:
        """Show the next teams side by side."""
        self.first = max(0, min(len(self.hub.teams) - 1, self.first + by))
        self._show()

    def _show(self) -> None:
        shown, form = self.query_one("#side-by-side", Lines), self.form
        known = self.hub.scenario.forms.get(form)
        if known is None:
            shown.put(Text(self.say("reports-none"), style=QUIET))
            return
        count = max(1, (self.room() - 18) // _EACH - 1)
        teams = self.hub.teams
        self.first = min(self.first, max(0, len(teams) - count))
        teams = teams[self.first : self.first + count]
        handed = [latest(self.hub, team, form) for team in teams]
        seen = (form, self.language, self.room(), tuple(teams),
                tuple(each.seq if each else 0 for each in handed))  # fmt: skip
        if seen != self._seen:
            self._seen = seen
            shown.put(side_by_side(self.hub, form, known, teams, self.language))


def latest(hub: Hub, team: str, form: str) -> Handed | None:
    """Return what a team handed in last for a form."""
    return next(
        (item for item in reversed(hub.story.teams[team].handed) if item.form == form), None
    )


def side_by_side(hub: Hub, id_: str, form: Form, teams: list[str], language: Language) -> Table:
    """Return a form as a table: a row for each field, a column for each team."""
    table = Table(box=box.SIMPLE_HEAD, expand=True, show_lines=True, pad_edge=False)
    table.add_column(Text(WORDS.say("col-field", language)), ratio=2, overflow="fold")
    table.add_column(Text(WORDS.say("col-expected", language)), ratio=3, overflow="fold")
    for team in teams:
        table.add_column(_head(hub, team, id_, language), ratio=3, overflow="fold")
    found = {team: latest(hub, team, id_) for team in teams}
    for name, field in form.fields.items():
        answers = [
            Text(WORDS.say("not-handed-in", language), style=QUIET)
            if handed is None
            else block(written(handed.answers.get(name), field, language))
            for handed in found.values()
        ]
        table.add_row(
            block(field.label.in_(language), QUIET),
            block(expected(hub, id_, name, field, language), CARE),
            *answers,
        )
    return table


def _head(hub: Hub, team: str, form: str, language: Language) -> Text:
    handed, times = latest(hub, team, form), hub.story.teams[team].times.get(form, 0)
    head = plain(fit(hub.name(team), 24), STRONG)
    if handed is not None:
        by = WORDS.say("handed-in-by", language, at=f"T+{short(handed.at)}", by=handed.by)
        again = f" {WORDS.say('times', language, n=times)}" if times > 1 else ""
        head.append(f"\n{by}{again}", QUIET)
    return head


def written(value: Any, field: FormField, language: Language) -> str:
    """Return an answer as people read it: choices by their words."""
    if value is None or value in ("", []):
        return "-"
    items = value if isinstance(value, list | tuple) else [value]
    choices: dict[str, Words] = dict(field.choices or {})
    said = [
        choices[item].in_(language) if isinstance(item, str) and item in choices else str(item)
        for item in items
    ]
    return "\n".join(said)


def asking(hub: Hub, form: str, field: str) -> list[tuple[str, Check, Answer]]:
    """Return the checks that ask for a field of a form."""
    return [
        (id_, check, check.answer)
        for id_, check in hub.scenario.checks.items()
        if check.answer is not None and (check.answer.form, check.answer.field) == (form, field)
    ]


def to_mark(hub: Hub, form: str, language: Language) -> list[tuple[str, str]]:
    """Return what a form is marked by, for each team looked at: `team/check`, and in words.

    What awaits a mark comes first.
    """
    asked = [
        (id_, check)
        for field in hub.scenario.forms[form].fields
        for id_, check, _ in asking(hub, form, field)
        if awaits_mark(hub.scenario, id_)
    ]
    awaiting = hub.awaiting()
    pairs = [(team, id_, check) for team in hub.teams for id_, check in asked]
    pairs.sort(key=lambda pair: (pair[0], pair[1]) not in awaiting)
    return [
        (f"{team}/{id_}", f"{hub.name(team)}: {check.title.in_(language)}")
        for team, id_, check in pairs
    ]


def expected(hub: Hub, form: str, field: str, known: FormField, language: Language) -> str:
    """Return what a field should hold, or the rubric it is marked by."""
    told = []
    for _, check, answer in asking(hub, form, field):
        told.append(wanted(hub, answer, known, language) or check.title.in_(language))
    return "\n".join(told) or WORDS.say("only-others", language)


def wanted(hub: Hub, answer: Answer, field: FormField | None, language: Language) -> str:
    """Return the right answer in words; facts that attacks record are looked up where they are."""
    if answer.rubric is not None:
        return answer.rubric.in_(language)
    values: tuple[Any, ...] = answer.among or answer.set or ()
    single = [each for each in (answer.exact, answer.number, answer.time) if each is not None]
    return " / ".join(_value(hub, value, field, language) for value in (*values, *single))


def _value(hub: Hub, value: Any, field: FormField | None, language: Language) -> str:
    if isinstance(value, FactRef):
        known = sorted(
            {
                str(state.facts[value.fact])
                for team in hub.teams
                if (state := hub.story.teams[team].injects.get(value.inject)) is not None
                and value.fact in state.facts
            }
        )
        return f"{value.inject}.{value.fact} = {', '.join(known) or '?'}"
    if isinstance(value, SecretRef):
        return f"<{value.secret}>"
    choices = field.choices if field is not None else None
    if choices and isinstance(value, str) and value in choices:
        return choices[value].in_(language)
    return str(value)
