"""What the console knows of an exercise: a pure fold over the log, without observations.

What grading needs is folded by `range.report.standings`; here is the rest: how each inject stands
for each team, who acted when, what was said, noted and handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from range.events.event import Event, Kind

KEPT_FORMS = 20  # submissions of one form by one team that are kept with their answers
KEPT = 2000  # notes, calls and acts that are kept

_UNKNOWN = re.compile(r"(\S+) is unknown\b")


@dataclass
class InjectState:
    """How one inject stands for one team. Times are exercise seconds."""

    outcome: str = ""  # of its last ending
    at: float | None = None
    detail: str = ""
    blocked_by: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    actor: str = ""
    rounds: int = 0  # how often it ended
    open: float | None = None  # intended and not ended, since
    unknown: bool = False  # begun, and not even its receipt says how it ended
    retimed: float | None = None
    fired: bool = False
    held: bool = False


@dataclass
class Handed:
    """A form handed in."""

    seq: int
    form: str
    at: float
    by: str
    answers: dict[str, Any]


@dataclass
class Said:
    """A note, or what was answered to a script that was read out."""

    seq: int
    at: float | None
    wall: float
    actor: str
    team: str
    text: str
    inject: str = ""


@dataclass
class NodeState:
    """A node as the log last told of it."""

    state: str
    detail: str = ""
    at: float | None = None
    reverts: int = 0


@dataclass
class TeamStory:
    """One team's side."""

    team: str
    name: str = ""
    injects: dict[str, InjectState] = field(default_factory=dict)
    handed: list[Handed] = field(default_factory=list)
    times: dict[str, int] = field(default_factory=dict)  # form -> how often handed in
    hints: dict[str, float] = field(default_factory=dict)
    acted: float | None = None  # exercise seconds of its last act
    did: str = ""  # what that was: form, hint, step
    nodes: dict[str, NodeState] = field(default_factory=dict)
    snapshots: dict[str, list[str]] = field(default_factory=dict)  # node -> names

    def inject(self, id_: str) -> InjectState:
        """Return the state of an inject, made where nothing is known yet."""
        return self.injects.setdefault(id_, InjectState())


