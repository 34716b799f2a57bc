"""Frozen means frozen: whatever arrives, and whatever is done to the screen."""

import boards
import pytest
from textual.geometry import Size
from textual.widgets import Digits

from range.events.event import Draft, Kind
from scoreboard.app import ScoreboardApp
from scoreboard.canvas import Canvas
from scoreboard.face import Face
from scoreboard.reveal import RevealScreen
from scoreboard.stage import Stage

LATER = [
    boards.seen("team6", "cut", 7300.0, True),
    boards.seen("team6", "gone", 7301.0, True),
    boards.seen("team6", "approved", 7302.0, True),
    boards.seen("team1", "cut", 7303.0, False),
    Draft(Kind.MARKED, {"check": "duty", "credit": 0.0, "reason": "no"}, "team1", "white"),
    Draft(Kind.MARKED, {"check": "mail-seen", "credit": 1.0, "reason": "yes"}, "team6", "white",
          at=60.0),
]  # fmt: skip


def shown(app: ScoreboardApp, *ids: str) -> list[str]:
    """What stands on the screen, without the clock."""
    canvases = [app.screen.query_one(f"#{id_}", Canvas) for id_ in ids or ("standings", "progress")]
    return ["".join(t for t, _ in line) for canvas in canvases for line in canvas._lines]


async def eventually(pilot, holds) -> None:
    """Let the app lay itself out until something holds: a busy machine needs several rounds."""
    for _ in range(100):
        await pilot.pause()
        if holds():
            return
    assert holds()


async def settle(app: ScoreboardApp, pilot) -> None:
    """Let the app look at its log, and draw."""
    app._rested = 0.0
    app.look()
    await pilot.pause()


