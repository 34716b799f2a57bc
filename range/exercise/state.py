"""What the engine knows: a fold over the log. After a crash the same fold gives the same state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from range.events.event import Event, Kind
from range.exercise.names import names_of
from range.grading.record import Record
from range.scenario.responder import Responder
from range.scenario.scenario import Bundle

Speed = float | str  # a rate, or "jump"


@dataclass(frozen=True)
class Reverting:
    """A node that is being put back: to a snapshot, or without a name to how it was baked."""

    name: str
    charged: bool
    actor: str


@dataclass
class TeamState:
    """One team's side of the exercise, as far as the engine must remember it."""

    team: str
    responder: Responder
    record: Record
    ended: dict[str, str] = field(default_factory=dict)  # inject -> outcome
    open: dict[str, float] = field(default_factory=dict)  # intended, not ended -> since
    tries: dict[str, int] = field(default_factory=dict)  # how often intended, since it last ended
    rounds: dict[str, int] = field(default_factory=dict)  # how often it ended: fired again
    unknown: set[str] = field(default_factory=set)  # open, and even the receipt does not say
    retimed: dict[str, float] = field(default_factory=dict)
    fired: set[str] = field(default_factory=set)  # by the instructor: conditions do not count
    held: set[str] = field(default_factory=set)
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    acting: set[str] = field(default_factory=set)  # responder steps begun
    acted: set[str] = field(default_factory=set)
    captured: dict[str, Any] = field(default_factory=dict)
    observed: dict[str, tuple[int, float]] = field(default_factory=dict)  # check -> seq, at
    errors: dict[str, int] = field(default_factory=dict)  # looks that failed, in a row
    reverting: dict[str, Reverting] = field(default_factory=dict)  # node -> begun, not done
    touched: tuple[int, float] = (0, 0.0)  # seq and time of the last act upon the lab

    def apply(self, event: Event, bundle: Bundle) -> None:
        """Take in one event of this team, or of all teams."""
        self.record.apply(event)
        data = event.data
        match event.kind:
            case Kind.INTENDED:
                id_ = data["inject"]
                self.open[id_] = event.at or 0.0
                self.tries[id_] = self.tries.get(id_, 0) + 1
                self.unknown.discard(id_)
            case Kind.INJECTED:
                self._ended(event, bundle)
            case Kind.RETIMED:
                self.retimed[data["inject"]] = data["at"]
            case Kind.OBSERVED:
                self.observed[data["check"]] = (event.seq, event.at or 0.0)
                failed = data["raw"] is None
                self.errors[data["check"]] = self.errors.get(data["check"], 0) + 1 if failed else 0
            case Kind.ACTING:
                self.acting.add(data["step"])
            case Kind.ACTED:
                self.acted.add(data["step"])
                self.captured.update(data.get("captured", {}))
                if self.responder.steps[data["step"]].ssh is not None:
                    self._touch(event)
            case Kind.REVERTED:
                self.reverting.pop(data["node"], None)
                self._touch(event)
            case Kind.NOTED if "failed" in data:
                self.reverting.pop(data["failed"], None)
            case Kind.VERB if data["verb"] in ("reset", "revert"):
                given = data["args"]
                begun = Reverting(given["name"], given["charged"], event.actor)
                self.reverting[given["node"]] = begun
            case Kind.VERB:
                self._verb(data["verb"], data["args"], event.at or 0.0)
            case _:
                pass

    def _ended(self, event: Event, bundle: Bundle) -> None:
        id_ = event.data["inject"]
        self.open.pop(id_, None)
        self.unknown.discard(id_)
        self.tries.pop(id_, None)
        self.rounds[id_] = self.rounds.get(id_, 0) + 1
        self.ended[id_] = event.data["outcome"]
        self.facts[id_] = event.data.get("facts", {})
        if bundle.scenario.injects[id_].use is not None:
            self._touch(event)

    def _touch(self, event: Event) -> None:
        self.touched = (event.seq, event.at or 0.0)

    def _verb(self, verb: str, args: Mapping[str, Any], at: float) -> None:
        if verb not in ("fire", "hold", "release") or self.team not in args["teams"]:
            return
        id_ = args["inject"]
        if verb == "hold":
            self.held.add(id_)
            return
        self.held.discard(id_)
        if verb == "fire":
            self.retimed[id_] = at
            self.fired.add(id_)
            self.ended.pop(id_, None)
            self.open.pop(id_, None)
            self.unknown.discard(id_)


@dataclass
class ExerciseState:
    """The whole exercise. `last` is the exercise time of the newest event."""

    bundle: Bundle
    teams: dict[str, TeamState]
    names: dict[str, str] = field(default_factory=dict)  # what teams are called
    started: bool = False
    running: bool = False
    over: bool = False
    ending: int | None = None  # seq of the event that asked for the end
    speed: Speed = 1.0
    extension: float = 0.0
    last: float = 0.0

    @property
    def end(self) -> float:
        """Exercise time of ENDEX, unless it is ended before."""
        return self.bundle.scenario.duration + self.extension

    def apply(self, event: Event) -> None:
        """Take in one event."""
        self.last = max(self.last, event.at or 0.0)
        data = event.data
        match event.kind:
            case Kind.CREATED:
                self.names = names_of(data)
            case Kind.STARTED:
                self.started = True
            case Kind.CLOCK:
                self.running, self.speed = data["running"], data["rate"]
            case Kind.ENDED:
                self.over, self.running = True, False
            case Kind.VERB if data["verb"] == "extend":
                self.extension += data["args"]["seconds"]
            case Kind.VERB if data["verb"] == "end" and self.ending is None:
                self.ending = event.seq
            case _:
                pass
        for team in self.teams.values():
            if event.team in ("", team.team):
                team.apply(event, self.bundle)


def folded(
    bundle: Bundle, responders: Mapping[str, Responder], events: Iterable[Event]
) -> ExerciseState:
    """Return the state after `events`; `responders` has one for every team."""
    teams = {
        team: TeamState(team, responder, Record(bundle, team))
        for team, responder in responders.items()
    }
    state = ExerciseState(bundle, teams)
    for event in events:
        state.apply(event)
    return state
