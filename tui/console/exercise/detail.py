"""An inject in full: what it says, what is expected, what came of it for each team."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from range.clock import spoken
from range.scenario.inject import Inject, ProcedureUse
from range.scenario.model import Language
from range.scenario.model import Text as Words
from tui.console.exercise.hub import Hub
from tui.console.exercise.msel import channel_word, trigger
from tui.console.exercise.signs import status_text
from tui.console.exercise.told import clock
from tui.console.exercise.words import WORDS
from tui.look.text import block, plain
from tui.look.theme import CARE, QUIET, STRONG


def inject_detail(hub: Hub, id_: str, language: Language) -> RenderableType:
    """Return everything about an inject, to read."""
    inject = hub.scenario.injects[id_]
    parts: list[RenderableType] = [_facts(hub, inject, language)]
    parts += _message(inject, language)
    if inject.use is not None:
        parts += _procedure(hub, inject.use, language)
    for key, words in (("d-notes", inject.notes), ("d-expected", inject.expected)):
        if words is not None:
            parts += [_head(key, language), block(words.in_(language), CARE if "n" in key else "")]
    parts += [_head("d-teams", language), _results(hub, id_, language)]
    return Group(*parts)


def person(hub: Hub, id_: str, language: Language) -> str:
    """Return the name and title of someone of the scenario."""
    known = hub.scenario.people.get(id_)
    if known is None:
        return id_
    return f"{known.name.in_(language)} ({known.title.in_(language)})"


def script(hub: Hub, id_: str, language: Language) -> RenderableType:
    """Return what to read out, to whom, as whom, and how to play it."""
    inject = hub.scenario.injects[id_]
    parts: list[RenderableType] = [_facts(hub, inject, language)]
    if inject.message is not None:
        parts += [
            _head("d-text", language),
            block(inject.message.text.in_(language), STRONG),
        ]
    for key, words in (("d-notes", inject.notes), ("d-expected", inject.expected)):
        if words is not None:
            parts += [_head(key, language), block(words.in_(language))]
    return Group(*parts)


def _head(key: str, language: Language) -> Text:
    return Text(f"\n{WORDS.say(key, language)}", style=f"bold {QUIET}")


def _facts(hub: Hub, inject: Inject, language: Language) -> Table:
    rows: list[tuple[str, str]] = [("d-trigger", trigger(inject, hub.scenario, language))]
    message = inject.message
    if message is not None:
        to = ", ".join(person(hub, someone, language) for someone in message.to)
        rows += [
            ("d-channel", channel_word(message.channel, language)),
            ("d-from", person(hub, message.from_, language)),
            ("d-to", to),
        ]
    if inject.objective in hub.scenario.objectives:
        objective = hub.scenario.objectives[str(inject.objective)]
        rows.append(("d-objective", objective.title.in_(language)))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, told in rows:
        table.add_row(Text(WORDS.say(key, language), style=QUIET), plain(told))
    if inject.contingency:
        table.add_row("", Text(WORDS.say("d-contingency", language), style=CARE))
    return table


def _message(inject: Inject, language: Language) -> Iterable[RenderableType]:
    message = inject.message
    if message is None:
        return
    other: Language = "en" if language == "ja" else "ja"
    for each, style in ((language, ""), (other, QUIET)):
        head = _head("d-text", language)
        if each == other:
            head.append(f" ({WORDS.say(f'other-{other}', language)})")
        yield head
        yield block(message.subject.in_(each), f"bold {style}".strip())
        yield block(message.text.in_(each), style)


def _procedure(hub: Hub, use: ProcedureUse, language: Language) -> Iterable[RenderableType]:
    known = hub.reader.bundle.procedures.get(use.procedure)
    technique = use.technique or (known.technique if known is not None else None)
    title = known.title.in_(language) if known is not None else ""
    where = use.node + (f" -> {use.session}" if use.session else "")
    yield _head("d-procedure", language)
    yield block(f"{use.procedure} {title} ({where})")
    if technique:
        yield plain(f"{WORDS.say('d-technique', language)} {technique}", CARE)
    if use.prevented_by:
        yield _head("d-prevented-by", language)
        for name in use.prevented_by:
            blocker = hub.scenario.blockers.get(name)
            yield block(f"{name}: {_in(blocker.about if blocker else None, language)}")
    if known is not None and known.traces:
        yield _head("d-traces", language)
        for trace in known.traces:
            yield block(f"{trace.where}: {trace.about.in_(language)}")


def _in(words: Words | None, language: Language) -> str:
    return words.in_(language) if words is not None else ""


def _results(hub: Hub, id_: str, language: Language) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for team in hub.teams:
        cell = hub.cell(team, id_)
        state = hub.story.teams[team].injects.get(id_)
        details = []
        if cell.by:
            blocker = hub.scenario.blockers.get(cell.by)
            about = f" ({blocker.about.in_(language)})" if blocker is not None else ""
            details.append(f"{WORDS.say('by', language)}: {cell.by}{about}")
        if cell.detail:
            details.append(cell.detail)
        if state is not None and state.actor not in ("", "engine"):
            details.append(f"[{state.actor}]")
        details += [f"{key}={value}" for key, value in (state.facts if state else {}).items()]
        details += [
            f"{WORDS.say('call-answer', language)} T+{clock(said.at or 0)}: {said.text}"
            for said in hub.story.calls
            if said.team == team and said.inject == id_
        ]
        table.add_row(
            plain(hub.name(team), STRONG),
            status_text(cell, language),
            block("\n".join(details), QUIET),
        )
    return table


def event_detail(hub: Hub, seq: int, pairs: Iterable[tuple[str, object]]) -> RenderableType:
    """Return all of an event: every key and value, as they are."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in pairs:
        table.add_row(plain(key, QUIET), block(value))
    return table


def spoken_or_dash(at: float | None) -> str:
    """Write an exercise time, or a dash where there is none."""
    return "-" if at is None else spoken(at)
