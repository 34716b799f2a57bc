"""What the views of one exercise share: the reader, the line to the engine, whom they look at."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from range.scenario.model import Language
from range.scenario.scenario import Scenario
from tui.console.client import Client
from tui.console.exercise.cells import Cell, Coming, coming
from tui.console.exercise.model import Story
from tui.console.exercise.reader import Reader, Scene
from tui.console.exercise.stuck import Goals, Standing, standing

CALLED = frozenset({"phone", "in-person"})


@dataclass
class Hub:
    """Shared state. `scope` is the team looked at, "" for all; `wall` tells Unix time."""

    reader: Reader
    client: Client
    wall: Callable[[], float] = time.time
    scope: str = ""
    alive: bool = True
    ready: bool = False  # the log was read up to where it stood at the start
    # What the engine said last: exercise seconds at a Unix time.
    told: tuple[float, float] | None = None

    @cached_property
    def _markable(self) -> frozenset[str]:
        return frozenset(id_ for id_ in self.scenario.checks if awaits_mark(self.scenario, id_))

    @property
    def scene(self) -> Scene:
        """What was read."""
        return self.reader.scene

    @property
    def story(self) -> Story:
        """The fold of it."""
        return self.reader.scene.story

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was frozen."""
        return self.reader.scenario

    @property
    def now(self) -> float:
        """Exercise seconds: as the engine told, else as the log tells."""
        story, wall = self.story, self.wall()
        if not self.alive:
            return story.last
        at, since = self.told or (0.0, -1.0)
        # What was told before the clock last changed is told no more.
        if since >= story.clock[1] and story.running and story.speed != "jump":
            return max(story.last, at + max(0.0, wall - since) * float(story.speed))
        return story.now(wall)

    @property
    def end(self) -> float:
        """Exercise second of ENDEX."""
        return self.scenario.duration + self.story.extension

    @property
    def teams(self) -> list[str]:
        """The teams looked at."""
        return [self.scope] if self.scope else list(self.story.teams)

    def name(self, team: str) -> str:
        """Return what a team is called on screens."""
        known = self.story.teams.get(team)
        return known.name if known is not None and known.name else team

    def names(self) -> list[tuple[str, str]]:
        """Return every team with what is shown for it in a choice."""
        return [
            (team.team, team.team if team.name in ("", team.team) else f"{team.team} {team.name}")
            for team in self.story.teams.values()
        ]

    def cell(self, team: str, inject: str) -> Cell:
        """Return how an inject stands for a team."""
        return self.scene.table.get(team, {}).get(inject) or Cell("waiting")

    def coming(self) -> list[Coming]:
        """Return what comes next for the teams looked at; after the end nothing does."""
        if self.story.over:
            return []
        return coming({team: self.scene.table.get(team, {}) for team in self.teams})

    def standings(self) -> list[Standing]:
        """Return how the teams looked at are getting on."""
        none = Goals({})
        return [
            standing(self.story.teams[team], self.scene.goals.get(team, none), self.now)
            for team in self.teams
        ]

    def unknown(self) -> list[tuple[str, str]]:
        """Return team and inject of what the white cell must decide."""
        return [
            (team, id_)
            for team in self.teams
            for id_, cell in self.scene.table.get(team, {}).items()
            if cell.status == "unknown"
        ]

    def calls(self) -> list[tuple[str, str]]:
        """Return team and inject of scripts that are to be read out and have no answer noted."""
        if self.story.over:
            return []
        noted = {(said.team, said.inject) for said in self.story.calls}
        scripts = [
            id_
            for id_, inject in self.scenario.injects.items()
            if inject.message is not None and inject.message.channel in CALLED
        ]
        return [
            (team, id_)
            for id_ in scripts
            for team in self.teams
            if self.cell(team, id_).status == "delivered" and (team, id_) not in noted
        ]

    def awaiting(self) -> list[tuple[str, str]]:
        """Return team and check of what awaits a mark."""
        return [
            (team, check.check)
            for team in self.teams
            if team in self.scene.grades
            for check in self.scene.grades[team].checks
            if check.pending and check.runs and check.check in self._markable
        ]


def awaits_mark(scenario: Scenario, check: str) -> bool:
    """Tell whether only the white cell can judge a check."""
    known = scenario.checks[check]
    return known.rubric is not None or (
        known.answer is not None and known.answer.rubric is not None
    )


def spoken_title(hub: Hub, inject: str, language: Language) -> str:
    """Return an inject's id and title."""
    return f"{inject} {hub.scenario.injects[inject].title.in_(language)}"
