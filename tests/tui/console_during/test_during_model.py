"""What the console folds from a log: how injects stand, who acted, what was said."""

from __future__ import annotations

from typing import Any

import pytest

from range.events.event import Event, Kind
from tui.console.exercise.model import KEPT_FORMS, Story


class Teller:
    """Tells a story event by event."""

    def __init__(self) -> None:
        self.story = Story()
        self.seq = 0
        self(Kind.CREATED, None, exercise="e1", scenario="s", teams=["team1", "team2"], speed=1.0,
             names={"team1": "東部"}, options={"provider": "memory"})  # fmt: skip

    def __call__(self, kind: Kind, at: float | None, team: str = "", actor: str = "engine",
                 wall: float = 1000.0, **data: Any) -> set[str]:  # fmt: skip
        self.seq += 1
        return self.story.apply(Event(self.seq, kind, data, team, actor, at, wall))


@pytest.fixture
def tell() -> Teller:
    return Teller()


def test_teams_are_known_by_the_names_they_were_given(tell: Teller) -> None:
    assert [team.name for team in tell.story.teams.values()] == ["東部", "team2"]


def test_an_exercise_is_ready_then_running_then_paused_then_over(tell: Teller) -> None:
    states = [tell.story.state]
    tell(Kind.STARTED, 0.0)
    tell(Kind.CLOCK, 0.0, running=True, rate=1.0)
    states.append(tell.story.state)
    tell(Kind.CLOCK, 60.0, running=False, rate=1.0)
    states.append(tell.story.state)
    tell(Kind.VERB, 60.0, verb="end", args={"reason": "time"})
    states.append(tell.story.state)
    tell(Kind.ENDED, 60.0, reason="")
    assert [*states, tell.story.state] == ["ready", "running", "paused", "ending", "over"]


def test_the_clock_runs_on_at_its_rate_and_stands_in_a_pause(tell: Teller) -> None:
    tell(Kind.STARTED, 0.0, wall=1000.0)
    tell(Kind.CLOCK, 0.0, wall=1000.0, running=True, rate=4.0)
    assert tell.story.now(1010.0) == 40.0
    tell(Kind.CLOCK, 60.0, wall=1015.0, running=False, rate=4.0)
    assert tell.story.now(1500.0) == 60.0


def test_a_resumed_engine_goes_on_from_the_last_event(tell: Teller) -> None:
    tell(Kind.STARTED, 0.0, wall=1000.0)
    tell(Kind.CLOCK, 0.0, wall=1000.0, running=True, rate=1.0)
    tell(Kind.HINT, 50.0, "team1", wall=1050.0, hint="H1")
    tell(Kind.ENGINE, None, wall=5000.0, resumed=True)
    assert tell.story.now(5010.0) == 60.0


def test_an_inject_is_under_way_until_it_ended_with_what_blocked_it(tell: Teller) -> None:
    tell(Kind.INTENDED, 10.0, "team1", inject="A01")
    assert tell.story.team("team1").inject("A01").open == 10.0
    changed = tell(Kind.INJECTED, 12.0, "team1", inject="A01", outcome="prevented", detail="no",
                   facts={"since": "x"}, blocked_by="fw")  # fmt: skip
    state = tell.story.team("team1").inject("A01")
    assert (state.outcome, state.at, state.blocked_by, state.open) == (
        "prevented",
        12.0,
        "fw",
        None,
    )
    assert state.facts == {"since": "x"}
    assert changed == {"team1"}


def test_firing_again_opens_an_ended_inject_for_those_teams_only(tell: Teller) -> None:
    for team in ("team1", "team2"):
        tell(Kind.INJECTED, 12.0, team, inject="M01", outcome="delivered")
    tell(Kind.VERB, 20.0, actor="sato", verb="fire", args={"inject": "M01", "teams": ["team2"]})
    assert tell.story.team("team1").inject("M01").outcome == "delivered"
    again = tell.story.team("team2").inject("M01")
    assert (again.outcome, again.fired, again.rounds) == ("", True, 1)


