"""Several consoles, consoles that are closed, engines that die; and moving about by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from during import Live, asked, begin, choose, console, logged, opened, until
from textual.command import CommandPalette

from range.errors import CyderError
from range.events.event import Kind
from tui.console.exercise.dialogs import Read
from tui.console.exercise.feed_view import FeedView

Run = Callable[..., AbstractAsyncContextManager[Live]]


async def test_two_consoles_see_what_the_other_does(live: Run) -> None:
    async with (
        live(teams=1) as exercise,
        console(exercise).run_test() as one,
        console(exercise, "sato").run_test() as two,
    ):
        await begin(one, exercise)
        await opened(two)
        await until(two, lambda: two.app.during.hub.story.state == "running")
        await choose(two, "M02")
        await two.press("k")
        await asked(two)
        await two.press("ctrl+s")
        hub = one.app.during.hub
        await until(one, lambda: hub.cell("team1", "M02").status == "skipped")
        assert hub.story.teams["team1"].injects["M02"].actor == "sato"


async def test_a_dead_engine_is_said_and_nothing_but_the_clock_stands(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test() as pilot:
        await begin(pilot, exercise)
        exercise.engine.stop()
        exercise.let_go()
        hub = pilot.app.during.hub
        await until(pilot, lambda: not hub.alive)
        frozen = hub.now
        await pilot.pause(0.3)
        assert hub.now == frozen
        await pilot.press("p")
        await until(pilot, lambda: bool(pilot.app._notifications))
        assert any("does not answer" in note.message for note in pilot.app._notifications)


async def test_details_open_and_close_by_keyboard(live: Run) -> None:
    async with live() as exercise, console(exercise).run_test() as pilot:
        await opened(pilot)
        await choose(pilot, "M01")
        for view in ("1", "2", "3", "6"):
            await pilot.press(view)
            await pilot.pause(0.1)
            if view == "6":
                await pilot.press("y")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, Read))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, Read))


async def test_a_console_that_is_closed_stops_nothing_and_shows_the_same_again(live: Run) -> None:
    async with live(teams=1) as exercise:
        async with console(exercise).run_test() as pilot:
            await begin(pilot, exercise)
            before = pilot.app.during.hub
            await until(pilot, lambda: before.story.state == "running")
        assert exercise.engine.state.running
        async with console(exercise).run_test() as pilot:
            await opened(pilot)
            again = pilot.app.during.hub
            assert again.story.state == "running"
            assert again.scene.table == before.scene.table


async def test_a_damaged_scenario_is_an_error_in_words(live: Run) -> None:
    async with live(teams=1) as exercise:
        (exercise.stage.exercise.path / "bundle.json").write_text("{")
        with pytest.raises(CyderError, match=r"bundle\.json"):
            console(exercise)._made()


async def test_a_dead_engine_is_gone_on_with_from_the_console(
    live: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test() as pilot:
        monkeypatch.setenv("CYDER_HOME", str(exercise.stage.settings.home))
        await begin(pilot, exercise)
        exercise.engine.stop()
        exercise.let_go()
        hub = pilot.app.during.hub
        await until(pilot, lambda: not hub.alive)
        await pilot.press("R")
        await until(pilot, lambda: hub.alive and hub.told is not None, 60)
        await until(pilot, lambda: len(logged(exercise, Kind.ENGINE)) == 2, 60)
        await pilot.press("e")
        await asked(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(logged(exercise, Kind.VERB, verb="end")), 60)
        await until(pilot, lambda: hub.story.over, 60)
        await until(pilot, lambda: not hub.client.alive, 60)


async def test_the_palette_goes_to_an_inject_and_to_a_team(live: Run) -> None:
    async with live() as exercise, console(exercise).run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        screen = pilot.app.during
        for typed in ("X01", "team2"):
            await pilot.press("ctrl+p")
            await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
            await pilot.press(*typed)
            await pilot.pause(0.5)
            await pilot.press("enter")
            await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: screen.chosen_inject() == "X01")
        await until(pilot, lambda: screen.hub.scope == "team2")


async def test_every_key_is_explained_in_both_languages(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test() as pilot:
        await opened(pilot)
        for language in ("en", "ja"):
            assert pilot.app.language == language
            said = [active.binding.description
                    for active in pilot.app.during.active_bindings.values()]  # fmt: skip
            assert not [text for text in said if text.startswith("x-")]
            await pilot.press("f1")
            await pilot.pause()
            await pilot.press("escape")
            await pilot.press("f2")
            await pilot.pause()


async def test_the_feed_follows_stands_still_and_goes_back(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test() as pilot:
        await begin(pilot, exercise)
        await pilot.press("3")
        await pilot.pause()
        feed = pilot.app.during.query_one(FeedView)
        assert feed.scrollable_content_region.height == feed.size.height, "no row is lost to a bar"
        await pilot.press("up")
        assert not feed.following
        chosen = feed.chosen
        await exercise.engine_fire("X01")
        await until(pilot, lambda: feed.missed > 0)
        assert feed.chosen is chosen
        await pilot.press("space")
        await until(pilot, lambda: feed.following and feed.missed == 0)
        newest = feed.chosen
        assert newest is not None
        assert newest.seq == pilot.app.during.hub.story.seq
        last = [line for y in range(feed.size.height) if (line := feed.render_line(y).text.strip())]
        assert "X01" in last[-1]
