"""A small scenario and events for it: what grading tests are made of."""

from __future__ import annotations

from typing import Any

from range.events.event import Event, Kind
from range.grading.grade import grade
from range.grading.predicate import probe_digest
from range.grading.result import CheckGrade, Grade, TeamGrade
from range.scenario.scenario import Bundle, Scenario

PROBE = {"kind": "process", "node": "pc", "matches": "implant"}
EXPECT = {"count": 0}


def text(words: str = "x") -> dict[str, str]:
    return {"ja": words, "en": words}


def probed(objective: str = "act", **more: Any) -> dict[str, Any]:
    """A check of whether the implant is gone."""
    check = {"title": text(), "objective": objective, "probe": PROBE, "expect": EXPECT}
    return {**check, **more}


def answered(field: str = "host", objective: str = "observe", **answer: Any) -> dict[str, Any]:
    """A check of one field of the report."""
    return {
        "title": text(),
        "objective": objective,
        "answer": {"form": "report", "field": field, **answer},
    }


def bundle(checks: dict[str, Any], **more: Any) -> Bundle:
    """A scenario with these checks, one objective for each phase and one form."""
    fields = {
        name: {"label": text()} for name in ("host", "when", "count", "list", "fixed", "free")
    }
    scenario = {
        "cyder": 1,
        "name": "small",
        "title": text(),
        "organization": "none",
        "level": "B-1",
        "duration": "1h",
        "summary": text(),
        "briefing": text(),
        "objectives": {
            phase: {"phase": phase, "title": text(phase)}
            for phase in ("observe", "orient", "decide", "act")
        },
        "injects": {
            "A1": {
                "title": text(),
                "at": "T+00:05",
                "event": {"procedure": "attack", "node": "pc"},
            },
        },
        "forms": {"report": {"title": text(), "to": "boss", "fields": fields}},
        "hints": {"H1": {"objective": "act", "cost": 3, "text": text()}},
        "checks": checks,
        **more,
    }
    return Bundle(scenario=Scenario.model_validate(scenario))


class Story:
    """Events of one exercise, written as the engine would."""

    def __init__(self, of: Bundle, team: str = "team1") -> None:
        self.bundle = of
        self.team = team
        self.events: list[Event] = []
        self.wall = 1_000_000.0
        created = {"exercise": "e1", "scenario": "small", "teams": [team]}
        self.add(Kind.CREATED, None, created, team="")
        self.add(Kind.STARTED, 0.0, {}, team="")

    def add(
        self,
        kind: Kind,
        at: float | None,
        data: dict[str, Any],
        *,
        team: str | None = None,
        actor: str = "engine",
    ) -> Story:
        self.wall += 1
        seq = len(self.events) + 1
        team = self.team if team is None else team
        self.events.append(Event(seq, kind, data, team, actor, at, self.wall))
        return self

    def seen(self, check: str, at: float, passing: bool | None) -> Story:
        """The probe looked; None: the checker failed."""
        probe = self.bundle.scenario.checks[check].probe
        assert probe is not None
        raw = None if passing is None else {"count": 0 if passing else 1}
        error = "guest unreachable" if passing is None else None
        data = {"check": check, "probe": probe_digest(probe), "raw": raw, "error": error}
        return self.add(Kind.OBSERVED, at, data)

    def handed_in(self, at: float, form: str = "report", **answers: Any) -> Story:
        data = {"form": form, "answers": answers, "by": "tanaka", "id": f"k{len(self.events)}"}
        return self.add(Kind.SUBMITTED, at, data)

    def fired(self, inject: str, at: float, outcome: str = "succeeded", **facts: Any) -> Story:
        return self.add(
            Kind.INJECTED,
            at,
            {"inject": inject, "outcome": outcome, "detail": "", "facts": facts},
        )

    def marked(self, check: str, at: float | None, credit: float) -> Story:
        data = {"check": check, "credit": credit, "reason": "well argued"}
        return self.add(Kind.MARKED, at, data, actor="white")

    def ends(self, at: float = 3600.0) -> Story:
        return self.add(Kind.ENDED, at, {"reason": "time"}, team="")

    @property
    def grade(self) -> Grade:
        return grade(self.bundle, self.events)

    @property
    def result(self) -> TeamGrade:
        return self.grade.team(self.team)

    def check(self, name: str) -> CheckGrade:
        return self.result.check(name)