async def test_a_frozen_board_stands_whatever_arrives(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = shown(app)
        await pilot.press("f")
        place.append(*LATER)
        place.go_on(600)
        await settle(app, pilot)
        app.tick()
        await pilot.pause()
        assert app.source.live.seq > app.stage.board.seq, "the log was read on"
        assert shown(app) == before
        assert "T+02:01:15" in shown(app, "heading")[1]


async def test_an_unfrozen_board_would_have_moved(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = shown(app)
        place.append(*LATER)
        await settle(app, pilot)
        assert shown(app) != before


DONE = ["f2 f2", "down enter escape up", "h h h h h", "2 3 4 1 0", "p p", "k k"]


@pytest.mark.parametrize("keys", DONE)
async def test_a_frozen_board_stands_whatever_is_done_to_the_screen(hall, keys):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await pilot.pause()
        before = shown(app)
        place.append(*LATER)
        await settle(app, pilot)
        for key in keys.split():
            await pilot.press(key)
            await pilot.pause()
        await eventually(pilot, lambda: shown(app) == before)


async def test_a_frozen_board_stands_when_the_terminal_changes_its_size(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await pilot.pause()
        before = shown(app)
        place.append(*LATER)
        await settle(app, pilot)
        for size in (Size(160, 50), Size(80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await eventually(pilot, lambda: shown(app) == before)


async def test_what_is_opened_on_a_frozen_board_is_frozen_too(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f", "end", "pagedown")
        for _ in range(5):
            await pilot.press("down")
        await pilot.press("enter")
        await pilot.pause()
        before = shown(app, "team", "checks")
        assert "Team Sumire" in before[0]
        place.append(*LATER)
        await settle(app, pilot)
        assert shown(app, "team", "checks") == before


async def test_letting_go_is_asked_back_and_shows_the_standings_of_now(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        before = shown(app)
        place.append(*LATER)
        await settle(app, pilot)
        await pilot.press("f", "n")
        await pilot.pause()
        assert app.stage.frozen is not None
        await pilot.press("f", "y")
        await pilot.pause()
        assert app.stage.frozen is None
        assert shown(app) != before


def test_freezing_twice_keeps_the_first_moment(hall):
    place = hall()
    source = place.source()
    stage = Stage(source.board())
    stage.freeze(source.clock)
    first = stage.board
    place.append(*LATER)
    source.follow()
    assert not stage.put(source.board())
    stage.freeze(source.clock)
    assert stage.board is first


async def test_a_board_stops_by_itself_where_it_was_told_to(hall):
    place = hall()
    app = place.app(until=7400.0)
    async with app.run_test(size=(80, 24)) as pilot:
        place.append(LATER[0])
        place.go_on(60)
        await settle(app, pilot)
        app.tick()
        assert app.stage.frozen is None
        place.append(boards.seen("team6", "entry", 7500.0, True))
        place.go_on(400)
        await settle(app, pilot)
        app.tick()
        await pilot.pause()
        assert app.stage.frozen is not None
        assert "T+02:03:20" in shown(app, "heading")[1]
        [line] = [line for line in shown(app, "standings") if "Team Sumire" in line]
        score = place.boards().board(7400.0).teams[5].grade.score
        assert f"{score:.2f}" in line
        assert f"{app.source.live.teams[5].grade.score:.2f}" not in line
        await pilot.press("f", "y")
        app.tick()
        await pilot.pause()
        assert app.stage.frozen is None, "what a presenter lifted does not fall again"


def test_a_board_opened_again_at_its_freezing_time_is_the_same(hall):
    place = hall()
    place.append(LATER[0])
    first = place.source(until=7250.0).board()
    place.append(*LATER[1:4], boards.seen("team6", "entry", 7600.0, True))
    again = place.source(until=7250.0).board()
    grades = [[team.grade for team in board.teams] for board in (first, again)]
    assert grades[0] == grades[1]
    assert place.source().board().teams[5].grade.score > again.teams[5].grade.score


# The ceremony


def begun(hall):
    place = hall()
    source = place.source()
    stage = Stage(source.board())
    stage.freeze(source.clock)
    place.append(*LATER)
    source.follow()
    return place, source, stage


def test_places_are_revealed_from_the_last_to_the_first(hall):
    _, source, stage = begun(hall)
    reveal = stage.begin(source.live)
    face = Face()
    ranks = []
    while reveal.step(face, 1):
        ranks.append(reveal.revealed(face)[-1][0].rank)
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[-1] == 1
    assert reveal.done(face)
    assert not reveal.step(face, 1)


def test_equal_places_are_revealed_together(hall):
    place = hall(50, boards.HOURS)
    source = place.source()
    stage = Stage(source.board())
    stage.freeze(source.clock)
    groups = stage.begin(source.live).groups(Face())
    assert sum(map(len, groups)) == 50
    assert all(len({row.rank for row in group}) == 1 for group in groups)
    assert len({group[0].rank for group in groups}) == len(groups) < 50


def test_nobody_moves_in_the_middle_of_a_ceremony(hall):
    place, source, stage = begun(hall)
    reveal = stage.begin(source.live)
    before = [[row.key for row in group] for group in reveal.groups(Face())]
    place.append(boards.seen("team4", "cut", 8000.0, True))
    source.follow()
    again = stage.begin(source.live)
    assert again is reveal
    assert [[row.key for row in group] for group in again.groups(Face())] == before


def test_nothing_can_be_revealed_that_is_not_held_back(hall):
    source = hall().source()
    assert Stage(source.board()).begin(source.live) is None


async def test_places_to_come_are_nowhere_on_the_screen(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        place.append(*LATER)
        await settle(app, pilot)
        await pilot.press("r")
        await pilot.pause()
        names = [team.name for team in app.stage.board.teams]
        text = "\n".join(shown(app, "places", "caption"))
        assert not any(name in text for name in names)
        await pilot.press("space")
        await pilot.pause()
        text = "\n".join(shown(app, "places"))
        assert sum(name in text for name in names) == 1
        await pilot.press("left")
        await pilot.pause()
        assert not any(name in "\n".join(shown(app, "places")) for name in names)


async def test_leaving_a_ceremony_half_way_leaves_the_board_frozen(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        before = shown(app)
        place.append(*LATER)
        await settle(app, pilot)
        await pilot.press("r", "space", "space", "escape")
        await pilot.pause()
        assert shown(app) == before
        await pilot.press("r")
        await pilot.pause()
        assert app.stage.reveal is not None
        assert app.stage.reveal.shown == 2, "it goes on where it was left"
        await pilot.press(*["space"] * 6, "escape")
        await pilot.pause()
        assert app.stage.frozen is None
        assert shown(app) != before


async def test_a_score_that_counts_up_ends_at_the_score_and_stays_there(hall):
    app = hall().app()
    app.animation_level = "full"
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f", "r", "space")
        last = app.face.rows(app.stage.board)[-1].team.grade.score
        figure = app.screen.query_one("#figure", Digits)
        assert isinstance(app.screen, RevealScreen)
        await eventually(pilot, lambda: app.screen._counting is not None)
        for _ in range(60):  # more beats than there are
            app.screen._count()
        assert figure.value == f"{last:.2f}"
