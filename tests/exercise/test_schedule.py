"""What is due: state in, agenda out. No clock, no log, no labs."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from range.events.event import Event, Kind
from range.exercise.schedule import TRIES, agenda
from range.exercise.state import ExerciseState, folded
from range.grading.predicate import probe_digest
from range.load.scenario import load_scenario
from range.scenario.responder import IDLE
from range.scenario.scenario import Bundle
from range.settings import Settings

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return load_scenario(HERE / "rehearsal", Settings()).bundle


class Story:
    """Events told one after the other, and the state that they lead to."""

    def __init__(self, bundle: Bundle, speed: float | str = "jump") -> None:
        self.bundle = bundle
        self._seq = itertools.count(1)
        self.state: ExerciseState = folded(bundle, {"team1": IDLE}, [])
        self.tell(Kind.STARTED, 0.0)
        self.tell(Kind.CLOCK, 0.0, running=True, rate=speed)

    def tell(self, kind: Kind, when: float, team: str = "", **data: Any) -> None:
        self.state.apply(Event(next(self._seq), kind, data, team, "engine", when, 0.0))

    def ended(self, inject: str, at: float, outcome: str = "succeeded") -> None:
        self.tell(Kind.INJECTED, at, "team1", inject=inject, outcome=outcome, detail="",
                  facts={"since": "x"}, blocked_by="", technique="")  # fmt: skip

    def looked(self, check: str, at: float, raw: dict[str, Any] | None) -> None:
        probe = self.bundle.scenario.checks[check].probe
        assert probe is not None
        self.tell(Kind.OBSERVED, at, "team1", check=check, probe=probe_digest(probe), raw=raw,
                  error=None if raw is not None else "failed")  # fmt: skip

    def due(self, *kinds: str) -> dict[str, tuple[str, float]]:
        found = agenda(self.state, self.state.teams["team1"])
        return {due.id: (due.kind, due.at) for due in found if due.kind in kinds or not kinds}


SEEN = {"exists": True, "count": 1}


def test_at_the_start_only_what_has_a_time_is_known(bundle: Bundle) -> None:
    assert Story(bundle).due() == {
        "A01": ("inject", 300),
        "M01": ("inject", 360),
        "M02": ("inject", 1800),
        "A03": ("inject", 2100),
        "C02": ("expire", 3000),
    }


def test_what_follows_another_is_due_after_its_wait(bundle: Bundle) -> None:
    story = Story(bundle)
    story.ended("A01", 310)
    assert story.due("inject")["A02"] == ("inject", 610)
    assert "A01" not in story.due("inject")


def test_an_outcome_that_did_not_come_leads_nowhere(bundle: Bundle) -> None:
    story = Story(bundle)
    story.ended("A01", 310, "error")
    assert "A02" not in story.due()


def test_unless_counts_only_what_came_before(bundle: Bundle) -> None:
    for at, kind in ((1799.0, "skip"), (1801.0, "inject")):
        story = Story(bundle)
        story.tell(Kind.SUBMITTED, at, "team1", form="report", answers={}, by="x", id="1")
        assert story.due()["M02"] == (kind, 1800)


def test_retimed_held_released_and_fired(bundle: Bundle) -> None:
    story = Story(bundle)
    story.tell(Kind.RETIMED, 1, "team1", inject="M01", at=900.0)
    assert story.due()["M01"] == ("inject", 900)
    story.tell(Kind.VERB, 2, verb="hold", args={"inject": "M01", "teams": ["team1"]})
    assert "M01" not in story.due()
    story.tell(Kind.VERB, 3, verb="release", args={"inject": "M01", "teams": ["team1"]})
    assert story.due()["M01"] == ("inject", 900)
    story.tell(Kind.VERB, 4, verb="fire", args={"inject": "M01", "teams": ["team2"]})
    assert story.due()["M01"] == ("inject", 900)
    story.tell(Kind.VERB, 5, verb="fire", args={"inject": "X01", "teams": ["team1"]})
    assert story.due()["X01"] == ("inject", 5)


def test_an_inject_that_was_intended_and_never_ended_is_still_due(bundle: Bundle) -> None:
    story = Story(bundle)
    story.tell(Kind.INTENDED, 300, "team1", inject="A01")
    assert story.due()["A01"] == ("inject", 300)
    story.state.teams["team1"].unknown.add("A01")
    assert "A01" not in story.due()


def test_on_the_jumping_clock_looks_follow_acts_upon_the_lab(bundle: Bundle) -> None:
    story = Story(bundle)
    assert story.due("observe") == {}  # nothing to see before A01
    story.ended("A01", 300)
    assert story.due("observe") == {"clean": ("observe", 300), "kept": ("observe", 300)}
    story.looked("clean", 300, SEEN)
    assert set(story.due("observe")) == {"kept"}
    story.ended("M01", 360, "delivered")  # a message changes nothing that could be seen
    assert set(story.due("observe")) == {"kept"}
    story.ended("A02", 600)
    assert story.due("observe")["clean"] == ("observe", 600)


def test_in_real_time_looks_come_every_so_often_in_real_seconds(bundle: Bundle) -> None:
    for speed, then in ((1.0, 310), (4.0, 340)):
        story = Story(bundle, speed)
        story.ended("A01", 290)
        story.looked("clean", 300, SEEN)
        assert story.due("observe")["clean"] == ("observe", then)


def test_the_end_looks_once_more_and_launches_nothing_else(bundle: Bundle) -> None:
    story = Story(bundle)
    story.ended("A01", 300)
    story.looked("clean", 300, SEEN)
    story.tell(Kind.VERB, 700, verb="end", args={"reason": "time"})
    assert story.due() == {"clean": ("observe", 700), "kept": ("observe", 700)}
    story.looked("clean", 700, SEEN)
    story.looked("kept", 700, SEEN)
    assert story.due() == {}


def test_a_checker_that_fails_at_the_end_is_tried_again_a_few_times(bundle: Bundle) -> None:
    story = Story(bundle)
    story.ended("A01", 300)
    story.tell(Kind.VERB, 700, verb="end", args={"reason": "time"})
    for _ in range(TRIES):
        assert "clean" in story.due("observe")
        story.looked("clean", 700, None)
    assert "clean" not in story.due("observe")
