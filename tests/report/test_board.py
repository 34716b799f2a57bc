"""Boards: what they show, and that a past board is the board of the log cut off there."""

import json
import tempfile
from pathlib import Path

import pytest
from drawn import SCENARIO, stories, told
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import Story, answered, bundle, probed

from range.events import projection
from range.events.event import Draft, Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.report import standings
from range.report.board import Board, Boards
from range.report.feats import First
from range.scenario.model import Phase

CHECKS = {
    "gone": probed(),
    "up": probed(valued="availability"),
    "host": answered(exact="pc-1"),
    "count": answered("count", "observe", number=3),
}


@pytest.fixture
def folder(tmp_path):
    folder = ExerciseFolder(tmp_path / "e1")
    folder.save_bundle(bundle(CHECKS))
    return folder


class Teams(Story):
    """A story of several teams; `as_` says who acts next."""

    def __init__(self, folder: ExerciseFolder, *teams: str, **names: str) -> None:
        self.bundle, self.team, self.events, self.wall = folder.bundle(), teams[0], [], 1_000_000.0
        created = {"exercise": "e1", "teams": list(teams), "names": names}
        self.add(Kind.CREATED, None, created, team="")

    def as_(self, team: str) -> "Teams":
        self.team = team
        return self

    def clock(self, at: float, running: bool, rate: float | str = 1.0) -> "Teams":
        self.add(Kind.CLOCK, at, {"running": running, "rate": rate}, team="")
        return self

    def starts(self) -> "Teams":
        self.add(Kind.STARTED, 0.0, {}, team="")
        return self.clock(0.0, True)


def append(folder: ExerciseFolder, events: list[Event]) -> None:
    with Log.open(folder.log) as log:
        for event in events:
            log.append(
                [Draft(event.kind, event.data, event.team, event.actor, event.at)], event.wall
            )


def board(folder: ExerciseFolder, **cut: float) -> Board:
    with folder.read() as log:
        return Boards.of(folder, log).board(**cut)


def test_a_board_has_every_team_by_its_display_name(folder):
    told = Teams(folder, "team1", "team2", team1="東部チーム").starts()
    append(folder, told.events)
    assert [(team.team, team.name) for team in board(folder).teams] == [
        ("team1", "東部チーム"),
        ("team2", "team2"),
    ]
    assert board(folder).checks == 4


def test_a_board_tells_what_the_clock_does(folder):
    told = Teams(folder, "team1")
    append(folder, told.events)
    assert (board(folder).state, board(folder).now) == ("ready", None)
    told = Teams(folder, "team1").starts().clock(0.0, True, 4.0)
    told.wall += 9
    told.seen("up", 20, True)
    append(folder, told.events[1:])
    running = board(folder)
    assert (running.state, running.rate, running.now, running.end) == ("running", 4, 40, 3600)
    told.clock(45, False).add(Kind.VERB, 45, {"verb": "extend", "args": {"seconds": 600}}, team="")
    told.wall += 500
    told.add(Kind.NOTED, 45, {"text": "long break"})
    append(folder, told.events[5:])
    paused = board(folder)
    assert (paused.state, paused.rate, paused.now, paused.end) == ("paused", 0, 45, 4200)
    told.ends(45)
    append(folder, told.events[-1:])
    assert (board(folder).state, board(folder).now) == ("over", 45)


def test_time_in_which_no_engine_lived_does_not_count(folder):
    told = Teams(folder, "team1").starts().seen("up", 10, True)
    told.wall += 5000
    told.add(Kind.ENGINE, 10, {"resumed": True}, team="").seen("up", 12, True)
    append(folder, told.events)
    assert board(folder).now == 12


def test_a_strip_tells_how_a_service_was_until_now(folder):
    told = Teams(folder, "team1").starts()
    for at, up in ((10, True), (20, True), (30, False), (40, None), (50, True), (60, True)):
        told.seen("up", at, up)
    append(folder, told.seen("gone", 100, True).events)
    (service,) = board(folder).teams[0].services
    assert service.check == "up"
    assert service.spans == (
        (10, 30, "up"),
        (30, 40, "down"),
        (40, 50, "unknown"),
        (50, 100, "up"),
    )


def test_the_first_team_to_reach_a_check_or_objective_is_named(folder):
    told = Teams(folder, "team1", "team2").starts()
    told.as_("team1").seen("gone", 10, False).as_("team2").seen("gone", 10, True)
    told.as_("team2").handed_in(20, host="pc-1", count="4")
    told.as_("team1").handed_in(30, host="pc-1", count="3").seen("gone", 40, True)
    append(folder, told.events)
    one, two = board(folder).teams
    assert [(first.kind, first.name, first.at) for first in one.firsts] == [
        ("check", "count", 30),
        ("objective", "observe", 30),
        ("check", "gone", 40),
        ("objective", "act", 40),
    ]
    assert two.firsts == (First("check", "host", CHECKS_TITLE, Phase.OBSERVE, 20),), (
        "that the implant was never there is no feat"
    )


CHECKS_TITLE = bundle(CHECKS).scenario.checks["host"].title


def test_a_mark_of_nothing_takes_the_first_place_away(folder):
    told = Teams(folder, "team1", "team2").starts()
    told.as_("team1").handed_in(20, host="pc-1").as_("team2").handed_in(30, host="pc-1")
    append(folder, told.events)
    with folder.read() as log:
        boards = Boards.of(folder, log)
        one, two = boards.board().teams
        assert ([first.name for first in one.firsts], two.firsts) == (["host"], ())
        append(folder, told.as_("team1").marked("host", 40, 0.0).events[-1:])
        boards.follow()
        one, two = boards.board().teams
        assert (one.firsts, [first.name for first in two.firsts]) == ((), ["host"])