def test_an_inject_is_held_until_it_is_released_or_fired(tell: Teller) -> None:
    held = tell.story.team("team1").inject("M02")
    tell(Kind.VERB, 5.0, verb="hold", args={"inject": "M02", "teams": ["team1"]})
    assert held.held
    tell(Kind.VERB, 6.0, verb="release", args={"inject": "M02", "teams": ["team1"]})
    assert not held.held


def test_what_the_engine_lost_is_unknown_until_it_is_tried_again(tell: Teller) -> None:
    tell(Kind.INTENDED, 10.0, "team1", inject="A01")
    tell(Kind.NOTED, 11.0, "team1", text="A01 is unknown: no receipt")
    assert tell.story.team("team1").inject("A01").unknown
    assert not tell.story.notes, "it is no note of the white cell"
    tell(Kind.INTENDED, 20.0, "team1", inject="A01")
    assert not tell.story.team("team1").inject("A01").unknown


def test_a_trainee_cannot_make_an_inject_unknown_by_a_note(tell: Teller) -> None:
    tell(Kind.NOTED, 11.0, "team1", actor="tanaka", text="A01 is unknown: a joke")
    assert not tell.story.team("team1").inject("A01").unknown
    assert [note.text for note in tell.story.notes] == ["A01 is unknown: a joke"]


def test_an_answer_to_a_call_is_kept_apart_from_notes(tell: Teller) -> None:
    tell(Kind.NOTED, 11.0, "team1", actor="sato", text="They call back.", inject="M01")
    assert [(said.team, said.inject, said.text) for said in tell.story.calls] == [
        ("team1", "M01", "They call back.")
    ]
    assert not tell.story.notes


def test_submissions_hints_and_steps_are_acts_and_observations_are_not(tell: Teller) -> None:
    team = tell.story.team("team1")
    tell(Kind.SUBMITTED, 30.0, "team1", form="report", answers={"a": "b"}, by="team1+x", id="1")
    assert (team.acted, team.did) == (30.0, "report")
    tell(Kind.OBSERVED, 99.0, "team1", check="c", raw={}, probe="x", error=None)
    assert team.acted == 30.0
    tell(Kind.HINT, 100.0, "team1", hint="H1")
    assert (team.acted, team.hints) == (100.0, {"H1": 100.0})


def test_a_form_handed_in_without_end_is_kept_within_bounds(tell: Teller) -> None:
    for number in range(3 * KEPT_FORMS):
        tell(Kind.SUBMITTED, float(number), "team1", form="r", answers={"n": number}, id=number)
    team = tell.story.team("team1")
    assert len(team.handed) == KEPT_FORMS
    assert team.times == {"r": 3 * KEPT_FORMS}
    assert team.handed[-1].answers == {"n": 3 * KEPT_FORMS - 1}


def test_the_end_moves_by_what_was_added(tell: Teller) -> None:
    tell(Kind.VERB, 5.0, verb="extend", args={"seconds": 900})
    assert tell.story.extension == 900.0


def test_nodes_are_as_bring_up_last_told_and_count_their_resets(tell: Teller) -> None:
    tell(Kind.BRINGUP, None, "team1", node="www", state="booting", detail="")
    tell(Kind.BRINGUP, None, "team1", node="www", state="running", detail="")
    tell(Kind.REVERTED, 40.0, "team1", node="www", charged=True)
    node = tell.story.team("team1").nodes["www"]
    assert (node.state, node.reverts) == ("running", 1)


def test_a_node_that_could_not_be_put_back_is_failed_until_it_was(tell: Teller) -> None:
    tell(Kind.BRINGUP, None, "team1", node="www", state="running", detail="")
    tell(Kind.NOTED, 40.0, "team1", failed="www", text="www could not be put back: no room")
    node = tell.story.team("team1").nodes["www"]
    assert (node.state, node.detail) == ("failed", "www could not be put back: no room")
    tell(Kind.REVERTED, 60.0, "team1", node="www", name="", charged=True)
    assert tell.story.team("team1").nodes["www"].state == "running"


def test_snapshots_are_known_by_the_node_they_are_of(tell: Teller) -> None:
    told = {"team": "team1", "node": "www", "name": "before"}
    tell(Kind.VERB, 40.0, "team1", verb="snapshot", args=told)
    assert tell.story.team("team1").snapshots == {"www": ["before"]}
