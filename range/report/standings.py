"""Standings: the records of all teams, kept up with a log that grows. For boards and scores.

Only what an event may have changed is graded again, and only when somebody asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any, Self

from range import grading, scenario
from range.events.event import Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.events.projection import MILESTONE, Cut, Projections
from range.grading.fold import TAKEN
from range.grading.grade import Shares, team_grade
from range.grading.judge import Judge
from range.grading.packed import packed, unpacked
from range.grading.record import Record
from range.grading.result import CheckGrade, Grade, TeamGrade
from range.grading.value import value
from range.report.history import History
from range.report.tempo import Tempo
from range.scenario.scenario import Bundle

WORTH_KEEPING = 5000  # events; fewer are folded in no time


class Standing:
    """One team: its record, and its grade when asked for."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._values: dict[str, CheckGrade] = {}
        self._drifting: set[str] = set()
        self._shares: Shares = {}
        self._grade: TeamGrade | None = None

    def apply(self, event: Event) -> None:
        """Take in one event of this team, or of all."""
        self.record.apply(event)
        self._grade = None

    @property
    def grade(self) -> TeamGrade:
        """The score by what has been read; the same object until something is read."""
        if self._grade is None:
            checks = self.record.bundle.scenario.checks
            changed = self.record.changed()
            for name in checks:
                if name in changed or name in self._drifting:
                    self._values[name] = value(self.record, name)
            # What was up and down is worth something else as time goes by.
            self._drifting = {
                name
                for name, known in self._values.items()
                if checks[name].valued == "availability" and len(known.runs) > 1
            }
            self._grade = team_grade(
                self.record, [self._values[name] for name in checks], self._shares
            )
        return self._grade


class Standings:
    """Reads a log on; `grade` gives the score at any moment. Not a judge of a log: see `verify`."""

    def __init__(self, exercise: str, bundle: Bundle, log: Log) -> None:
        self.exercise = exercise
        self.bundle = bundle
        self.seq = 0
        self.tempo = Tempo()
        self.history = History(bundle.scenario.duration)
        self.teams: dict[str, Standing] = {}
        self._log = log
        self._judge = Judge(bundle)
        self._common: list[Event] = []
        self._reader: Iterator[Event] = iter(())
        self._next: Event | None = None  # read already, but not yet due

    @classmethod
    def of(
        cls,
        folder: ExerciseFolder,
        log: Log,
        *,
        at: float | None = None,
        wall: float | None = None,
    ) -> Self:
        """Return up-to-date standings, or as they were (see `follow`); from a kept fold if any."""
        bundle = folder.bundle()
        standings = cls(folder.id, bundle, log)
        kept = Projections(folder.projections, "standings", _key(folder))
        found = kept.load(log, lambda cut: not _beyond(cut.at, cut.wall, at, wall))
        if found is not None:
            with suppress(ValueError, TypeError, LookupError, AttributeError):
                standings = cls(folder.id, bundle, log)._restored(*found)
        kept_at = standings.seq
        while standings.follow(at=at, wall=wall, upto=(standings.seq // MILESTONE + 1) * MILESTONE):
            if standings.seq % MILESTONE == 0:
                standings.keep(kept)
                kept_at = standings.seq
        if standings.seq - kept_at >= WORTH_KEEPING and at is None and wall is None:
            standings.keep(kept)
        return standings

    def follow(
        self, *, at: float | None = None, wall: float | None = None, upto: int | None = None
    ) -> bool:
        """Take in what is new in the log; True where there was something.

        With `at` (exercise seconds) or `wall` (Unix seconds): only up to the first event after it;
        with `upto`: only up to the event of that number.
        """
        before = self.seq
        while self.seq != upto and (event := self._following()) is not None:
            if _beyond(event.at, event.wall, at, wall):
                break
            self._next = None
            self.apply(event)
        return self.seq != before

    @property
    def grade(self) -> Grade:
        """The score by what has been read."""
        return Grade(
            exercise=self.exercise,
            scenario=self.bundle.scenario.name,
            teams=tuple(standing.grade for standing in self.teams.values()),
            ended=bool(self.teams) and all(s.record.state.ended for s in self.teams.values()),
        )

    def record(self, team: str) -> Record | None:
        """Return what one team's events add up to, to read; None for a team not heard of."""
        standing = self.teams.get(team)
        return None if standing is None else standing.record

    def keep(self, where: Projections) -> bool:
        """Keep what was folded; False where it cannot be written."""
        tempo = self.tempo
        cut = Cut(self.seq, self._log.hash_at(self.seq).hex(), tempo.latest, tempo.wall)
        teams = {team: packed(standing.record.state) for team, standing in self.teams.items()}
        common = [astuple(event) for event in self._common]
        state = [tempo.packed(), self.history.packed(), common, teams]
        return where.save(state, cut)

    def _following(self) -> Event | None:
        """Return the next event without taking it; None where there is none yet."""
        if self._next is None:
            self._next = next(self._reader, None)
            if self._next is None:
                self._reader = self._log.read(self.seq)
                self._next = next(self._reader, None)
        return self._next

    def apply(self, event: Event) -> None:
        """Take in one event, the next of the log."""
        if event.at is not None and event.at >= self.history.due:
            self.history.look(event.at, self.teams)
        self.seq = event.seq
        self.tempo.apply(event)
        if event.kind is Kind.CREATED:
            for team in event.data.get("teams") or ():
                self._standing(str(team))
        if event.team:
            self._standing(event.team).apply(event)
        elif event.kind in TAKEN:
            self._common.append(event)
            for standing in self.teams.values():
                standing.apply(event)

    def _standing(self, team: str) -> Standing:
        if team not in self.teams:
            record = Record(self.bundle, team, self._judge)
            for event in self._common:
                record.apply(event)
            self.teams[team] = Standing(record)
        return self.teams[team]

    def _restored(self, state: Any, cut: Cut) -> Self:
        tempo, history, common, teams = state
        self.tempo = Tempo(*tempo)
        self.history.restore(history)
        self._common = [Event(seq, Kind(kind), *others) for seq, kind, *others in common]
        for team, known in teams.items():
            self.teams[team] = Standing(Record(self.bundle, team, self._judge, unpacked(known)))
        self.seq = cut.seq
        return self


def _beyond(
    event_at: float | None, event_wall: float, at: float | None, wall: float | None
) -> bool:
    late = at is not None and event_at is not None and event_at > at
    return late or (wall is not None and event_wall > wall)


def _key(folder: ExerciseFolder) -> str:
    """Name the scenario and the code that fold: another of either makes another state."""
    digest = hashlib.sha256((folder.path / "bundle.json").read_bytes())
    here = Path(__file__).parent
    packages = [Path(path) for module in (grading, scenario) for path in module.__path__]
    sources = [source for package in packages for source in sorted(package.glob("*.py"))]
    sources += [here / name for name in ("standings.py", "history.py", "tempo.py")]
    sources += [here.parent / "text.py", here.parent / "events" / "event.py"]
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()
