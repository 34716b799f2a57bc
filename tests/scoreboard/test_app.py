"""The board as it is used: keys, pages, public halls, logs that grow or break."""

from unicodedata import east_asian_width

import boards
import pytest
from test_frozen import eventually, settle, shown

from range.events.log import LogDamaged
from scoreboard.canvas import Canvas, Rows
from scoreboard.drill import CheckScreen, TeamScreen
from tui.look.app import keys


async def test_what_is_appended_appears(hall):
    place = hall(2)
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = shown(app, "standings")
        place.append(boards.seen("team2", "entry", 7250.0, True))
        await settle(app, pilot)
        after = shown(app, "standings")
        [old] = [line for line in before if "Harbour" in line]
        [new] = [line for line in after if "Harbour" in line]
        assert old != new


async def test_only_rows_that_changed_are_drawn(hall):
    place = hall(50)
    app = place.app()
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        standings = app.screen.query_one("#standings", Canvas)
        standings.drawn = 0
        app.repaint()
        assert standings.drawn == 0, "nothing changed"
        last = app.face.rows(app.stage.board)[29].key
        place.append(boards.seen(last, "web", 7250.0, False))
        await settle(app, pilot)
        assert 1 <= standings.drawn <= 3


async def test_the_clock_goes_on_between_events_and_draws_one_row(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        heading = app.screen.query_one("#heading", Canvas)
        assert "T+02:01:15" in shown(app, "heading")[0]
        heading.drawn = 0
        place.go_on(1)
        app.tick()
        assert "T+02:01:16" in shown(app, "heading")[0]
        assert heading.drawn == 1


async def test_a_delayed_board_shows_what_was_and_later_what_is(hall):
    place = hall()
    app = place.app(delay=300.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        place.append(boards.seen("team6", "entry", 7250.0, True))
        before = shown(app, "standings")
        await settle(app, pilot)
        assert shown(app, "standings") == before
        assert "T+01:56:15" in shown(app, "heading")[0]
        assert "5分遅れ" in shown(app, "heading")[1]
        place.go_on(300)
        app.tick()
        await pilot.pause()
        assert shown(app, "standings") != before
        assert app.stage.board.seq == app.source.live.seq


def test_a_delay_holds_the_end_back_as_long_as_everything_else(hall):
    place = hall(3, boards.HOURS)
    place.wall = boards.START + boards.HOURS + 100
    source = place.source(delay=300.0)
    assert source.board().state == "running"
    place.go_on(300)
    assert source.board().state == "over"
    assert source.board().seq == source.live.seq


async def test_a_team_opens_and_a_check_says_why(hall):
    app = hall().app(language="en")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, TeamScreen)
        assert "北山町情報政策課" in shown(app, "team")[0]
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, CheckScreen)
        told = app.screen._text().plain
        assert "mail-seen: Found the mail it came by" in told
        assert "4.00 x 0.00 x 1.00 = 0.00" in told
        await pilot.press("f2")
        await pilot.pause()
        assert "標的型メールを特定した" in app.screen._text().plain
        await pilot.press("escape", "escape")
        assert len(app.screen_stack) == 2


async def test_a_click_chooses_a_team_and_another_opens_it(hall):
    app = hall().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("#standings", offset=(10, 3))
        rows = app.screen.query_one("#standings", Rows)
        assert rows.cursor == 2
        await pilot.click("#standings", offset=(10, 3))
        await pilot.pause()
        assert isinstance(app.screen, TeamScreen)


