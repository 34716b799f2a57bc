"""The debrief: what happened against what each team did, and why each point was given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from range.clock import spoken
from range.events.event import Event, Kind
from range.events.log import Head
from range.grading.result import CheckGrade, Grade, TeamGrade, full
from range.report.explain import judgement
from range.report.markdown import Markup, render
from range.report.timeline import Entry, entries, minutes
from range.report.words import say, told
from range.scenario.check import FormField
from range.scenario.model import Language, Phase
from range.scenario.responder import Responder
from range.scenario.scenario import Bundle, Scenario


@dataclass(frozen=True)
class Debrief:
    """All that a report is made of."""

    bundle: Bundle
    events: Sequence[Event]
    grade: Grade
    head: Head
    responders: Mapping[str, Responder] = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        """The scenario it was graded by."""
        return self.bundle.scenario


def markdown(debrief: Debrief, language: Language) -> str:
    """Return the debrief as GitHub-flavoured Markdown."""
    scenario = debrief.scenario
    return render(
        "debrief.md.j2",
        {
            "say": lambda key: Markup(say(key, language)),
            "comma": say("comma", language),
            "exercise": debrief.grade.exercise,
            "title": scenario.title.in_(language),
            "level": scenario.level,
            "summary": scenario.summary.in_(language),
            "started": _started(debrief),
            "ended": _ended(debrief) or say("not-ended", language),
            "head": debrief.head,
            "phases": list(Phase),
            "teams": [_team(debrief, team, language) for team in debrief.grade.teams],
        },
    )


def as_json(debrief: Debrief) -> dict[str, Any]:
    """Return the debrief as JSON; texts are in both languages."""
    scenario = debrief.scenario
    result = full(debrief.grade)
    for team_json, team in zip(result["teams"], debrief.grade.teams, strict=True):
        team_json["attacks"] = [
            {**attack, "traces": [trace.model_dump() for trace in attack["traces"]]}
            for attack in _attacks(debrief, team.team)
        ]
        team_json["submissions"] = [
            {"at": event.at, "by": event.data.get("by"), "form": event.data.get("form"),
             "answers": event.data.get("answers")}
            for event in _submissions(debrief, team.team)
        ]  # fmt: skip
        team_json["timeline"] = {
            language: [asdict(entry) for entry in _entries(debrief, team, language)]
            for language in ("ja", "en")
        }
    return {
        **result,
        "title": scenario.title.model_dump(),
        "started": _started(debrief),
        "log": {"events": debrief.head.seq, "hash": debrief.head.hash},
        "objectives": {
            name: {"phase": objective.phase.value, "title": objective.title.model_dump()}
            for name, objective in scenario.objectives.items()
        },
        "checks": {name: check.title.model_dump() for name, check in scenario.checks.items()},
    }


def _started(debrief: Debrief) -> str:
    """Wall time of STARTEX in the scenario's zone; "" before it."""
    for event in debrief.events:
        if event.kind is Kind.STARTED:
            zone = ZoneInfo(debrief.scenario.timezone)
            at = datetime.fromtimestamp(event.wall, UTC).astimezone(zone)
            return at.isoformat(sep=" ", timespec="seconds")
    return ""


def _ended(debrief: Debrief) -> str:
    for event in debrief.events:
        if event.kind is Kind.ENDED and event.at is not None:
            return spoken(event.at)
    return ""


def _team(debrief: Debrief, team: TeamGrade, language: Language) -> dict[str, Any]:
    scenario = debrief.scenario
    return {
        "grade": team,
        "reasons": [say(reason, language) for reason in team.reasons],
        "phases": [
            {
                "grade": phase,
                "checks": [
                    _check(scenario, check, language)
                    for check in team.checks
                    if check.phase is phase.phase and check.penalty is None
                ],
            }
            for phase in team.phases
        ],
        "penalties": [
            {
                "kind": say({"check": "loss"}.get(item.kind, item.kind), language),
                "what": _penalty_name(scenario, item.kind, item.what, language),
                "points": item.points,
                "at": _time(item.at),
                "by": item.by,
            }
            for item in team.penalties
        ],
        "attacks": [
            {
                **attack,
                "title": attack["title"][language],
                "at": _time(attack["at"]),
                "outcome": say(attack["outcome"], language),
                "blocked_by": [blocker[language] for blocker in attack["blocked_by"]],
                "traces": [
                    {
                        "about": trace.about.in_(language),
                        "where": trace.where,
                        "matches": trace.matches,
                    }
                    for trace in attack["traces"]
                ],
            }
            for attack in _attacks(debrief, team.team)
        ],
        "minutes": minutes(_entries(debrief, team, language)),
        "forms": [_form(scenario, event, language) for event in _submissions(debrief, team.team)],
    }


