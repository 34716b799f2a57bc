"""The fold: what one team's events say, kept in plain values that grow with each event.

Events of the log are facts of the engine; their answers and observations are still claims of
trainees and guests, so what does not fit the scenario is passed over, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from range.events.event import Event, Kind
from range.grading.judge import Judge
from range.grading.series import Run, Stamp, looked

STALE = "its probe changed since; this observation answers another question"


@dataclass(frozen=True)
class Ending:
    """How an inject ended."""

    stamp: Stamp
    outcome: str
    detail: str


@dataclass(frozen=True)
class Submission:
    """A form handed in."""

    stamp: Stamp
    answers: Mapping[str, Any]
    by: str
    id: str


@dataclass(frozen=True)
class Mark:
    """An adjudication of the white cell. `stamp` is None when given outside exercise time."""

    stamp: Stamp | None
    seq: int
    credit: float
    reason: str
    actor: str


@dataclass(frozen=True)
class Taken:
    """A hint taken, or a node reverted (`what`)."""

    stamp: Stamp
    what: str
    by: str
    charged: bool = True


@dataclass
class State:
    """Everything the fold knows."""

    name: str = ""  # of the team, as it is shown
    started: Stamp | None = None
    ended: Stamp | None = None
    latest: Stamp = field(default_factory=lambda: Stamp(0.0, 0))
    secrets: dict[str, str] = field(default_factory=dict)
    injects: dict[str, list[Ending]] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    observed: dict[str, list[Run]] = field(default_factory=dict)
    submitted: dict[str, list[Submission]] = field(default_factory=dict)
    hints: dict[str, Taken] = field(default_factory=dict)
    reverts: list[Taken] = field(default_factory=list)
    marks: dict[str, list[Mark]] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)


class Fold:
    """Applies events to a state. A judge may be shared by the folds of one scenario."""

    def __init__(self, judge: Judge, team: str | None, state: State | None = None) -> None:
        self.team = team
        self.state = state or State()
        self._judge = judge

    def apply(self, event: Event) -> bool:
        """Take in one event; True where it changed what is known."""
        if event.team and self.team is not None and event.team != self.team:
            return False
        taker = _TAKERS.get(event.kind)
        if taker is None:
            return False
        if event.at is not None:
            stamp = Stamp(event.at, event.seq)
            if stamp > self.state.latest:
                self.state.latest = stamp
            taker(self, event, stamp)
        elif event.kind in (Kind.CREATED, Kind.MARKED):
            taker(self, event, None)
        return True

    def _created(self, event: Event, _: Stamp | None) -> None:
        secrets = event.data.get("secrets")
        mine = secrets.get(self.team) if isinstance(secrets, Mapping) else None
        if isinstance(mine, Mapping):
            self.state.secrets = {str(name): str(value) for name, value in mine.items()}
        names = event.data.get("names")
        if isinstance(names, Mapping) and self.team in names:
            self.state.name = str(names[self.team])

    def _started(self, _: Event, stamp: Stamp | None) -> None:
        if self.state.started is None:
            self.state.started = stamp

    def _ended(self, _: Event, stamp: Stamp | None) -> None:
        if self.state.ended is None:
            self.state.ended = stamp

    def _injected(self, event: Event, stamp: Stamp | None) -> None:
        name = event.data.get("inject")
        if stamp is None or not isinstance(name, str):
            return
        if self.state.ended is not None and stamp.at > self.state.ended.at:
            return
        outcome, detail = str(event.data.get("outcome")), str(event.data.get("detail") or "")
        self.state.injects.setdefault(name, []).append(Ending(stamp, outcome, detail))
        facts = event.data.get("facts")
        if isinstance(facts, Mapping):
            known = self.state.facts.setdefault(name, {})
            for fact, value in facts.items():
                known.setdefault(str(fact), value)

    def _observed(self, event: Event, stamp: Stamp | None) -> None:
        data, state = event.data, self.state
        name = data.get("check")
        if stamp is None or not isinstance(name, str):
            return
        digest = self._judge.digest(name)
        if digest is None:
            return
        # What was seen at the end may be written down after it; nothing later counts.
        if state.ended is not None and stamp.at > state.ended.at:
            return
        raw = data.get("raw")
        if data.get("probe") != digest:
            state.stale.add(name)
            low, high, detail = 0.0, 1.0, STALE
        elif isinstance(raw, dict):
            low, detail = self._judge.credit(name, raw)
            high = low
        else:
            low, high, detail = 0.0, 1.0, str(data.get("error") or "no observation")
        runs = state.observed.get(name)
        if runs is None:
            runs = state.observed[name] = []
        looked(runs, stamp, low, high, detail)

    def _submitted(self, event: Event, stamp: Stamp | None) -> None:
        form, answers = event.data.get("form"), event.data.get("answers")
        if stamp is None or self.state.ended or not isinstance(form, str):
            return
        id_ = str(event.data.get("id") or event.seq)
        earlier = self.state.submitted.setdefault(form, [])
        if isinstance(answers, Mapping) and all(item.id != id_ for item in earlier):
            earlier.append(Submission(stamp, answers, str(event.data.get("by") or ""), id_))

    def _hint(self, event: Event, stamp: Stamp | None) -> None:
        name = event.data.get("hint")
        if stamp is not None and self.state.ended is None and isinstance(name, str):
            taken = Taken(stamp, name, str(event.data.get("by") or event.actor))
            self.state.hints.setdefault(name, taken)

    def _reverted(self, event: Event, stamp: Stamp | None) -> None:
        node = event.data.get("node")
        if stamp is not None and self.state.ended is None and isinstance(node, str):
            charged = event.data.get("charged") is True
            self.state.reverts.append(Taken(stamp, node, event.actor, charged))

    def _marked(self, event: Event, stamp: Stamp | None) -> None:
        name, credit = event.data.get("check"), event.data.get("credit")
        if not isinstance(name, str) or not isinstance(credit, int | float):
            return
        mark = Mark(
            stamp,
            event.seq,
            min(1.0, max(0.0, float(credit))),
            str(event.data.get("reason") or ""),
            event.actor,
        )
        self.state.marks.setdefault(name, []).append(mark)


_TAKERS: dict[Kind, Callable[[Fold, Event, Stamp | None], None]] = {
    Kind.CREATED: Fold._created,
    Kind.STARTED: Fold._started,
    Kind.ENDED: Fold._ended,
    Kind.INJECTED: Fold._injected,
    Kind.OBSERVED: Fold._observed,
    Kind.SUBMITTED: Fold._submitted,
    Kind.HINT: Fold._hint,
    Kind.REVERTED: Fold._reverted,
    Kind.MARKED: Fold._marked,
}

TAKEN = frozenset(_TAKERS)  # kinds of events that say anything; all others are passed over
