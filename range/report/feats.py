"""Feats: who reached a check or an objective before all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from range.grading.record import Record
from range.grading.series import FULL, Run, Stamp
from range.scenario.check import Check
from range.scenario.model import Phase, Text
from range.scenario.moment import Moment
from range.scenario.scenario import Scenario

_Feat = tuple[Literal["check", "objective"], str]


@dataclass(frozen=True)
class First:
    """A check or objective that this team reached before all others, at `at` exercise seconds."""

    kind: Literal["check", "objective"]
    name: str
    title: Text
    phase: Phase
    at: float


class Feats:
    """Knows when each team reached what. A check to keep up, not to reach, is no feat."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._moments = {
            name: Moment(check=name, wait=0)
            for name, check in scenario.checks.items()
            if check.penalty is None and check.valued in ("final", "first")
        }
        self._parts: dict[str, list[str]] = {}  # of an objective
        for name in self._moments:
            self._parts.setdefault(scenario.checks[name].objective, []).append(name)
        self._reached: dict[str, dict[_Feat, Stamp]] = {}
        self._firsts: Mapping[str, tuple[First, ...]] | None = None
        self._known: dict[tuple[str, str], tuple[list[Run], Stamp | None]] = {}

    def look(self, team: str, record: Record) -> None:
        """Take note of what a team has reached."""
        stamps = {name: self._achieved(team, record, name) for name in self._moments}
        reached: dict[_Feat, Stamp] = {
            ("check", name): stamp for name, stamp in stamps.items() if stamp is not None
        }
        for objective, names in self._parts.items():
            parts = [stamp for name in names if (stamp := stamps[name]) is not None]
            if len(parts) == len(names):
                reached["objective", objective] = max(parts)
        if self._reached.get(team) != reached:
            self._reached[team] = reached
            self._firsts = None

    def firsts(self) -> Mapping[str, tuple[First, ...]]:
        """By team, in order of time; of one moment, what was written down first."""
        if self._firsts is None:
            self._firsts = self._found()
        return self._firsts

    def _found(self) -> Mapping[str, tuple[First, ...]]:
        best: dict[_Feat, tuple[Stamp, str]] = {}
        for team, reached in self._reached.items():
            for feat, stamp in reached.items():
                if feat not in best or stamp < best[feat][0]:
                    best[feat] = (stamp, team)
        firsts: dict[str, tuple[First, ...]] = {}
        for feat, (stamp, team) in sorted(best.items(), key=lambda item: item[1]):
            firsts[team] = (*firsts.get(team, ()), self._first(feat, stamp.at))
        return firsts

    def _achieved(self, team: str, record: Record, name: str) -> Stamp | None:
        # A record gives the same list until something may have changed it, a mark included.
        runs, marks = record.series(name), record.state.marks.get(name, [])
        known = self._known.get((team, name))
        if known is not None and known[0] is runs:
            return known[1]
        stamp = None
        if not marks or marks[-1].credit >= FULL:
            stamp = record.stamp(self._moments[name])
            if stamp is not None and _was_so(self._scenario.checks[name], runs, stamp):
                stamp = None
        self._known[team, name] = (runs, stamp)
        return stamp

    def _first(self, feat: _Feat, at: float) -> First:
        kind, name = feat
        check = self._scenario.checks[name] if kind == "check" else None
        objective = self._scenario.objectives[check.objective if check else name]
        return First(kind, name, (check or objective).title, objective.phase, at)


def _was_so(check: Check, runs: list[Run], stamp: Stamp) -> bool:
    """Tell whether the first look found it so: nobody did anything for that."""
    if check.probe is None or check.starts or check.requires or not runs:
        return False
    return runs[0].low >= FULL and runs[0].first == stamp
