"""Who is stuck, and what comes next: measures over a story and its records."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from during import EPOCH, Told

from range.events.event import Kind
from tui.console.client import Client
from tui.console.exercise.cells import Cell, coming
from tui.console.exercise.hub import Hub
from tui.console.exercise.model import TeamStory
from tui.console.exercise.reader import Reader, Scene
from tui.console.exercise.stuck import Goals, standing


def level(acted: float | None, now: float, **due: float) -> str:
    return standing(TeamStory("team1", acted=acted), Goals(due), now).level


def test_a_team_that_acts_is_fine() -> None:
    assert level(acted=1000, now=1000 + 14 * 60) == "ok"


def test_a_quarter_of_an_hour_without_an_act_is_worth_a_look() -> None:
    assert level(acted=None, now=15 * 60) == "watch"


def test_half_an_hour_without_an_act_is_stuck() -> None:
    assert level(acted=600, now=600 + 30 * 60) == "stuck"


def test_a_quarter_of_an_hour_with_a_goal_run_out_is_stuck() -> None:
    assert level(acted=0, now=15 * 60, report=800) == "stuck"
    assert level(acted=0, now=15 * 60, report=10_000) == "watch"


def test_three_goals_run_out_are_worth_a_look_even_of_a_busy_team() -> None:
    assert level(acted=990, now=1000, a=1, b=2, c=3) == "watch"
    assert level(acted=990, now=1000, a=1, b=2) == "ok"


def test_what_comes_next_is_told_once_for_teams_that_share_the_moment() -> None:
    due = Cell("due", 60.0)
    table = {"team1": {"M01": due, "M02": Cell("due", 30.0)}, "team2": {"M01": due}}
    told = [(each.at, each.inject, each.teams) for each in coming(table)]
    assert told == [(30.0, "M02", ("team1",)), (60.0, "M01", ("team1", "team2"))]


def opened(exercise: Told) -> Scene:
    reader = Reader(exercise.folder)
    reader.open()
    reader.close()
    return reader.scene


def test_cells_say_how_each_inject_stands_and_when_the_rest_is_due(half_way: Told) -> None:
    scene = opened(half_way)
    one, two = scene.table["team1"], scene.table["team2"]
    assert one["A02"].status == "succeeded"
    assert (two["A02"].status, two["A02"].by) == ("prevented", "c2-unreachable")
    assert two["M10"].status == "held"
    assert two["M05"].status == "unknown"
    assert (one["M08"].status, one["M08"].at) == ("due", 52 * 60)
    assert (two["M08"].status, two["M08"].at) == ("due", 4200.0)
    assert one["W01"].status == "manual"
    assert one["A03"].status == "due", "A02 is done: what follows from it has a time"
    assert one["A04"].status == "waiting"


def test_a_reader_goes_on_where_it_stood_and_gets_the_same(half_way: Told) -> None:
    reader = Reader(half_way.folder)
    reader.open()
    half_way.ended("M07", 2580, "delivered")
    half_way.say(Kind.HINT, 2600.0, "team2", "team2", hint="H1", by="team2")
    fresh = reader.follow().fresh
    reader.grade()
    again = opened(half_way)
    assert [event.kind for event in fresh][-1] is Kind.HINT
    assert reader.scene.story == again.story
    assert reader.scene.table == again.table
    assert reader.scene.grades == again.grades
    reader.close()


def test_a_kept_fold_gives_the_same_as_reading_everything(half_way: Told) -> None:
    reader = Reader(half_way.folder)
    reader.open()
    reader.keep(least=1)
    assert list(half_way.folder.projections.glob("console-*.json"))
    half_way.ended("M07", 2580, "delivered")
    kept = opened(half_way)
    reader.follow()
    reader.close()
    assert kept.story == reader.scene.story
    assert kept.table == reader.scene.table


def test_older_pages_of_the_log_are_read_when_asked_for(told: Callable[..., Told]) -> None:
    exercise = told()
    for number in range(40):
        exercise.say(Kind.NOTED, None, "team1" if number % 2 else "team2", "x", text=str(number))
    reader = Reader(exercise.folder)
    reader.open()
    last = reader.scene.story.seq
    page = reader.page(last - 4, 5)
    assert [event.seq for event in page] == list(range(last - 9, last - 4))
    mine = reader.page(last + 1, 3, lambda event: event.team == "team1")
    assert [event.data["text"] for event in mine] == ["35", "37", "39"]
    reader.close()


def test_skimming_a_long_log_gives_the_same_whatever_trainees_write(
    half_way: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        half_way.say(Kind.OBSERVED, 2300.0 + number, "team1", check="site-up", probe="x",
                     raw={"status": 200}, error=None)  # fmt: skip
    answers = {"kind": "check.observed", "seq": 5, "next": '"kind":"check.observed","seq":99,'}
    half_way.say(Kind.SUBMITTED, 2320.0, "team2", "team2", form="first-report", by="team2", id="9",
                 answers=answers)  # fmt: skip
    read = opened(half_way)
    monkeypatch.setattr("tui.console.exercise.reader.WORTH_KEEPING", 10)
    skimmed = opened(half_way)
    assert skimmed.story == read.story
    assert skimmed.story.teams["team2"].handed[-1].answers == answers


def test_a_kept_fold_far_behind_skims_the_rest(
    half_way: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(half_way.folder)
    reader.open()
    reader.keep(least=1)
    reader.close()
    for number in range(12):
        half_way.say(Kind.OBSERVED, 2300.0 + number, "team1", check="site-up", probe="x",
                     raw={"status": 200}, error=None)  # fmt: skip
    half_way.say(Kind.HINT, 2330.0, "team2", "team2", hint="H1", by="team2")
    monkeypatch.setattr("tui.console.exercise.reader.WORTH_KEEPING", 10)
    skimmed = opened(half_way)
    assert skimmed.story.last == 2330.0
    assert skimmed.story.teams["team2"].hints == {"H1": 2330.0}


def test_the_clock_goes_on_from_where_a_pause_ended_not_from_what_was_told_before(
    half_way: Told,
) -> None:
    reader = Reader(half_way.folder)
    reader.open()
    wall = EPOCH + 3000
    hub = Hub(reader, Client(half_way.here, half_way.folder.id, "x"), lambda: wall)
    hub.told = (2900.0, EPOCH + 2990)
    assert hub.now == 2910.0
    half_way.say(Kind.CLOCK, 2910.0, running=False, rate=1.0)
    reader.follow()
    wall = EPOCH + 3400
    assert hub.now == 2910.0
    half_way.say(Kind.CLOCK, 3300.0, running=True, rate=1.0)
    reader.follow()
    assert hub.now == 3400.0
    reader.close()
