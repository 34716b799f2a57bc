"""Standings: the records of all teams, kept up with a log that grows. For boards and scores."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter

from range import grading
from range.events.event import Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Head, Log
from range.events.projection import Projection
from range.grading.fold import State
from range.grading.grade import graded
from range.grading.judge import Judge
from range.grading.record import Record
from range.grading.result import Grade
from range.scenario.scenario import Bundle

_STATES = TypeAdapter(dict[str, State])
_WORTH_KEEPING = 5000  # events; fewer are folded in no time


class Standings:
    """Reads a log on; `grade` gives the score at any moment. Not a judge of a log: see `verify`."""

    def __init__(self, exercise: str, bundle: Bundle, log: Log) -> None:
        self.exercise = exercise
        self.bundle = bundle
        self.seq = 0
        self._log = log
        self._judge = Judge(bundle)
        self._records: dict[str, Record] = {}
        self._common: list[Event] = []

    @classmethod
    def of(cls, folder: ExerciseFolder, log: Log) -> Self:
        """Return up-to-date standings, from a projection where one fits."""
        bundle = folder.bundle()
        standings = cls(folder.id, bundle, log)
        projection = Projection(folder.projections / "standings.json", _key(bundle))
        kept = projection.load(log)
        if kept is not None:
            standings._restore(*kept)
        before = standings.seq
        standings.follow()
        if standings.seq - before >= _WORTH_KEEPING:
            head = Head(standings.seq, log.hash_at(standings.seq).hex())
            projection.save(standings._states(), head)
        return standings

    def follow(self) -> bool:
        """Take in what is new in the log; True where there was something."""
        before = self.seq
        for event in self._log.read(self.seq):
            self.seq = event.seq
            if event.kind is Kind.CREATED:
                for team in event.data.get("teams") or ():
                    self._record(str(team))
            if event.team:
                self._record(event.team).apply(event)
            else:
                self._common.append(event)
                for record in self._records.values():
                    record.apply(event)
        return self.seq != before

    @property
    def grade(self) -> Grade:
        """The score by what has been read."""
        return graded(self.bundle, list(self._records.values()), exercise=self.exercise)

    def record(self, team: str) -> Record | None:
        """Return what one team's events add up to, to read; None for a team not heard of."""
        return self._records.get(team)

    def _record(self, team: str) -> Record:
        if team not in self._records:
            record = self._records[team] = Record(self.bundle, team, self._judge)
            for event in self._common:
                record.apply(event)
        return self._records[team]

    def _states(self) -> object:
        states = {team: record.state for team, record in self._records.items()}
        return _STATES.dump_python(states, mode="json")

    def _restore(self, states: object, seq: int) -> None:
        try:
            known = _STATES.validate_python(states)
        except ValueError:
            return
        for team, state in known.items():
            self._records[team] = Record(self.bundle, team, self._judge, state)
        self.seq = seq


def _key(bundle: Bundle) -> str:
    """Name the scenario and the code that fold: another of either makes another state."""
    digest = hashlib.sha256(bundle.model_dump_json(by_alias=True).encode())
    for source in sorted(Path(grading.__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()