def _entries(debrief: Debrief, team: TeamGrade, language: Language) -> list[Entry]:
    responder = debrief.responders.get(team.team)
    return entries(debrief.scenario, debrief.events, team, language, responder)


def _check(scenario: Scenario, check: CheckGrade, language: Language) -> dict[str, Any]:
    return {
        "grade": check,
        "title": scenario.checks[check.check].title.in_(language),
        "judgement": judgement(check, language),
        "detail": _detail(scenario, check, language),
        "at": _time(check.at),
    }


def _detail(scenario: Scenario, check: CheckGrade, language: Language) -> str:
    """Say why, with the labels of choices in place of their ids."""
    detail, answer = told(check.detail, language), scenario.checks[check.check].answer
    form = scenario.forms.get(answer.form) if answer else None
    field_ = form.fields.get(answer.field) if form and answer else None
    choices = field_.choices if field_ and field_.choices else {}
    if not choices:
        return detail
    ids = "|".join(sorted(map(re.escape, choices), key=len, reverse=True))
    return re.sub(
        rf"(?<![\w-])(?:{ids})(?![\w-])", lambda id_: choices[id_[0]].in_(language), detail
    )


def _penalty_name(scenario: Scenario, kind: str, what: str, language: Language) -> str:
    if kind == "check":
        return f"{what} {scenario.checks[what].title.in_(language)}"
    if kind == "hint":
        objective = scenario.objectives[scenario.hints[what].objective]
        return f"{what} ({objective.title.in_(language)})"
    return what


def _attacks(debrief: Debrief, team: str) -> list[dict[str, Any]]:
    """Every attack, and every event that has a technique, as it went for one team."""
    found = []
    for event in debrief.events:
        inject = debrief.scenario.injects.get(str(event.data.get("inject")))
        if event.kind is not Kind.INJECTED or event.team != team or inject is None:
            continue
        use = inject.use
        procedure = debrief.bundle.procedures.get(use.procedure) if use else None
        technique = event.data.get("technique") or (
            (use.technique if use else None) or (procedure.technique if procedure else None)
        )
        if use is None or (inject.attack is None and not technique):
            continue
        outcome = str(event.data.get("outcome"))
        happened = outcome in ("succeeded", "prevented", "error")
        found.append(
            {
                "inject": event.data["inject"],
                "title": inject.title.model_dump(),
                "technique": technique,
                "at": event.at,
                "outcome": outcome,
                "detail": str(event.data.get("detail") or ""),
                "blocked_by": _blocked(debrief.scenario, event.data.get("blocked_by")),
                "traces": procedure.traces if procedure and happened else (),
            }
        )
    return found


def _blocked(scenario: Scenario, names: Any) -> list[dict[str, str]]:
    if not names:
        return []
    return [
        scenario.blockers[name].about.model_dump()
        if name in scenario.blockers
        else {"ja": str(name), "en": str(name)}
        for name in (names if isinstance(names, list | tuple) else [names])
    ]


def _submissions(debrief: Debrief, team: str) -> list[Event]:
    return [
        event for event in debrief.events if event.kind is Kind.SUBMITTED and event.team == team
    ]


def _form(scenario: Scenario, event: Event, language: Language) -> dict[str, Any]:
    form = scenario.forms.get(str(event.data.get("form")))
    answers = event.data.get("answers") or {}
    fields = form.fields if form else {}
    order = {name: place for place, name in enumerate(fields)}  # not that of the log
    return {
        "title": form.title.in_(language) if form else event.data.get("form"),
        "at": _time(event.at),
        "by": event.data.get("by") or "",
        "answers": [
            {
                "label": fields[name].label.in_(language) if name in fields else name,
                "lines": _lines(fields.get(name), given, language),
            }
            for name, given in sorted(answers.items(), key=lambda answer: order.get(answer[0], 99))
        ],
    }


def _lines(field: FormField | None, given: Any, language: Language) -> list[str]:
    choices = field.choices if field and field.choices else {}
    parts = given if isinstance(given, list | tuple) else str(given).split("\n")
    return [
        choices[part].in_(language) if isinstance(part, str) and part in choices else str(part)
        for part in parts
    ]


def _time(at: float | None) -> str:
    return "" if at is None else spoken(at)
