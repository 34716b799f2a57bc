"""How each inject stands for each team, and what comes next: pure, by the engine's own schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from range.exercise.schedule import inject_due
from range.exercise.state import TeamState
from range.grading.record import Record
from range.scenario.inject import Inject
from range.scenario.responder import IDLE
from range.scenario.scenario import Scenario
from tui.console.exercise.model import InjectState, TeamStory

# In the order of urgency: what needs the white cell first.
STATUSES = (
    "unknown", "held", "open", "error", "due", "waiting", "manual",
    "delivered", "succeeded", "prevented", "skipped", "expired",
)  # fmt: skip
ENDED = frozenset({"delivered", "succeeded", "prevented", "error", "skipped", "expired"})


@dataclass(frozen=True)
class Cell:
    """One inject for one team. `at` is when it ended, began or is due, exercise seconds."""

    status: str
    at: float | None = None
    detail: str = ""
    by: str = ""  # what blocked it
    rounds: int = 0
    will: str = "inject"  # of one that is due: inject, skip or expire


NOTHING = InjectState()


def cells(scenario: Scenario, team: TeamStory, record: Record | None) -> dict[str, Cell]:
    """Return how every inject stands for a team, in the order of the MSEL."""
    stand_in = _team_state(team, record)
    return {
        id_: _cell(id_, inject, team.injects.get(id_, NOTHING), stand_in)
        for id_, inject in scenario.injects.items()
    }


def by_checks(scenario: Scenario) -> frozenset[str]:
    """Return the injects whose moment depends on checks, so on every observation."""
    return frozenset(
        id_
        for id_, inject in scenario.injects.items()
        if any(moment is not None and moment.check for moment in (inject.after, *inject.unless))
    )


def again(
    scenario: Scenario, team: TeamStory, record: Record | None, ids: frozenset[str]
) -> dict[str, Cell]:
    """Return the cells of some injects only."""
    stand_in = _team_state(team, record)
    return {
        id_: _cell(id_, scenario.injects[id_], team.injects.get(id_, NOTHING), stand_in)
        for id_ in ids
    }


def _team_state(team: TeamStory, record: Record | None) -> TeamState | None:
    """Return what the engine's schedule asks of a team."""
    if record is None:
        return None
    known = team.injects.items()
    return TeamState(
        team.team,
        IDLE,
        record,
        ended={id_: state.outcome for id_, state in known if state.outcome},
        open={id_: state.open for id_, state in known if state.open is not None},
        unknown={id_ for id_, state in known if state.unknown},
        retimed={id_: state.retimed for id_, state in known if state.retimed is not None},
        fired={id_ for id_, state in known if state.fired},
        held={id_ for id_, state in known if state.held},
    )


def _cell(id_: str, inject: Inject, state: InjectState, team: TeamState | None) -> Cell:
    if state.unknown:
        return Cell("unknown", state.open, state.detail, rounds=state.rounds)
    if state.open is not None:
        return Cell("open", state.open, rounds=state.rounds)
    if state.outcome:
        status = state.outcome if state.outcome in ENDED else "error"
        return Cell(status, state.at, state.detail, state.blocked_by, state.rounds)
    if state.held:
        return Cell("held", state.retimed, rounds=state.rounds)
    due = inject_due(team, id_, inject) if team is not None else None
    if due is not None:
        return Cell("due", due[1], rounds=state.rounds, will=due[0])
    return Cell("manual" if inject.manual else "waiting", rounds=state.rounds)


@dataclass(frozen=True)
class Coming:
    """Something that comes next, for these teams at the same time."""

    at: float
    inject: str
    teams: tuple[str, ...]
    will: str


def coming(table: Mapping[str, Mapping[str, Cell]]) -> list[Coming]:
    """Return what is due, soonest first; equal moments of several teams are one entry."""
    found: dict[tuple[float, str, str], list[str]] = {}
    for team, row in table.items():
        for id_, cell in row.items():
            if cell.status == "due" and cell.at is not None:
                found.setdefault((cell.at, id_, cell.will), []).append(team)
    order = sorted(found.items(), key=lambda item: item[0])
    return [Coming(at, id_, tuple(teams), will) for (at, id_, will), teams in order]
