"""Events told in one line each, for the feed; and which kinds belong together."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from range.clock import spoken
from range.events.event import Event, Kind
from range.scenario.model import Language
from range.scenario.scenario import Scenario
from range.text import line
from tui.console.exercise.words import WORDS
from tui.look.theme import BAD, CARE, GOOD, QUIET

_LONG = 400

GROUPS: dict[str, frozenset[Kind]] = {
    "all": frozenset(Kind),
    "injects": frozenset({Kind.INTENDED, Kind.INJECTED, Kind.RETIMED}),
    "acts": frozenset({Kind.SUBMITTED, Kind.HINT, Kind.REVERTED, Kind.ACTING, Kind.ACTED}),
    "looks": frozenset({Kind.OBSERVED}),
    "white": frozenset({Kind.MARKED, Kind.NOTED, Kind.MESSAGE, Kind.VERB, Kind.RETIMED,
                        Kind.STARTED, Kind.ENDED, Kind.CLOCK}),
    "engine": frozenset({Kind.CREATED, Kind.BRINGUP, Kind.ENGINE, Kind.STARTED, Kind.ENDED,
                         Kind.CLOCK}),
}  # fmt: skip

# kind -> (ja, en, style)
_WORDS: dict[Kind, tuple[str, str, str]] = {
    Kind.CREATED: ("作成", "created", QUIET),
    Kind.BRINGUP: ("準備", "bring-up", QUIET),
    Kind.STARTED: ("開始", "STARTEX", GOOD),
    Kind.ENDED: ("終了", "ENDEX", GOOD),
    Kind.CLOCK: ("時計", "clock", CARE),
    Kind.ENGINE: ("エンジン", "engine", CARE),
    Kind.INTENDED: ("着手", "begins", QUIET),
    Kind.INJECTED: ("付与", "inject", ""),
    Kind.RETIMED: ("時刻変更", "re-timed", CARE),
    Kind.OBSERVED: ("観測", "looked", QUIET),
    Kind.SUBMITTED: ("提出", "report", GOOD),
    Kind.HINT: ("ヒント", "hint", CARE),
    Kind.MARKED: ("採点", "mark", CARE),
    Kind.NOTED: ("メモ", "note", CARE),
    Kind.MESSAGE: ("連絡", "message", CARE),
    Kind.REVERTED: ("初期化", "reset", BAD),
    Kind.ACTING: ("操作開始", "acts", QUIET),
    Kind.ACTED: ("操作", "acted", QUIET),
    Kind.VERB: ("講師操作", "verb", CARE),
}


def when(event: Event) -> str:
    """Exercise time of an event, or the time of day where it has none."""
    if event.at is not None:
        return f"T+{clock(event.at)}"
    return time.strftime("%H:%M:%S", time.localtime(event.wall))


def clock(seconds: float) -> str:
    """Write seconds as `H:MM:SS`, whole and without a sign."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def kind(event: Event, language: Language) -> tuple[str, str]:
    """Return the word and the style of an event's kind."""
    ja, en, style = _WORDS[event.kind]
    if event.kind is Kind.INJECTED:
        outcome = event.data.get("outcome")
        style = {"prevented": GOOD, "succeeded": CARE, "error": BAD}.get(str(outcome), "")
    return (ja if language == "ja" else en), style


def told(event: Event, scenario: Scenario, language: Language) -> str:
    """Return what happened in one line. Data of guests and trainees is in it: never markup."""
    teller = _TELLERS.get(event.kind)
    said = teller(event.data, scenario, language) if teller else ""
    by = "" if event.actor in ("engine", event.team) else f" [{event.actor}]"
    return line(f"{said}{by}", _LONG)


def _title(known: Mapping[str, Any], id_: object, language: Language) -> str:
    entry = known.get(str(id_))
    return f"{id_} {entry.title.in_(language)}" if entry is not None else str(id_)


def _injected(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    outcome = str(data.get("outcome"))
    key = f"s-{outcome}"
    word = WORDS.say(key, language) if key in WORDS else outcome
    blocked = data.get("blocked_by")
    why = f" ({WORDS.say('by', language)} {blocked})" if blocked else ""
    detail = f" {data['detail']}" if data.get("detail") else ""
    return f"{_title(scenario.injects, data.get('inject'), language)}: {word}{why}{detail}"


def _inject(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    at = data.get("at")
    moved = f" -> {spoken(at)}" if isinstance(at, int | float) else ""
    return f"{_title(scenario.injects, data.get('inject'), language)}{moved}"


def _observed(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    raw = data.get("raw")
    seen = (
        ", ".join(f"{key}={value}" for key, value in raw.items())
        if isinstance(raw, Mapping)
        else f"! {data.get('error')}"
    )
    return f"{_title(scenario.checks, data.get('check'), language)}: {seen}"


def _submitted(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    answers = data.get("answers")
    given = (
        "; ".join(f"{key}: {value}" for key, value in answers.items())
        if isinstance(answers, Mapping)
        else ""
    )
    return f"{_title(scenario.forms, data.get('form'), language)}: {given}"


def _marked(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    title = _title(scenario.checks, data.get("check"), language)
    return f"{title}: {data.get('credit')} ({data.get('reason')})"


def _noted(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    inject = data.get("inject")
    said = data.get("text") or data.get("answer") or ""
    return f"{_title(scenario.injects, inject, language)}: {said}" if inject else str(said)


def _message(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    return f"{data.get('channel')} {data.get('from')}: {data.get('subject')} {data.get('text')}"


def _hint(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    hint = scenario.hints.get(str(data.get("hint")))
    cost = f" (-{hint.cost:g})" if hint is not None else ""
    return f"{data.get('hint')}{cost}"


def _clock(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    word = "running" if data.get("running") else "paused"
    return f"{WORDS.say(word, language)} x{data.get('rate')}"


def _verb(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
    verb, args = str(data.get("verb")), data.get("args")
    word = WORDS.say(verb, language) if verb in WORDS else verb
    given = args.items() if isinstance(args, Mapping) else ()
    shown = (
        f"{key}={','.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in given
    )
    return f"{word} {' '.join(shown)}"


def _plainly(*keys: str) -> Callable[[Mapping[str, Any], Scenario, Language], str]:
    def tell(data: Mapping[str, Any], scenario: Scenario, language: Language) -> str:
        return " ".join(str(data[key]) for key in keys if data.get(key))

    return tell


_TELLERS: dict[Kind, Callable[[Mapping[str, Any], Scenario, Language], str]] = {
    Kind.CREATED: _plainly("scenario"),
    Kind.BRINGUP: _plainly("node", "state", "detail"),
    Kind.INTENDED: _inject,
    Kind.INJECTED: _injected,
    Kind.RETIMED: _inject,
    Kind.OBSERVED: _observed,
    Kind.SUBMITTED: _submitted,
    Kind.HINT: _hint,
    Kind.MARKED: _marked,
    Kind.NOTED: _noted,
    Kind.MESSAGE: _message,
    Kind.REVERTED: _plainly("node"),
    Kind.ACTING: _plainly("step"),
    Kind.ACTED: _plainly("step", "outcome", "detail"),
    Kind.CLOCK: _clock,
    Kind.ENDED: _plainly("reason"),
    Kind.VERB: _verb,
}
