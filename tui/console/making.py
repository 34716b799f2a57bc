"""How far the bring-up of an exercise is: a fold over its log. No widgets, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from range.events.event import Event, Kind
from range.exercise.names import names_of

Stage = Literal["images", "nodes", "preflight", "access", "ready"]
STAGES: tuple[Stage, ...] = ("images", "nodes", "preflight", "access", "ready")
State = Literal["waiting", "going", "done", "failed", "left-out"]
DONE = ("present", "done")


@dataclass
class Thing:
    """An image or a node, as it was last told. `since` is the Unix time of its state's first."""

    name: str
    state: str
    detail: str
    since: float
    began: float  # when it was first told of


@dataclass(frozen=True)
class Proof:
    """One finding of preflight: `outcome` is sealed, leaks or unproven."""

    test: str
    outcome: str
    detail: str


@dataclass(frozen=True)
class Failure:
    """Why it does not go on."""

    message: str
    hint: str


@dataclass
class Making:
    """The fold. `nodes` are the names of a lab's nodes, the same for all teams."""

    nodes: Sequence[str] = ()
    teams: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    provider: str = ""
    with_preflight: bool = True
    layers: int = 0  # of the plan; 0 where it is not known
    ports: dict[str, int] = field(default_factory=dict)  # of the teams' ways in
    images: dict[str, Thing] = field(default_factory=dict)
    guests: dict[tuple[str, str], Thing] = field(default_factory=dict)
    moved: set[tuple[str, str]] = field(default_factory=set)  # guests, since `moves` was called
    proofs: dict[str, list[Proof]] = field(default_factory=dict)
    preflight: str = ""  # "", making, done, failed
    preflight_said: str = ""
    ways: dict[str, str] = field(default_factory=dict)  # team -> folder of its sheet
    failure: Failure | None = None
    ready: bool = False
    started: bool = False
    over: bool = False
    began: float = 0.0  # Unix time of the present engine's start; 0 before
    last: float = 0.0
    record: list[Event] = field(default_factory=list)

    def apply(self, event: Event) -> None:
        """Take in one event; those after STARTEX do not matter here."""
        if self.started and event.kind is not Kind.ENDED:
            return
        self.last = event.wall
        match event.kind:
            case Kind.CREATED:
                self._created(event.data)
            case Kind.ENGINE:
                self.began, self.failure, self.ready = event.wall, None, False
                self.record.append(event)
            case Kind.BRINGUP:
                self._progress(event)
                self.record.append(event)
            case Kind.STARTED:
                self.started = True
            case Kind.ENDED:
                self.over = True
            case _:
                pass

    def _created(self, data: Mapping[str, Any]) -> None:
        self.teams, self.names = tuple(data["teams"]), names_of(data)
        options = data.get("options", {})
        self.provider = str(options.get("provider") or "")
        self.with_preflight = bool(options.get("preflight", True)) and self.provider != "memory"

    def _progress(self, event: Event) -> None:
        data, team = event.data, event.team
        name, state, detail = str(data["node"]), str(data["state"]), str(data["detail"])
        if name == "exercise":
            self.ready = state == "running"
            if state == "failed":
                self.failure = Failure(detail, str(data.get("hint") or ""))
        elif name == "preflight" and team:
            self.proofs[team] = [Proof(*map(str, proof)) for proof in data.get("proofs", ())]
        elif name == "preflight":
            self.preflight, self.preflight_said = state, detail
        elif name == "access":
            self.ways[team] = detail
        elif team:
            _tell(self.guests, (team, name), name, state, detail, event.wall)
            self.moved.add((team, name))
        else:
            _tell(self.images, str(data.get("layer") or name), name, state, detail, event.wall)

    def moves(self) -> set[tuple[str, str]]:
        """Return the guests that moved on since the last call."""
        moved, self.moved = self.moved, set()
        return moved

    # What is shown

    def stage(self, stage: Stage) -> State:
        """How one stage stands."""
        match stage:
            case "images" if self.provider == "memory":
                return "left-out"
            case "images":
                if any(thing.state == "failed" for thing in self.images.values()):
                    return "failed"
                if self.guests:
                    return "done"
                return "going" if self.began else "waiting"
            case "nodes":
                states = [thing.state for thing in self.guests.values()]
                if "failed" in states:
                    return "failed"
                if self.up == self.wanted:
                    return "done"
                return "going" if states else "waiting"
            case "preflight" if not self.with_preflight:
                return "left-out"
            case "preflight":
                known: dict[str, State] = {"making": "going", "done": "done", "failed": "failed"}
                return known.get(self.preflight, "waiting")
            case "access" if self.provider == "memory":
                return "left-out"
            case "access":
                if self.ready or len(self.ways) == len(self.teams):
                    return "done"
                return "going" if self.ways else "waiting"
            case _:
                return "failed" if self.failure else "done" if self.ready else "waiting"

    @property
    def wanted(self) -> int:
        """How many nodes there will be."""
        return len(self.nodes) * len(self.teams)

    @property
    def up(self) -> int:
        """How many nodes run."""
        return sum(thing.state in ("running", "degraded") for thing in self.guests.values())

    @property
    def baked(self) -> tuple[int, int]:
        """How many images are there, and how many are known of."""
        there = sum(thing.state in DONE for thing in self.images.values())
        return there, max(len(self.images), self.layers)

    def busy(self) -> list[tuple[str, Thing]]:
        """What is under way or has failed: (team or "", thing), failures first."""
        found = [("", t) for t in self.images.values() if t.state not in DONE]
        found += [(team, t) for (team, _), t in self.guests.items()
                  if t.state not in ("running",)]  # fmt: skip
        return sorted(found, key=lambda one: (one[1].state != "failed", one[1].began))


def _tell(
    things: dict[Any, Thing], key: Any, name: str, state: str, detail: str, wall: float
) -> None:
    known = things.get(key)
    if known is None or known.state in (*DONE, "failed"):
        things[key] = Thing(name, state, detail, wall, wall)
        return
    known.since = known.since if known.state == state else wall
    known.state, known.detail = state, detail
