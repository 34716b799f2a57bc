"""What the audience may see of a board: ranks or none, names or pseudonyms. Every surface asks it.

Nothing that is hidden here may come back by the order of teams or by the title of a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from range.grading.result import Grade, TeamGrade
from range.report.board import Board, BoardTeam
from range.scenario.model import Language, Text
from range.scenario.scenario import Scenario


@dataclass(frozen=True)
class Row:
    """A team where it stands. `rank` is None where ranks are not shown; equal scores share one."""

    rank: int | None
    name: str
    team: BoardTeam

    @property
    def key(self) -> str:
        """The team's id: for the program, never for the screen."""
        return self.team.team


@dataclass(frozen=True)
class Face:
    """`names` are the pseudonyms, empty where teams appear under their own names."""

    language: Language = "ja"
    ranks: bool = True
    public: bool = False
    names: Mapping[str, Text] | None = None

    def name(self, team: BoardTeam) -> str:
        """Return what a team is called on the board."""
        if self.names is None:
            return team.name
        return self.names[team.team].in_(self.language) if team.team in self.names else "?"

    def rows(self, board: Board) -> list[Row]:
        """Teams from first to last; without ranks in an order that says nothing of the score."""
        teams = sorted(board.teams, key=self._alphabetical) if self.names else list(board.teams)
        if not self.ranks:
            return [Row(None, self.name(team), team) for team in teams]
        teams.sort(key=lambda team: -_points(team))
        rows: list[Row] = []
        for place, team in enumerate(teams, 1):
            tied = bool(rows) and _points(rows[-1].team) == _points(team)
            rows.append(Row(rows[-1].rank if tied else place, self.name(team), team))
        return rows

    def grade(self, board: Board, scenario: Scenario) -> Grade:
        """Return the score as results tell it, under the names of the board.

        Without pseudonyms the teams stand in the log's order, as in `cyder run --json`.
        """
        teams = board.teams
        if self.names is not None:
            teams = tuple(sorted(teams, key=self._alphabetical))
        return Grade(
            exercise=board.exercise,
            scenario=scenario.name,
            teams=tuple(self.team_grade(team) for team in teams),
            ended=board.state == "over",
        )

    def team_grade(self, team: BoardTeam) -> TeamGrade:
        """Return a team's grade under the team's name of the board."""
        if self.names is None:
            return team.grade
        id_ = self.names[team.team].en.lower().replace(" ", "-") if team.team in self.names else "?"
        return replace(team.grade, team=id_, name=self.name(team))

    def _alphabetical(self, team: BoardTeam) -> str:
        return self.names[team.team].en if self.names and team.team in self.names else "?"


def _points(team: BoardTeam) -> float:
    """Points as they are shown: teams that look equal are equal, and no others."""
    return round(team.grade.score, 2)
