"""The timeline of one team: what happened, what the team did, what became of the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from range.clock import spoken
from range.events.event import Event, Kind
from range.grading.record import EMPTY, UNMARKED
from range.grading.result import CheckGrade, TeamGrade
from range.grading.series import FULL, Run
from range.report.words import say
from range.scenario.model import Language
from range.scenario.responder import Responder
from range.scenario.scenario import Scenario
from range.text import line

Column = Literal["storyline", "actions", "evaluation"]
_LONG = 160
_SHOWN_VERBS = ("fire", "skip", "hold", "release", "extend", "end")


@dataclass(frozen=True)
class Entry:
    """One thing at one time. `at` is exercise seconds, `seq` the event it comes from."""

    at: float
    seq: int
    column: Column
    kind: str
    text: str


@dataclass(frozen=True)
class Minute:
    """All entries of one minute of the exercise."""

    at: str
    storyline: tuple[str, ...]
    actions: tuple[str, ...]
    evaluation: tuple[str, ...]


def entries(
    scenario: Scenario,
    events: Iterable[Event],
    grade: TeamGrade,
    language: Language,
    responder: Responder | None = None,
) -> list[Entry]:
    """Everything that belongs on the timeline of a graded team, in order."""
    found: list[Entry] = []
    for event in events:
        if event.at is None or event.team not in ("", grade.team):
            continue
        teller = _TELLERS.get(event.kind)
        if event.kind is Kind.ACTED:
            told = _acted(event, responder, language)
        else:
            told = teller(scenario, event, language) if teller else None
        if told is not None:
            found.append(Entry(event.at, event.seq, told[0], event.kind.value, told[1]))
    for check in grade.checks:
        found += _became(scenario, check, language)
    return sorted(found, key=lambda entry: (entry.at, entry.seq))


def minutes(found: Sequence[Entry]) -> list[Minute]:
    """Group entries by the minute they fall in."""
    grouped: dict[int, list[Entry]] = {}
    for entry in found:
        grouped.setdefault(int(entry.at) // 60, []).append(entry)
    return [
        Minute(
            spoken(minute * 60),
            *(
                tuple(entry.text for entry in group if entry.column == column)
                for column in ("storyline", "actions", "evaluation")
            ),
        )
        for minute, group in sorted(grouped.items())
    ]


Told = tuple[Column, str] | None


def _injected(scenario: Scenario, event: Event, language: Language) -> Told:
    name = str(event.data.get("inject"))
    inject = scenario.injects.get(name)
    outcome = str(event.data.get("outcome"))
    if inject is None or outcome in ("skipped", "expired"):
        return None
    title = inject.title.in_(language)
    if inject.message is not None:
        people = scenario.people
        sender = people.get(inject.message.from_)
        from_ = sender.name.in_(language) if sender else inject.message.from_
        return "storyline", f"{name} {title} ({say(inject.message.channel, language)}: {from_})"
    word = say(outcome, language) if outcome in ("succeeded", "prevented", "error") else outcome
    technique = event.data.get("technique")
    told = f"{name} {title}" + (f" [{technique}]" if technique else "") + f": {word}"
    blocked = event.data.get("blocked_by")
    return "storyline", told + (f" ({_blockers(scenario, blocked, language)})" if blocked else "")


def _blockers(scenario: Scenario, blocked: Any, language: Language) -> str:
    names = blocked if isinstance(blocked, list | tuple) else [blocked]
    return ", ".join(
        scenario.blockers[name].about.in_(language) if name in scenario.blockers else str(name)
        for name in names
    )


def _submitted(scenario: Scenario, event: Event, language: Language) -> Told:
    form = scenario.forms.get(str(event.data.get("form")))
    title = form.title.in_(language) if form else str(event.data.get("form"))
    by = line(str(event.data.get("by") or event.actor), 40)
    return "actions", f"{title}: {say('submitted', language)} ({by})"


def _hint(scenario: Scenario, event: Event, language: Language) -> Told:
    name = str(event.data.get("hint"))
    hint = scenario.hints.get(name)
    return "actions", f"{say('hint', language)}: {name}" + (f" (-{hint.cost:g})" if hint else "")


def _verb(_: Scenario, event: Event, language: Language) -> Told:
    verb, args = str(event.data.get("verb")), event.data.get("args")
    if verb not in _SHOWN_VERBS or not isinstance(args, Mapping) or event.actor == "engine":
        return None
    about = line(" ".join(str(value) for value in args.values()), _LONG)
    return "storyline", f"{say('verb', language)}: {verb} {about} ({event.actor})"


def _acted(event: Event, responder: Responder | None, language: Language) -> Told:
    step = str(event.data.get("step"))
    known = responder.steps.get(step) if responder else None
    done = event.data.get("outcome") == "done"
    # What was handed in, taken or marked has an event of its own.
    if done and known is not None and known.ssh is None:
        return None
    where = f" ({known.ssh.node})" if known and known.ssh else ""
    about = (known.told(language) if known else "") or step
    told = f"{say('acted', language)}: {about}{where}"
    detail = line(str(event.data.get("detail") or ""), _LONG)
    return "actions", told if done else f"{told} - {say('failed', language)} ({detail})"


def _clock(_: Scenario, event: Event, language: Language) -> Told:
    if event.data.get("running") is False:
        return "storyline", say("paused", language)
    if event.at == 0:
        return None  # the clock starting is the exercise starting
    return "storyline", f"{say('resumed', language)} ({event.data.get('rate')})"


def _text_of(word: str) -> Callable[[Scenario, Event, Language], Told]:
    def tell(_: Scenario, event: Event, language: Language) -> Told:
        text = line(str(event.data.get("text") or ""), _LONG)
        return "storyline", f"{say(word, language)}: {text}" if text else say(word, language)

    return tell


def _marked(scenario: Scenario, event: Event, language: Language) -> Told:
    check = scenario.checks.get(str(event.data.get("check")))
    title = check.title.in_(language) if check else str(event.data.get("check"))
    reason = line(str(event.data.get("reason") or ""), _LONG)
    credit = event.data.get("credit")
    return "evaluation", f"{say('mark', language)}: {title} = {credit} ({reason})"


def _reverted(_: Scenario, event: Event, language: Language) -> Told:
    return "actions", f"{say('revert', language)}: {event.data.get('node')}"


def _engine(_: Scenario, event: Event, language: Language) -> Told:
    return ("storyline", say("engine", language)) if event.data.get("resumed") else None


_TELLERS: dict[Kind, Callable[[Scenario, Event, Language], Told]] = {
    Kind.STARTED: _text_of("started-event"),
    Kind.ENDED: _text_of("ended-event"),
    Kind.CLOCK: _clock,
    Kind.ENGINE: _engine,
    Kind.INJECTED: _injected,
    Kind.SUBMITTED: _submitted,
    Kind.HINT: _hint,
    Kind.MARKED: _marked,
    Kind.NOTED: _text_of("note"),
    Kind.MESSAGE: _text_of("message"),
    Kind.REVERTED: _reverted,
    Kind.VERB: _verb,
}


def _became(scenario: Scenario, check: CheckGrade, language: Language) -> list[Entry]:
    """Changes of a check; a first look that shows nothing remarkable is none."""
    if check.marked:
        return []
    found = []
    title = scenario.checks[check.check].title.in_(language)
    for index, run in enumerate(check.runs):
        if run.first.at < 0 or run.detail in (UNMARKED, EMPTY):
            continue
        key = _change(run, first=index == 0)
        # That nothing has been done yet, and that what was never lost is there, is no news.
        no_news = "becomes-pass" if check.penalty is not None else "FAIL"
        looked_at = scenario.checks[check.check].probe or scenario.checks[check.check].combine
        if index == 0 and looked_at and key == no_news:
            continue
        text = f"{title}: {say(key, language)}"
        found.append(Entry(run.first.at, run.first.seq, "evaluation", "check", text))
    return found


def _change(run: Run, *, first: bool) -> str:
    if not run.known:
        return "becomes-unknown"
    if run.low >= FULL:
        return "becomes-pass"
    if run.low > 0:
        return "becomes-partly"
    return "FAIL" if first else "becomes-fail"