@dataclass
class Story:
    """The whole exercise."""

    exercise: str = ""
    scenario: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    teams: dict[str, TeamStory] = field(default_factory=dict)
    started: bool = False
    started_wall: float | None = None
    running: bool = False
    ending: bool = False
    over: bool = False
    speed: float | str = 1.0
    extension: float = 0.0
    clock: tuple[float, float] = (0.0, 0.0)  # exercise seconds at a wall time
    last: float = 0.0  # exercise time of the newest event
    notes: list[Said] = field(default_factory=list)
    calls: list[Said] = field(default_factory=list)
    marks: list[Said] = field(default_factory=list)  # inject holds the check here
    seq: int = 0

    def apply(self, event: Event) -> set[str]:
        """Take in the next event; return the teams whose injects or acts it may have changed."""
        self.seq = event.seq
        if event.at is not None:
            self.last = max(self.last, event.at)
        taker = _TAKERS.get(event.kind)
        if taker is None:
            return set()
        taker(self, event)
        return {event.team} if event.team else set(self.teams)

    def team(self, name: str) -> TeamStory:
        """Return a team's side, made where it is heard of for the first time."""
        if name not in self.teams:
            self.teams[name] = TeamStory(name, name)
        return self.teams[name]

    def now(self, wall: float) -> float:
        """Exercise seconds at Unix time `wall`, as far as the log tells."""
        at, since = self.clock
        if not self.running or self.speed == "jump":
            return max(at, self.last) if self.speed == "jump" else at
        return max(self.last, at + max(0.0, wall - since) * float(self.speed))

    @property
    def state(self) -> str:
        """ready, running, paused, ending or over."""
        if self.over:
            return "over"
        if self.ending:
            return "ending"
        if not self.started:
            return "ready"
        return "running" if self.running else "paused"

    # One method for each kind of event

    def _created(self, event: Event) -> None:
        data = event.data
        self.exercise = str(data.get("exercise") or "")
        self.scenario = str(data.get("scenario") or "")
        given = data.get("options")
        self.options = dict(given) if isinstance(given, Mapping) else {}
        speed = data.get("speed", 1.0)
        self.speed = speed if isinstance(speed, int | float) else "jump"
        names = data.get("names")
        for team in data.get("teams") or ():
            story = self.team(str(team))
            if isinstance(names, Mapping):
                story.name = str(names.get(team) or team)

    def _bringup(self, event: Event) -> None:
        if event.team:
            data = event.data
            node = self.team(event.team).nodes.setdefault(str(data.get("node")), NodeState(""))
            node.state, node.detail = str(data.get("state")), str(data.get("detail") or "")
            node.at = event.at

    def _started(self, event: Event) -> None:
        self.started, self.started_wall = True, event.wall
        self.clock = (0.0, event.wall)

    def _clock(self, event: Event) -> None:
        self.running = bool(event.data.get("running"))
        rate = event.data.get("rate")
        self.speed = rate if isinstance(rate, int | float) else "jump"
        self.clock = (event.at if event.at is not None else self.last, event.wall)

    def _engine(self, event: Event) -> None:
        # A new engine goes on from the last event, whenever that was.
        self.clock = (self.last, event.wall)

    def _ended(self, event: Event) -> None:
        self.over, self.running = True, False
        self.clock = (self.last, event.wall)

    def _intended(self, event: Event) -> None:
        inject = self.team(event.team).inject(str(event.data["inject"]))
        inject.open, inject.unknown = event.at or 0.0, False

    def _injected(self, event: Event) -> None:
        data = event.data
        inject = self.team(event.team).inject(str(data["inject"]))
        inject.outcome, inject.at = str(data.get("outcome") or ""), event.at
        inject.detail = str(data.get("detail") or "")
        inject.blocked_by = str(data.get("blocked_by") or "")
        facts = data.get("facts")
        inject.facts = dict(facts) if isinstance(facts, Mapping) else {}
        inject.actor = event.actor
        inject.rounds += 1
        inject.open, inject.unknown = None, False

    def _retimed(self, event: Event) -> None:
        self.team(event.team).inject(str(event.data["inject"])).retimed = float(event.data["at"])

    def _submitted(self, event: Event) -> None:
        team, data = self.team(event.team), event.data
        form, answers = str(data.get("form")), data.get("answers")
        if not isinstance(answers, Mapping):
            return
        by = str(data.get("by") or event.actor)
        team.handed.append(Handed(event.seq, form, event.at or 0.0, by, dict(answers)))
        team.times[form] = team.times.get(form, 0) + 1
        same = [item for item in team.handed if item.form == form]
        if len(same) > KEPT_FORMS:
            team.handed.remove(same[0])
        self._acts(event, form)

    def _hint(self, event: Event) -> None:
        hint = str(event.data.get("hint"))
        self.team(event.team).hints.setdefault(hint, event.at or 0.0)
        self._acts(event, hint)

    def _acted(self, event: Event) -> None:
        self._acts(event, str(event.data.get("step") or ""))

    def _acts(self, event: Event, what: str) -> None:
        team = self.team(event.team)
        team.acted, team.did = event.at, what

    def _marked(self, event: Event) -> None:
        data = event.data
        text = f"{data.get('credit')}: {data.get('reason')}"
        self._keep(self.marks, event, text, str(data.get("check")))

    def _noted(self, event: Event) -> None:
        data = event.data
        text = str(data.get("text") or data.get("answer") or "")
        inject = str(data.get("inject") or "")
        if event.actor == "engine" and "failed" in data:
            nodes = self.team(event.team).nodes
            nodes[str(data["failed"])] = NodeState("failed", text, event.at)
            return
        if event.actor == "engine":
            lost = _UNKNOWN.match(text)
            if event.team and (lost or inject):
                self.team(event.team).inject(inject or str(lost and lost[1])).unknown = True
            return
        self._keep(self.calls if inject else self.notes, event, text, inject)

    def _keep(self, where: list[Said], event: Event, text: str, inject: str = "") -> None:
        where.append(Said(event.seq, event.at, event.wall, event.actor, event.team, text, inject))
        del where[:-KEPT]

    def _reverted(self, event: Event) -> None:
        team = self.team(event.team)
        node = team.nodes.setdefault(str(event.data.get("node")), NodeState("running"))
        node.state, node.detail, node.at = "running", "", event.at
        node.reverts += 1

    def _verb(self, event: Event) -> None:
        verb, args = event.data.get("verb"), event.data.get("args")
        args = args if isinstance(args, Mapping) else {}
        if verb == "extend":
            self.extension += float(args.get("seconds") or 0)
        elif verb == "end":
            self.ending, self.running = True, False
            self.clock = (event.at if event.at is not None else self.last, event.wall)
        elif verb == "snapshot":
            team = self.team(str(event.team or args.get("team")))
            names = team.snapshots.setdefault(str(args.get("node")), [])
            names.append(str(args.get("name")))
            del names[:-50]
        elif verb in ("fire", "hold", "release"):
            for name in args.get("teams") or ():
                self._steered(self.team(str(name)).inject(str(args.get("inject"))), verb, event)

    def _steered(self, inject: InjectState, verb: str, event: Event) -> None:
        inject.held = verb == "hold"
        if verb == "fire":
            inject.fired, inject.retimed = True, event.at
            inject.outcome, inject.open, inject.unknown = "", None, False
            inject.actor = event.actor


_TAKERS: dict[Kind, Callable[[Story, Event], None]] = {
    Kind.CREATED: Story._created,
    Kind.BRINGUP: Story._bringup,
    Kind.STARTED: Story._started,
    Kind.CLOCK: Story._clock,
    Kind.ENGINE: Story._engine,
    Kind.ENDED: Story._ended,
    Kind.INTENDED: Story._intended,
    Kind.INJECTED: Story._injected,
    Kind.RETIMED: Story._retimed,
    Kind.SUBMITTED: Story._submitted,
    Kind.HINT: Story._hint,
    Kind.ACTED: Story._acted,
    Kind.MARKED: Story._marked,
    Kind.NOTED: Story._noted,
    Kind.REVERTED: Story._reverted,
    Kind.VERB: Story._verb,
}
