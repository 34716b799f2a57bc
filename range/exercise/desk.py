"""What a team may ask and hand in. It sees its own side only: no answers, no future, no others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from range.clock import spoken
from range.events.event import Event, Kind
from range.exercise.drafts import Drafts
from range.exercise.engine import Engine
from range.exercise.forms import Refused, begun, filled_in
from range.exercise.names import names_of
from range.exercise.state import TeamState
from range.grading.grade import graded
from range.grading.result import rounded
from range.injects.context import opaque
from range.plan.model import LabPlan
from range.scenario.check import Form, Hint
from range.scenario.inject import Message
from range.scenario.moment import Moment
from range.scenario.scenario import Scenario
from range.text import line

Payload = Mapping[str, Any]
MOST_HANDED_IN = 1000  # of a team: the log is everybody's
WATCH = 25.0  # seconds that `watch` waits for news
_SOON = 0.05  # seconds; the least that it waits for a form to open
RECORDED = {
    "ja": "この演習での操作、提出物、ヒントの利用は、評価と振り返りのために記録されます。",
    "en": "What you do here, hand in and take as hints is recorded, for grading and debrief.",
}
_SHOWN = (Kind.SUBMITTED, Kind.HINT, Kind.STARTED, Kind.ENDED, Kind.REVERTED)


class Desk:
    """The desk of one team. `ask` is called in the engine's loop."""

    def __init__(
        self,
        engine: Engine,
        team: str,
        lab: LabPlan,
        events: list[Event],
        drafts: Drafts | None = None,
    ) -> None:
        self._engine = engine
        self._name = team
        self._drafts = drafts or Drafts()
        self._seq = 0  # of the last event that changed what the team sees
        self._news = asyncio.Event()
        self._lab = lab
        self._team: TeamState = engine.state.teams[team]
        self._history: list[dict[str, Any]] = []
        self._inbox: list[dict[str, Any]] = []
        self._keys: dict[str, Any] = {}
        self._handed_in: dict[str, dict[str, Any]] = {}
        self._taken: set[str] = set()
        for event in events:
            self.apply(event)
        engine.listeners.append(self.apply)

    def apply(self, event: Event) -> None:
        """Take in one event, if it is this team's to know."""
        if event.team not in ("", self._team.team):
            return
        data = event.data
        if event.kind is Kind.CREATED:
            self._name = names_of(data)[self._team.team]
        if event.kind is Kind.INJECTED and data["outcome"] == "delivered":
            message = self._scenario.injects[data["inject"]].message
            if message is not None and self._concerns(message):
                self._inbox.append(self._shown(message, event))
                self._seq = event.seq
        elif event.kind is Kind.MESSAGE:
            said = {key: {"ja": data[key], "en": data[key]} for key in ("from", "subject", "text")}
            told = {"id": self._id(event), "at": self._time(event), "channel": data["channel"]}
            self._inbox.append({**told, "to": [], **said})
        elif event.kind in _SHOWN:
            self._history.append({"at": self._time(event), "kind": event.kind, "by": event.actor,
                                  **{k: v for k, v in data.items() if k in ("form", "hint", "node")}
                                  })  # fmt: skip
        if event.kind is Kind.SUBMITTED:
            self._keys[str(data["id"])] = {"form": data["form"], "at": self._time(event)}
            self._handed_in[data["form"]] = {"at": self._time(event), "by": data["by"],
                                             "answers": dict(data["answers"])}  # fmt: skip
            self._drafts.drop(data["by"], data["form"], event.wall)
        if event.kind is Kind.HINT:
            self._taken.add(data["hint"])
        moved = event.kind is Kind.VERB and data["verb"] in ("extend", "end")
        if moved or event.kind in (*_SHOWN, Kind.MESSAGE, Kind.CLOCK):
            self._seq = event.seq
        # Whatever else it is may have opened a form or a hint: who waits looks for itself.
        self._news.set()
        self._news = asyncio.Event()

    async def answer(self, op: str, payload: Payload, by: str) -> Any:
        """Answer one request of a line: as `ask`, but `watch` waits, and drafts are on disk."""
        if op == "watch":
            return await self._watch(payload)
        result = self.ask(op, payload, by)
        if op in ("draft", "submit"):
            await self._drafts.settle()
        return result

    def ask(self, op: str, payload: Payload, by: str) -> Any:
        """Answer one request; Refused with what to tell the team."""
        verb = OPS.get(op)
        if verb is None:
            known = ", ".join([*OPS, "watch"])
            raise Refused(f"使えるのは {known} です。", f"The desk knows: {known}.")
        return verb(self, payload, self._author(by))

    # The verbs

    def briefing(self, payload: Payload, by: str) -> Any:
        """The scenario's opening, and what the clock says."""
        scenario = self._scenario
        state = self._engine.state
        return {
            "title": scenario.title.model_dump(),
            "briefing": scenario.briefing.model_dump(),
            "state": "over" if state.over else "running" if state.running else
                     "paused" if state.started else "waiting",
            "now": spoken(self._engine.clock.now()),
            "duration": spoken(state.end),
            "exercise": self._engine.id,
            "team": {"id": self._team.team, "name": self._name},
            "seconds": self._engine.clock.now(),
            "end": state.end,
            "rate": self._engine.rate,
            "profile": scenario.profile,
            "shows_score": scenario.shows_score,
            "recorded": dict(RECORDED),
        }  # fmt: skip

    def inbox(self, payload: Payload, by: str) -> Any:
        """Every message so far, oldest first."""
        return list(self._inbox)

    def forms(self, payload: Payload, by: str) -> Any:
        """The forms that may be handed in now."""
        people = self._scenario.people
        return [
            {
                "form": id_,
                "title": form.title.model_dump(),
                "to": people[form.to].name.model_dump() if form.to in people else form.to,
                "about": form.about.model_dump() if form.about else None,
                "fields": {name: field.model_dump(mode="json", exclude_none=True)
                           for name, field in form.fields.items()},
            }
            for id_, form in self._scenario.forms.items() if self._open(form)
        ]  # fmt: skip

    def submit(self, payload: Payload, by: str) -> Any:
        """Hand a form in. The same `key` again changes nothing and gives the same answer."""
        key = line(str(payload.get("key") or ""), 200)
        if key and key in self._keys:
            return self._keys[key]
        self._must_run()
        if len(self._keys) >= MOST_HANDED_IN:
            raise Refused(f"提出は {MOST_HANDED_IN} 回までです。",
                          f"A team hands in at most {MOST_HANDED_IN} times.")  # fmt: skip
        answers = filled_in(self._form(payload), payload.get("answers"))
        key = key or f"{by}-{self._engine.log.head.seq + 1}"
        self._engine.note(Kind.SUBMITTED, self._team.team, actor=by, form=str(payload["form"]),
                          answers=answers, by=by, id=key)  # fmt: skip
        return self._keys[key]

    def submissions(self, payload: Payload, by: str) -> Any:
        """What the team handed in last, by form: when, by whom, and the answers."""
        return dict(self._handed_in)

    def drafts(self, payload: Payload, by: str) -> Any:
        """What this person has begun and not handed in, by form."""
        return self._drafts.of(by)

    def draft(self, payload: Payload, by: str) -> Any:
        """Keep what is written so far, right or not."""
        answers = begun(self._form(payload), payload.get("answers"))
        at = spoken(self._engine.clock.now())
        self._drafts.save(by, str(payload["form"]), answers, at)
        return {"saved": True}

    def score(self, payload: Payload, by: str) -> Any:
        """The team's own score, where the scenario's profile shows it."""
        if not self._scenario.shows_score:
            raise Refused("この演習では、得点は終了後に講師から伝えられます。",
                          "The instructor tells the score after this exercise.")  # fmt: skip
        record = self._team.record
        (grade,) = graded(record.bundle, [record], exercise=self._engine.id).teams
        return {
            "score": rounded(grade.score),
            "max": rounded(grade.max),
            "phases": [{"phase": phase.phase.value, "points": rounded(phase.points),
                        "max": rounded(phase.max)} for phase in grade.phases],
            "provisional": grade.provisional,
        }  # fmt: skip

    def hints(self, payload: Payload, by: str) -> Any:
        """The hints there are: what they cost, and the text of those taken."""
        objectives = self._scenario.objectives
        return [
            {
                "hint": id_,
                "objective": objectives[hint.objective].title.model_dump(),
                "tier": hint.tier,
                "cost": self._cost(hint),
                "text": hint.text.model_dump() if id_ in self._taken else None,
            }
            for id_, hint in self._scenario.hints.items()
            if self._has_come(hint.opens)
        ]

    def hint(self, payload: Payload, by: str) -> Any:
        """Take a hint; taking it again costs nothing."""
        id_ = str(payload.get("hint"))
        hint = self._scenario.hints.get(id_)
        if hint is None or not self._has_come(hint.opens):
            raise Refused("そのヒントはありません。", "There is no such hint.")
        if id_ not in self._taken:
            self._must_run()
            if not self._earlier_taken(hint):
                raise Refused("先に前の段階のヒントを取ってください。",
                              "Take the hint of the tier before it first.")  # fmt: skip
            self._engine.note(Kind.HINT, self._team.team, actor=by, hint=id_, by=by)
        return {"hint": id_, "text": hint.text.model_dump(), "cost": self._cost(hint)}

    def timeline(self, payload: Payload, by: str) -> Any:
        """What this team did so far."""
        return list(self._history)

    def network(self, payload: Payload, by: str) -> Any:
        """The organisation's network, as far as its own people know it."""
        scenario = self._scenario
        return {
            "networks": {
                name: {"title": network.title.model_dump(), "cidr": str(network.cidr)}
                for name, network in scenario.networks.items() if not network.outside
            },
            "nodes": {
                node.name: {
                    "title": scenario.nodes[node.base].title.model_dump(),
                    "addresses": [str(nic.address) for nic in node.nics],
                    "login": node.reachable,
                }
                for node in self._lab.nodes if node.side == "blue"
            },
        }  # fmt: skip

    # What it needs

    async def _watch(self, payload: Payload) -> Any:
        """Wait until something is news to who has seen `since`; a number that only grows."""
        since = payload.get("since")
        deadline = time.monotonic() + WATCH
        while self._version() == since and (left := deadline - time.monotonic()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, self._until_opening()))
        return {"seq": self._version()}

    def _version(self) -> int:
        """Grow with each event that the team sees and with each form and hint that opens."""
        return self._seq + sum(self._has_come(moment) for moment in self._openings())

    def _openings(self) -> list[Moment]:
        forms, hints = self._scenario.forms.values(), self._scenario.hints.values()
        moments = (*(form.opens for form in forms), *(hint.opens for hint in hints))
        return [moment for moment in moments if moment is not None]

    def _until_opening(self) -> float:
        """Real seconds until the clock alone opens something; WATCH where it does not."""
        now = self._engine.clock.now()
        times = [self._team.record.happened(moment) for moment in self._openings()]
        waits = [self._engine.clock.real_until(at) for at in times if at is not None and at > now]
        return max(_SOON, min((wait for wait in waits if wait is not None), default=WATCH))

    def _author(self, by: str) -> str:
        """Return who asks: always somebody of this team, whatever the line says."""
        member = line(by, 60).partition("+")[2]
        return f"{self._team.team}+{member}" if member else self._team.team

    def _form(self, payload: Payload) -> Form:
        form = self._scenario.forms.get(str(payload.get("form")))
        if form is None or not self._open(form):
            known = ", ".join(f for f, form in self._scenario.forms.items() if self._open(form))
            raise Refused(f"その様式はありません。様式: {known}", f"No such form; forms: {known}")
        return form

    def _cost(self, hint: Hint) -> float:
        return hint.cost if self._scenario.charges_help else 0.0

    @property
    def _scenario(self) -> Scenario:
        return self._engine.state.bundle.scenario

    def _concerns(self, message: Message) -> bool:
        """Mail between users, or from an attacker to one, is not the team's to read."""
        people = self._scenario.people
        return any(people[person].side in ("blue", "white") for person in message.to)

    def _shown(self, message: Message, event: Event) -> dict[str, Any]:
        people = self._scenario.people
        return {
            "id": self._id(event),
            "at": self._time(event),
            "channel": message.channel,
            "from": people[message.from_].name.model_dump(),
            "to": [people[person].name.model_dump() for person in message.to],
            "subject": message.subject.model_dump(),
            "text": message.text.model_dump(),
        }

    def _id(self, event: Event) -> str:
        """Name a message: an inject's own id would tell which of how many it is."""
        return opaque(self._lab.seed, "inbox", str(event.seq))[:12]

    def _time(self, event: Event) -> str:
        return spoken(event.at or 0.0)

    def _has_come(self, moment: Any) -> bool:
        if moment is None:
            return True
        at = self._team.record.happened(moment)
        return at is not None and at <= self._engine.clock.now()

    def _open(self, form: Form) -> bool:
        return self._has_come(form.opens)

    def _earlier_taken(self, hint: Hint) -> bool:
        return all(
            id_ in self._taken
            for id_, other in self._scenario.hints.items()
            if other.objective == hint.objective and other.tier < hint.tier
        )

    def _must_run(self) -> None:
        state = self._engine.state
        if not state.started:
            raise Refused("演習はまだ始まっていません。", "The exercise has not started.")
        if state.over or state.ending is not None:
            raise Refused("演習は終わりました。", "The exercise is over.")
        if not state.running:
            raise Refused("演習は一時停止中です。", "The exercise is paused.")


OPS: dict[str, Callable[[Desk, Payload, str], Any]] = {
    "briefing": Desk.briefing,
    "inbox": Desk.inbox,
    "forms": Desk.forms,
    "submit": Desk.submit,
    "submissions": Desk.submissions,
    "drafts": Desk.drafts,
    "draft": Desk.draft,
    "score": Desk.score,
    "hints": Desk.hints,
    "hint": Desk.hint,
    "timeline": Desk.timeline,
    "network": Desk.network,
}
