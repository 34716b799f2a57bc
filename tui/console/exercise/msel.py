"""The MSEL: every inject, and how it stands for each team."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import DataTable

from range.clock import spoken
from range.report.words import WORDS as REPORT
from range.scenario.inject import Inject
from range.scenario.model import Language
from range.scenario.moment import Moment
from range.scenario.scenario import Scenario
from tui.console.exercise.cells import STATUSES
from tui.console.exercise.finder import Finder
from tui.console.exercise.grid import Grid, Row
from tui.console.exercise.lines import Lines
from tui.console.exercise.pane import Pane, folded
from tui.console.exercise.signs import SIGNS, counted, short, status_text
from tui.console.exercise.told import clock
from tui.console.exercise.words import WORDS
from tui.look.text import fit, plain
from tui.look.theme import QUIET, STRONG

_TEAM: Mapping[Language, int] = {"ja": 15, "en": 18}
_TITLE = 20  # cells that titles need at least


class MselPane(Pane):
    """The list of injects. `chosen` is the one under the cursor."""

    def compose(self) -> ComposeResult:
        """A search line, the table, what the chosen one is about."""
        yield Finder(id="find-msel")
        yield Grid(id="msel")
        yield Lines(id="msel-about", classes="about", wraps=True)

    @property
    def chosen(self) -> str:
        """Id of the inject under the cursor; "" where there is none."""
        return self.query_one(Grid).chosen

    def look(self) -> None:
        """Go to the table."""
        self.query_one(Grid).focus()

    def refresh_scene(self) -> None:
        """Show every inject that the search finds."""
        teams = self.hub.teams
        grid = self.query_one(Grid)
        width, each = self.room() - 2, _TEAM[self.language]
        fixed = 6 + 9 + 10
        columns = teams if len(teams) * each <= width - fixed - _TITLE else []
        if self.hub.scope:
            each = max(each, (width - fixed) // 2)
        rest = each * len(columns) if columns else max(20, (width - fixed) // 3)
        heads: list[tuple[str, int | None]] = [
            (self.say("col-id"), 4), (self.say("col-time"), 7),
            (self.say("col-kind"), 8), (self.say("col-title"), width - fixed - rest - 2),
        ]  # fmt: skip
        if columns:
            heads += [(fit(self.hub.name(team), each - 2), each - 2) for team in columns]
        else:
            heads.append((self.say("col-all"), rest - 2))
        wanted = folded(self.query_one(Finder).value)
        rows = [
            self._row(id_, inject, teams, columns)
            for id_, inject in self.hub.scenario.injects.items()
            if not wanted or wanted in self._search_text(id_, inject)
        ]
        grid.fill(heads, rows)
        self._about()

    def _row(self, id_: str, inject: Inject, teams: list[str], columns: list[str]) -> Row:
        cells = [self.hub.cell(team, id_) for team in teams]
        told = (
            [status_text(cell, self.language, long=bool(self.hub.scope)) for cell in cells]
            if columns
            else [counted(cells)]
        )
        urgent = any(cell.status in ("unknown", "held") for cell in cells)
        title = plain(inject.title.in_(self.language), STRONG if urgent else "")
        return id_, (
            Text(id_, style=STRONG if urgent else ""),
            plain(planned(inject, self.language), QUIET),
            plain(kind_word(inject, self.language), QUIET),
            title,
            *told,
        )

    def _search_text(self, id_: str, inject: Inject) -> str:
        texts = [id_, inject.title.ja, inject.title.en, kind_word(inject, self.language)]
        if inject.message is not None:
            for text in (inject.message.subject, inject.message.text):
                texts += [text.ja, text.en]
        for team in self.hub.teams:
            texts.append(WORDS.say(f"s-{self.hub.cell(team, id_).status}", self.language))
        return folded("\n".join(texts))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say what the chosen inject is about."""
        event.stop()
        self._about()

    def _about(self) -> None:
        about = self.query_one("#msel-about", Lines)
        inject = self.hub.scenario.injects.get(self.chosen)
        if inject is None:
            about.put(Text(self.say("nothing-found"), style=QUIET))
            return
        about.put(self._told(self.chosen, inject))

    def _told(self, id_: str, inject: Inject) -> Text:
        width = self.room() - 3
        language = self.language
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(fit(f"{id_} {inject.title.in_(language)}", width), STRONG)
        text.append("\n" + fit(trigger(inject, self.hub.scenario, language), width), QUIET)
        by_status: dict[str, list[str]] = {}
        for team in self.hub.teams:
            by_status.setdefault(self.hub.cell(team, id_).status, []).append(self.hub.name(team))
        for status in STATUSES:
            if status in by_status and len(self.hub.teams) > 1:
                sign, style = SIGNS[status]
                names = ", ".join(by_status[status])
                told = f"{sign} {WORDS.say(f's-{status}', language)}: {names}"
                text.append("\n" + fit(told, width), style)
        note = inject.notes or inject.expected
        if note is not None and len(by_status) < 3:
            text.append("\n" + fit(note.in_(language), width), QUIET)
        return text


def planned(inject: Inject, language: Language) -> str:
    """Return when the MSEL has it: a time, what it comes after, or by hand."""
    if inject.at is not None:
        return short(inject.at)
    if inject.after is not None:
        after = inject.after
        what = after.inject or after.form or after.check or after.hint or "T"
        wait = after.wait
        soon = f"{wait // 60}m" if wait % 60 == 0 else f"{wait}s"
        return f"{what}+{soon}" if wait else f"{what}+"
    return WORDS.say("by-hand", language)


def kind_word(inject: Inject, language: Language) -> str:
    """Return attack, event or the channel of a message."""
    if inject.message is not None:
        return channel_word(inject.message.channel, language)
    return WORDS.say("kind-attack" if inject.attack is not None else "kind-event", language)


def channel_word(channel: str, language: Language) -> str:
    """Return the word for a channel."""
    if f"ch-{channel}" in WORDS:
        return WORDS.say(f"ch-{channel}", language)
    ja, en = REPORT.get(channel, (channel, channel))
    return ja if language == "ja" else en


def trigger(inject: Inject, scenario: Scenario, language: Language) -> str:
    """Return what sets an inject off, in words."""
    said = (
        spoken(inject.at)
        if inject.at is not None
        else moment(inject.after, scenario, language)
        if inject.after is not None
        else WORDS.say("by-hand", language)
    )
    if inject.unless:
        others = ", ".join(moment(item, scenario, language) for item in inject.unless)
        said += f" / {WORDS.say('d-unless', language)}: {others}"
    if inject.expires is not None:
        said += f" / {WORDS.say('d-expires', language)}: {spoken(inject.expires)}"
    return said


def moment(found: Moment, scenario: Scenario, language: Language) -> str:
    """Return a moment in words."""
    if found.inject is not None:
        outcome = found.outcome
        word = "" if outcome == "done" else f" ({WORDS.say(f's-{outcome}', language)})"
        what = f"{found.inject}{word}"
    elif found.check is not None:
        known = scenario.checks.get(found.check)
        title = known.title.in_(language) if known is not None else found.check
        how = WORDS.say(f"how-{found.becomes}", language)
        what = WORDS.say("becomes", language, check=title, how=how)
    elif found.form is not None:
        form = scenario.forms.get(found.form)
        what = form.title.in_(language) if form is not None else found.form
    else:
        what = found.hint or "STARTEX"
    said = WORDS.say("after", language, what=what)
    return f"{said} +{clock(found.wait)}" if found.wait else said
