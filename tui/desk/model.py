"""What the desk knows: its team's view as the engine last told it, and what the member did here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from range.scenario.model import Language
from range.text import line
from tui.desk.line import Answers, Json

STATES = ("waiting", "running", "paused", "over")


def said(value: Any, language: Language) -> str:
    """Return a text of both languages in one of them; a plain one as it is."""
    if isinstance(value, dict):
        return str(value.get(language) or value.get("en") or value.get("ja") or "")
    return "" if value is None else str(value)


def spoken(seconds: float) -> str:
    """Write seconds as `01:23:45`; before the start as 00:00:00."""
    whole = max(0, int(seconds))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def by_objective(hints: list[Json]) -> list[Json]:
    """Return hints of one objective together, in the order in which they can be taken."""
    objectives = [hint["objective"] for hint in hints]
    return sorted(hints, key=lambda hint: (objectives.index(hint["objective"]), hint["tier"]))


@dataclass
class DeskModel:
    """The team's view. Lists are as the engine's desk gives them, oldest first."""

    team: str
    member: str = ""
    nodes: Sequence[str] = ()
    door: str = ""  # HOST:PORT of the team's way in; "" where it is not known
    watch: Callable[[], float] = time.monotonic
    briefing: Json = field(default_factory=dict)
    inbox: list[Json] = field(default_factory=list)
    forms: list[Json] = field(default_factory=list)
    hints: list[Json] = field(default_factory=list)
    timeline: list[Json] = field(default_factory=list)
    network: Json = field(default_factory=dict)
    submissions: dict[str, Json] = field(default_factory=dict)
    drafts: dict[str, Answers] = field(default_factory=dict)
    score: Json | None = None
    read: set[str] = field(default_factory=set)
    page: str = ""  # the one that is open
    lost: bool = False
    _taken_at: float = 0.0

    @property
    def by(self) -> str:
        """Who asks: the team, and the member where the name is known."""
        return f"{self.team}+{self.member}" if self.member else self.team

    @property
    def known(self) -> bool:
        """True once the engine has told of the exercise."""
        return bool(self.briefing)

    @property
    def state(self) -> str:
        """How the exercise stands: one of STATES."""
        state = str(self.briefing.get("state", "waiting"))
        return state if state in STATES else "waiting"

    def take_briefing(self, briefing: Json) -> None:
        """Take in the briefing and set the clock by it."""
        self.briefing = briefing
        self._taken_at = self.watch()

    @property
    def seconds(self) -> float:
        """Exercise time now, in seconds; it stands still where the line is lost for long."""
        told = float(self.briefing.get("seconds") or 0.0)
        rate = float(self.briefing.get("rate") or 0.0) if self.state == "running" else 0.0
        return min(told + max(0.0, self.watch() - self._taken_at) * rate, max(self.end, told))

    @property
    def end(self) -> float:
        """Exercise time of the end, in seconds."""
        return float(self.briefing.get("end") or 0.0)

    @property
    def unread(self) -> list[str]:
        """Ids of messages that nobody opened here."""
        return [item["id"] for item in self.inbox if item["id"] not in self.read]

    def form(self, id_: str) -> Json | None:
        """The form, if it may be handed in now."""
        return next((form for form in self.forms if form["form"] == id_), None)

    def who(self, by: str) -> str:
        """Name an actor of the log for the team; "" for one that is not of the team."""
        team, _, member = line(by, 80).partition("+")
        return (member or self.team_name) if team == self.team else ""

    @property
    def team_name(self) -> str:
        """The team as people call it."""
        team = self.briefing.get("team")
        name = team.get("name") if isinstance(team, dict) else None
        return line(str(name or self.team), 60)