def test_the_series_of_a_team_ends_at_its_score_now(folder):
    told = Teams(folder, "team1").starts().seen("gone", 100, True).seen("gone", 106, True)
    told.add(Kind.HINT, 510, {"hint": "H1"})
    append(folder, told.events)
    (team,) = board(folder).teams
    assert team.series == ((0, 0), (105, 30), (510, 27))
    assert team.phases_series[Phase.ACT] == ((0, 0), (105, 30), (510, 30))
    assert (team.hints, team.penalty, team.grade.score) == (1, 3, 27)


def test_a_board_is_drawn_again_only_for_teams_that_something_happened_to(folder):
    append(folder, Teams(folder, "team1", "team2").starts().events)
    with folder.read() as log:
        boards = Boards.of(folder, log)
        before = boards.board().teams
        append(folder, Teams(folder, "team1", "team2").handed_in(9, host="pc-1").events[1:])
        assert boards.follow()
        after = boards.board().teams
        assert not boards.follow()
    assert after[0].grade is not before[0].grade
    assert after[1].grade is before[1].grade


def plain(shown: Board) -> str:
    return repr(shown)


@given(
    stories,
    st.lists(st.integers(-5, 3700), min_size=1, max_size=6),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_a_past_board_is_the_board_of_the_log_cut_off_there(story, times, late, keeps):
    events = told(story).events
    if late:  # what is done counts at its due time: times in a log may go back a little
        events = sorted(events, key=lambda event: (event.at or -1.0) // 400)
    kept, standings.WORTH_KEEPING = standings.WORTH_KEEPING, 1 if keeps else 1000
    try:
        with tempfile.TemporaryDirectory() as name:
            compare(Path(name), events, times)
    finally:
        standings.WORTH_KEEPING = kept


def compare(place: Path, events: list[Event], times: list[int]) -> None:
    folder = ExerciseFolder(place / "e1")
    folder.save_bundle(SCENARIO)
    append(folder, events[: len(events) // 2])
    board(folder)  # which may keep a projection
    append(folder, events[len(events) // 2 :])
    with folder.read() as log:
        boards = Boards.of(folder, log)
        for number, at in enumerate(times):
            beyond = [i for i, event in enumerate(events) if event.at is not None and event.at > at]
            cut = events[: beyond[0]] if beyond else events
            short = ExerciseFolder(place / str(number) / "e1")
            short.save_bundle(SCENARIO)
            append(short, cut)
            expected = plain(board(short))
            assert plain(boards.board(at)) == expected
            walls = [event.wall for event in cut]
            if cut and walls == sorted(walls):
                assert plain(boards.board(wall=max(walls) + 0.5)) == expected
        assert plain(boards.board()) == plain(board(folder))


def test_boards_that_lag_behind_follow_a_log_that_grows(folder):
    told = Teams(folder, "team1").starts()
    for at in range(0, 600, 10):
        told.seen("gone", at, at % 50 == 0)
    with Log.open(folder.log) as log:
        log.append([Draft(e.kind, e.data, e.team, e.actor, e.at) for e in told.events[:3]])
        boards = Boards.of(folder, log)
        for event in told.events[3:]:
            log.append([Draft(event.kind, event.data, event.team, event.actor, event.at)])
            boards.follow()
            then = event.at - 100
            assert boards.board(then).seq == (3 + then // 10 + 1 if then >= 0 else 1)


def test_a_reader_who_may_not_write_sees_the_same_board(folder, monkeypatch):
    monkeypatch.setattr(standings, "WORTH_KEEPING", 1)
    append(folder, Teams(folder, "team1").starts().handed_in(9, host="pc-1").events)
    folder.projections.write_text("a file where the folder should be")
    assert board(folder).teams[0].grade.score > 0


def test_a_board_holds_nothing_that_json_could_not(folder):
    append(folder, Teams(folder, "team1").starts().seen("up", 5, True).events)
    (team,) = board(folder).teams
    json.dumps([team.series, team.services[0].spans, team.firsts], allow_nan=False)


def test_boards_of_long_ago_start_from_the_milestone_before_them(folder, monkeypatch):
    monkeypatch.setattr(standings, "MILESTONE", 20)
    monkeypatch.setattr(projection, "MILESTONE", 20)
    told = Teams(folder, "team1").starts()
    for at in range(0, 1000, 10):
        told.seen("gone", at, at % 50 == 0)
    append(folder, told.events)
    board(folder)
    assert numbers(folder) == [20, 40, 60, 80, 100]
    with folder.read() as log:
        boards = Boards.of(folder, log)
        monkeypatch.setattr(standings, "WORTH_KEEPING", 1)
        read = log.read
        asked: list[int] = []
        monkeypatch.setattr(log, "read", lambda after=0: asked.append(after) or read(after))
        assert boards.board(700).seq == 74
        assert asked == [60]
        assert boards.board(at=150).seq == 19
        assert asked == [60, 0], "before the first milestone everything is folded"
    assert numbers(folder) == [20, 40, 60, 80, 100], "what was of old is not kept as if it were new"


def numbers(folder: ExerciseFolder) -> list[int]:
    return sorted(int(path.stem.split("-")[1]) for path in folder.projections.iterdir())
