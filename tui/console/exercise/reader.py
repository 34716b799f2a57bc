"""Reads an exercise for the console: the log from where it was left, in a thread of the screen's.

Nothing here is Textual. `follow` is called by one thread at a time; what it returns and what
`scene` holds is then shown by the screen. A fold that was kept lets a long log open at once.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from range.events.event import Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.events.projection import Cut, Projections
from range.grading.record import Record
from range.grading.result import TeamGrade
from range.report.standings import WORTH_KEEPING, Standings
from range.scenario.scenario import Bundle, Scenario
from tui.console.exercise.cells import Cell, again, by_checks, cells
from tui.console.exercise.model import Story
from tui.console.exercise.stuck import Goals, goals

WINDOW = 500  # events the feed holds
MOST = 2000  # events taken in at a time, so that the screen stays alive
_STORY = TypeAdapter(Story)


@dataclass
class Scene:
    """All that the screen shows."""

    story: Story = field(default_factory=Story)
    table: dict[str, dict[str, Cell]] = field(default_factory=dict)  # team -> inject -> cell
    grades: dict[str, TeamGrade] = field(default_factory=dict)
    goals: dict[str, Goals] = field(default_factory=dict)
    recent: deque[Event] = field(default_factory=lambda: deque(maxlen=WINDOW))


class Grown(NamedTuple):
    """What a look at the log brought: the newest events, and whether more than looks came."""

    fresh: list[Event]
    changed: bool


class Reader:
    """One exercise, read on and on. Close it when done."""

    def __init__(self, folder: ExerciseFolder) -> None:
        """Open log and scenario; CyderError when they are missing or damaged."""
        self.folder = folder
        self.bundle: Bundle = folder.bundle()
        self.log: Log = folder.read()
        self.scene = Scene()
        self._standings: Standings | None = None
        self._by_checks = by_checks(self.scenario)
        self._graded_at = -1
        self._kept_at = 0

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was frozen."""
        return self.bundle.scenario

    def open(self, told: Callable[[int, int], object] = lambda *_: None) -> None:
        """Read what is there. `told` hears of long reading: events read, and how many there are."""
        head = self.log.head
        kept = self._projections().load(self.log, lambda cut: cut.seq <= head.seq)
        if kept is not None:
            self._restore(*kept)
        self._kept_at = self.scene.story.seq
        self._standings = Standings.of(self.folder, self.log)
        if head.seq - self.scene.story.seq > WORTH_KEEPING:
            self._skim(head.seq)
        for event in self.log.read(self.scene.story.seq):
            self._take(event)
            if event.seq % 20_000 == 0:
                told(event.seq, head.seq)
        self.keep()
        self.scene.recent.extend(self.page(self.scene.story.seq + 1, WINDOW))
        self._cells(set(self.scene.story.teams))
        self.grade()

    def follow(self, most: int = MOST) -> Grown:
        """Take in what is new in the log, `most` events of it."""
        story = self.scene.story
        fresh: deque[Event] = deque(maxlen=WINDOW)
        changed: set[str] = set()
        looked: set[str] = set()
        for taken, event in enumerate(self.log.read(story.seq), 1):
            changed |= self._take(event)
            if event.kind is Kind.OBSERVED:
                looked.add(event.team)
            fresh.append(event)
            if taken == most:
                break
        self.scene.recent.extend(fresh)
        self._cells(changed)
        for team in looked - changed if self._by_checks else ():
            row = self.scene.table.get(team)
            if row is not None:
                told = story.team(team), self._record(team), self._by_checks
                row.update(again(self.scenario, *told))
        told_anew = bool(changed) or (bool(looked) and bool(self._by_checks))
        return Grown(list(fresh), told_anew)

    @property
    def behind(self) -> bool:
        """True while the log has more than was read."""
        return self.log.head.seq > self.scene.story.seq

    def grade(self) -> bool:
        """Grade anew if there is something new; True where there was."""
        assert self._standings is not None
        if self._graded_at == self._standings.seq:
            return False
        self._graded_at = self._standings.seq
        for name, standing in self._standings.teams.items():
            grade = standing.grade
            if self.scene.grades.get(name) is not grade:
                self.scene.grades[name] = grade
                self.scene.goals[name] = goals(self.scenario, standing.record, grade)
        return True

    def page(self, before: int, count: int, wanted: Callable[[Event], bool] | None = None,
             looks: int = 20) -> list[Event]:  # fmt: skip
        """Return up to `count` events before number `before`, oldest first, as far as `looks`
        pages of the log reach."""
        found: list[Event] = []
        while before > 1 and len(found) < count and looks:
            after = max(0, before - 1 - WINDOW)
            part = [event for event in self._between(after, before) if not wanted or wanted(event)]
            found = part + found
            before, looks = after + 1, looks - 1
        return found[-count:]

    def keep(self, least: int = WORTH_KEEPING) -> None:
        """Keep the folds for the next start, where that saves reading `least` events."""
        story = self.scene.story
        if self._standings is None or story.seq - self._kept_at < least:
            return
        tempo = self._standings.tempo
        cut = Cut(story.seq, self.log.hash_at(story.seq).hex(), tempo.latest, tempo.wall)
        self._projections().save(_STORY.dump_python(story, mode="json"), cut)
        self._kept_at = story.seq

    def close(self) -> None:
        """Close the log."""
        self.log.close()

    def _between(self, after: int, before: int) -> Iterator[Event]:
        for event in self.log.read(after):
            if event.seq >= before:
                return
            yield event

    def _take(self, event: Event) -> set[str]:
        """Take an event into both folds, once each."""
        assert self._standings is not None
        if event.seq > self._standings.seq:
            self._standings.apply(event)
        return self.scene.story.apply(event)

    def _record(self, team: str) -> Record | None:
        assert self._standings is not None
        standing = self._standings.teams.get(team)
        return standing.record if standing is not None else None

    def _cells(self, teams: set[str]) -> None:
        for team in self.scene.story.teams.values():
            if team.team in teams:
                self.scene.table[team.team] = cells(self.scenario, team, self._record(team.team))

    def _projections(self) -> Projections:
        return Projections(self.folder.projections, "console", _key())

    def _skim(self, upto: int) -> None:
        """Fold what is there without decoding observations: of a long log they are nearly all."""
        assert self._standings is not None
        story = self.scene.story
        for event in self.log.besides(Kind.OBSERVED, story.seq, upto):
            story.apply(event)
        story.seq = upto
        story.last = max(story.last, self._standings.tempo.latest)

    def _restore(self, state: Any, cut: Cut) -> None:
        with suppress(ValueError):
            story = _STORY.validate_python(state)
            story.seq = cut.seq
            self.scene.story = story


def _key() -> str:
    """Name the code that folds: another makes another state."""
    return hashlib.sha256((Path(__file__).parent / "model.py").read_bytes()).hexdigest()
