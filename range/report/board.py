"""Boards: everything a scoreboard shows, as plain data, kept up with a log that grows.

A board is a function of the log's events up to some point, and of nothing else: drawn at the same
point again, from any copy of the log, it is equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.grading.result import TeamGrade
from range.report.feats import Feats, First
from range.report.history import Point, seen
from range.report.standings import Standings
from range.report.strips import Service, Strips
from range.report.tempo import Phase as State
from range.scenario.model import Phase, Text
from range.scenario.scenario import Bundle

_COLUMNS = 1 + len(Phase)  # the total, and each phase
Series = tuple[tuple[float, float], ...]  # exercise seconds, points; each holds until the next


@dataclass(frozen=True)
class BoardTeam:
    """One team. `name` is what people call it; `penalty` the points deducted, after the cap."""

    team: str
    name: str
    grade: TeamGrade
    series: Series
    phases_series: Mapping[Phase, Series]
    services: tuple[Service, ...]
    firsts: tuple[First, ...]
    hints: int
    penalty: float


@dataclass(frozen=True)
class Board:
    """The board at event `seq` of the log.

    `now` is exercise time at `wall` (Unix seconds), the moment of that event; from there it runs at
    `rate` (0: it stands). `end` is the planned end, with extensions, `checks` how many checks the
    scenario has.
    """

    exercise: str
    title: Text
    state: State
    now: float | None
    end: float
    wall: float
    rate: float
    seq: int
    teams: tuple[BoardTeam, ...]
    checks: int


class Boards:
    """Boards of one exercise, at the newest event or as they were. Not for several threads."""

    def __init__(self, folder: ExerciseFolder, log: Log, standings: Standings) -> None:
        self.standings = standings
        self._folder = folder
        self._log = log
        self._past: tuple[Standings, float, float] | None = None
        self._painters: dict[int, _Painter] = {}

    @classmethod
    def of(cls, folder: ExerciseFolder, log: Log) -> Self:
        """Open the boards of an exercise, up to date; CyderError where its files are damaged."""
        return cls(folder, log, Standings.of(folder, log))

    @property
    def bundle(self) -> Bundle:
        """The scenario that is graded by."""
        return self.standings.bundle

    def follow(self) -> bool:
        """Take in what is new in the log; True where there was something."""
        return self.standings.follow()

    def board(self, at: float | None = None, *, wall: float | None = None) -> Board:
        """Return the board by what was read; or as it was at exercise time `at`, or at `wall`.

        The past board is the one of the log cut off before its first event later than that. It is
        cheap for points that move forward (a delay); one that goes back folds the log again.
        """
        tempo = self.standings.tempo
        if (at is None or at >= tempo.latest) and (wall is None or wall >= tempo.wall):
            return self._paint(self.standings)
        at_, wall_ = _bound(at), _bound(wall)
        if self._past is None or at_ < self._past[1] or wall_ < self._past[2]:
            past = Standings.of(self._folder, self._log, at=at, wall=wall)
        else:
            past = self._past[0]
            past.follow(at=at, wall=wall)
        self._past = (past, at_, wall_)
        return self._paint(past)

    def _paint(self, standings: Standings) -> Board:
        past = standings is not self.standings
        painter = self._painters.get(past)
        if painter is None or painter.standings is not standings:
            painter = self._painters[past] = _Painter(standings)
        return painter.board()


class _Painter:
    """Draws boards of one fold; what no event changed is not drawn again."""

    def __init__(self, standings: Standings) -> None:
        self.standings = standings
        scenario = standings.bundle.scenario
        self._feats = Feats(scenario)
        self._strips = Strips(scenario)
        self._seen: dict[str, TeamGrade] = {}
        self._drawn: dict[str, tuple[int, list[Series]]] = {}  # number of points, and what of them

    def board(self) -> Board:
        standings = self.standings
        tempo, scenario = standings.tempo, standings.bundle.scenario
        for team, standing in standings.teams.items():
            if self._seen.get(team) is not standing.grade:
                self._seen[team] = standing.grade
                self._feats.look(team, standing.record)
        firsts = self._feats.firsts()
        now = tempo.now
        return Board(
            exercise=standings.exercise,
            title=scenario.title,
            state=tempo.state,
            now=now,
            end=scenario.duration + tempo.extension,
            wall=tempo.wall,
            rate=tempo.speed,
            seq=standings.seq,
            teams=tuple(self._team(team, now, firsts.get(team, ())) for team in standings.teams),
            checks=len(scenario.checks),
        )

    def _series(self, team: str, now: float | None) -> list[Series]:
        """The series of the total and of each phase, up to now."""
        points = self.standings.history.points.get(team, [])
        drawn, columns = self._drawn.get(team, (0, [()] * _COLUMNS))
        if drawn != len(points):
            columns = _longer(columns, points[drawn:])
            self._drawn[team] = (len(points), columns)
        if now is None:
            return columns
        last = seen(now, self._seen[team])
        if points and points[-1][1:] == last[1:]:
            return columns
        return _longer(columns, [last])

    def _team(self, team: str, now: float | None, firsts: tuple[First, ...]) -> BoardTeam:
        record, grade = self.standings.teams[team].record, self._seen[team]
        total, *phases = self._series(team, now)
        return BoardTeam(
            team=team,
            name=grade.name,
            grade=grade,
            series=total,
            phases_series=dict(zip(Phase, phases, strict=True)),
            services=self._strips.services(team, record, now),
            firsts=firsts,
            hints=len(record.state.hints),
            penalty=grade.deducted,
        )


def _longer(columns: Iterable[Series], points: Iterable[Point]) -> list[Series]:
    """The series of the total and of each phase, with more points."""
    return [
        (*series, *((point[0], point[column]) for point in points))
        for column, series in enumerate(columns, 1)
    ]


def _bound(limit: float | None) -> float:
    return float("inf") if limit is None else limit