async def test_the_cursor_stays_on_its_team_when_the_order_changes(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down", "down", "down", "down")
        rows = app.screen.query_one("#standings", Rows)
        key = rows.key
        place.append(*(boards.seen(str(key), check, 7250.0, True) for check in ("cut", "gone",
                       "approved", "duty", "records")))  # fmt: skip
        await settle(app, pilot)
        assert rows.key == key
        assert rows.cursor < 5


async def test_names_of_teams_are_nowhere_under_pseudonyms(hall):
    app = hall().app(pseudonymous=True, language="en")
    names = [team.name for team in app.stage.board.teams]
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        text = "\n".join(shown(app, "standings", "progress", "services", "firsts"))
        await pilot.press("enter")
        await pilot.pause()
        text += "\n".join(shown(app, "team", "checks"))
        await pilot.press("enter")
        await pilot.pause()
        text += app.screen._text().plain
        assert not [name for name in names if name in text]
        assert "team1" not in text
        assert "team2" not in text


async def test_in_public_nothing_can_be_opened_and_no_mask_taken_off(hall):
    app = hall().app(public=True, pseudonymous=True, ranks=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = shown(app)
        await pilot.press("down", "enter", "p", "k")
        await pilot.click("#standings", offset=(10, 3))
        await pilot.click("#standings", offset=(10, 3))
        app.screen.query_one("#standings").post_message(Rows.Chosen("team1"))
        await pilot.pause()
        assert len(app.screen_stack) == 2
        assert shown(app) == before
        offered = [said for _, said in keys(app)]
        assert not {app.say(key) for key in ("key-open", "key-ranks", "key-names")} & set(offered)
        commands = [command.title for command in app.get_system_commands(app.screen)]
        assert app.say("key-freeze") in commands
        assert app.say("key-names") not in commands


async def test_an_instructor_may_take_names_and_ranks_away_and_bring_them_back(hall):
    app = hall().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = shown(app)
        await pilot.press("p", "k")
        await pilot.pause()
        assert "仮名表示" in shown(app, "heading")[1]
        assert "順位なし" in shown(app, "heading")[1]
        assert "東部広域チーム" not in "\n".join(shown(app))
        await pilot.press("p", "k")
        await pilot.pause()
        assert shown(app) == before


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_fifty_teams_are_all_seen_page_by_page(hall, size):
    app = hall(50).app(public=True)
    async with app.run_test(size=size) as pilot:
        await pilot.press("1")
        await pilot.pause()
        rows = app.screen.query_one("#standings", Rows)
        await eventually(pilot, lambda: rows.size.height == size[1] - 3)
        seen = set()
        for _ in range(rows.pages[1]):
            seen |= {line.split()[1] for line in shown(app, "standings")[1:] if line.strip()}
            await pilot.press("pagedown")
            await pilot.pause()
        assert len(seen) >= 50
        assert rows.pages[0] == rows.pages[1]


async def test_a_board_nobody_touches_turns_its_pages_and_views(hall):
    app = hall(50).app(public=True, rotate=3600.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        screen = app.screen
        rows = screen.query_one("#standings", Rows)
        await eventually(pilot, lambda: rows.size.height == 21)
        seen = []
        for _ in range(12):
            seen.append((screen.view, screen._pages()[0], screen.curves))
            screen._since_turn = 3600.0
            screen.tick()
            await pilot.pause()
        assert seen[:3] == [("standings", page, 0) for page in (1, 2, 3)]
        assert [view for view, _, _ in seen[3:10]] == ["progress"] * 7
        assert [curves for _, _, curves in seen[3:10]] == [0, 8, 16, 24, 32, 40, 48]
        assert seen[10][0] == "services"


async def test_an_exercise_that_has_not_begun_says_so(hall):
    place = hall(3, -1.0)
    app = place.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = "\n".join(shown(app, "heading", "standings", "progress"))
        assert "開始前" in text
        assert "東部広域チーム" in text
        assert "まだ得点の記録がありません" in text


async def test_a_log_that_breaks_leaves_the_board_and_says_what_is_wrong(hall, monkeypatch):
    place = hall()
    app = place.app(language="en")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = shown(app)

        def broken() -> bool:
            raise LogDamaged("event 9 was changed")

        with monkeypatch.context() as patched:
            patched.setattr(app.source, "follow", broken)
            app.look()
            await pilot.pause()
            assert "the log cannot be read: event 9 was changed" in shown(app, "heading")[1]
            assert shown(app) == before
        app.look()
        await pilot.pause()
        assert "cannot be read" not in shown(app, "heading")[1], "it comes back by itself"


async def test_names_of_teams_are_no_markup(hall):
    app = hall().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert any("[b]赤[/b]組" in line for line in shown(app))


@pytest.mark.parametrize("keys", ["", "3", "f r space", "enter"])
async def test_where_ambiguous_characters_are_wide_none_is_left(hall, keys):
    app = hall().app(language="en", wide_ambiguous=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys.split())
        await pilot.pause()
        drawn = [segment.text for strip in app.screen._compositor.render_strips()
                 for segment in strip]  # fmt: skip
        ambiguous = {c for text in drawn for c in text if east_asian_width(c) == "A"}
        assert ambiguous == set()
        assert sum(map(len, drawn)) > 1000


async def test_scores_are_drawn_at_once_and_plots_with_the_next_second(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        before = shown(app, "standings"), shown(app, "progress", "services")
        place.append(
            boards.seen("team6", "entry", 7300.0, True), boards.seen("team6", "web", 7400.0, False)
        )
        await settle(app, pilot)
        assert shown(app, "standings") != before[0]
        app.tick()
        await pilot.pause()
        assert shown(app, "progress") != before[1][: len(shown(app, "progress"))]
        assert "".join(shown(app, "services")) not in "".join(before[1])


async def test_a_board_that_freezes_draws_first_what_it_owes(hall):
    place = hall()
    app = place.app()
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        place.append(boards.seen("team6", "web", 7400.0, False))
        await settle(app, pilot)
        await pilot.press("f")
        await pilot.pause()
        frozen = shown(app, "standings", "progress", "services")
        app.tick()
        await pilot.pause()
        assert shown(app, "standings", "progress", "services") == frozen
        assert frozen[-1] != "", "something is drawn"
