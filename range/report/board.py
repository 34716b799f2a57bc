"""Boards: everything a scoreboard shows, as plain data, kept up with a log that grows.

A board is a function of the log's events up to some point, and of nothing else: drawn at the same
point again, from any copy of the log, it is equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Self

from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.grading.record import Record
from range.grading.result import TeamGrade
from range.grading.series import FULL, Run, Stamp
from range.report.history import Point, seen
from range.report.standings import Standing, Standings
from range.report.tempo import Phase as State
from range.scenario.check import Check
from range.scenario.model import Phase, Text
from range.scenario.moment import Moment
from range.scenario.scenario import Bundle

Up = Literal["up", "down", "unknown"]
Span = tuple[float, float, Up]
_COLUMNS = range(1, 2 + len(Phase))
Series = tuple[tuple[float, float], ...]  # exercise seconds, points; each holds until the next


@dataclass(frozen=True)
class Service:
    """How a service was, as its check saw it. Spans follow one another up to the board's `now`."""

    check: str
    title: Text
    spans: tuple[Span, ...]  # from, to (exercise seconds), state


@dataclass(frozen=True)
class First:
    """A check or objective that this team reached before all others, at `at` exercise seconds."""

    kind: Literal["check", "objective"]
    name: str
    title: Text
    phase: Phase
    at: float


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
        self._became = {
            name: Moment(check=name, wait=0)
            for name, check in scenario.checks.items()
            if check.penalty is None and check.valued in ("final", "first")
        }
        self._services = [
            name for name, check in scenario.checks.items() if check.valued == "availability"
        ]
        self._seen: dict[str, TeamGrade] = {}
        self._reached: dict[str, dict[str, Stamp]] = {}
        self._drawn: dict[str, tuple[int, list[Series]]] = {}  # number of points, and what of them
        self._strips: dict[str, list[tuple[str, list[Span]]]] = {}

    def board(self) -> Board:
        standings = self.standings
        tempo, scenario = standings.tempo, standings.bundle.scenario
        for team, standing in standings.teams.items():
            if self._seen.get(team) is not standing.grade:
                self._look(team, standing)
        firsts = self._firsts()
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

    def _look(self, team: str, standing: Standing) -> None:
        """Take note of what a new grade of a team may have changed."""
        self._seen[team] = standing.grade
        record = standing.record
        checks = record.bundle.scenario.checks
        reached = {
            name: stamp
            for name, moment in self._became.items()
            if (stamp := _achieved(record, name, checks[name], moment)) is not None
        }
        for name, objective_checks in self._objectives().items():
            stamps = [reached.get(check) for check in objective_checks]
            known = [stamp for stamp in stamps if stamp is not None]
            if known and len(known) == len(stamps):
                reached[f"objective {name}"] = max(known)
        self._reached[team] = reached
        self._strips[team] = [(name, _spans(record.series(name))) for name in self._services]

    def _objectives(self) -> Mapping[str, list[str]]:
        members: dict[str, list[str]] = {}
        for name, check in self.standings.bundle.scenario.checks.items():
            if name in self._became:
                members.setdefault(check.objective, []).append(name)
        return members

    def _series(self, team: str, now: float | None) -> list[Series]:
        """The series of the total and of each phase, up to now."""
        points = self.standings.history.points.get(team, [])
        drawn, columns = self._drawn.get(team, (-1, []))
        if drawn != len(points):
            columns = _columns(points)
            self._drawn[team] = (len(points), columns)
        if now is None:
            return columns
        last = seen(now, self._seen[team])
        if points and points[-1][1:] == last[1:]:
            return columns
        return [(*series, end) for series, (end,) in zip(columns, _columns([last]), strict=True)]

    def _firsts(self) -> Mapping[str, list[First]]:
        """Who reached what before all others; of one moment, what was written down first."""
        best: dict[str, tuple[Stamp, str]] = {}
        for team, reached in self._reached.items():
            for what, stamp in reached.items():
                if what not in best or stamp < best[what][0]:
                    best[what] = (stamp, team)
        firsts: dict[str, list[First]] = {}
        for what, (stamp, team) in sorted(best.items(), key=lambda item: item[1]):
            firsts.setdefault(team, []).append(self._first(what, stamp.at))
        return firsts

    def _first(self, what: str, at: float) -> First:
        scenario = self.standings.bundle.scenario
        kind, _, objective = what.partition(" ")
        if objective:
            meant = scenario.objectives[objective]
            return First("objective", objective, meant.title, meant.phase, at)
        check = scenario.checks[kind]
        return First("check", kind, check.title, scenario.objectives[check.objective].phase, at)

    def _team(self, team: str, now: float | None, firsts: Iterable[First]) -> BoardTeam:
        standings, grade = self.standings, self._seen[team]
        checks = standings.bundle.scenario.checks
        total, *phases = self._series(team, now)
        return BoardTeam(
            team=team,
            name=grade.name,
            grade=grade,
            series=total,
            phases_series=dict(zip(Phase, phases, strict=True)),
            services=tuple(
                Service(name, checks[name].title, _until(spans, now))
                for name, spans in self._strips[team]
            ),
            firsts=tuple(firsts),
            hints=len(standings.teams[team].record.state.hints),
            penalty=grade.deducted,
        )


def _columns(points: Iterable[Point]) -> list[Series]:
    """The series of the total and of each phase."""
    return [tuple((point[0], point[column]) for point in points) for column in _COLUMNS]


def _bound(limit: float | None) -> float:
    return float("inf") if limit is None else limit


def _achieved(record: Record, name: str, check: Check, moment: Moment) -> Stamp | None:
    """When a team reached a check; None where it did not, or where it was so from the outset."""
    marks = record.state.marks.get(name)
    if marks and marks[-1].credit < FULL:
        return None
    stamp = record.stamp(moment)
    if stamp is None or check.probe is None or check.starts or check.requires:
        return stamp
    runs = record.series(name)
    return None if runs and runs[0].low >= FULL and runs[0].first == stamp else stamp


def _spans(runs: Iterable[Run]) -> list[Span]:
    """Stretches of one state; each look holds until the next. The last has no end yet."""
    spans: list[Span] = []
    for run in runs:
        state: Up = "unknown" if not run.known else "up" if run.low >= FULL else "down"
        if spans and spans[-1][2] == state:
            continue
        if spans:
            since, _, before = spans[-1]
            spans[-1] = (since, run.first.at, before)
        spans.append((run.first.at, run.last.at, state))
    return spans


def _until(spans: list[Span], now: float | None) -> tuple[Span, ...]:
    if not spans or now is None:
        return tuple(spans)
    since, last, state = spans[-1]
    return (*spans[:-1], (since, max(last, now), state))
