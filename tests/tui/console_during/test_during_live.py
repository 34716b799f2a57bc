"""The console against a real engine: every verb, two consoles at once, an engine that dies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from during import Console, Live, until
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from range.errors import CyderError
from range.events.event import Event, Kind
from tui.console.exercise.dialogs import Ask, Read
from tui.console.exercise.grid import Grid
from tui.console.exercise.report import ReportScreen

Run = Callable[..., AbstractAsyncContextManager[Live]]


def console(live: Live, actor: str = "tanaka") -> Console:
    return Console(live.stage.exercise, live.stage.settings, "en", actor)


async def opened(pilot: Pilot[Any]) -> None:
    """Wait until the log was read and the view is there."""
    app = pilot.app
    assert isinstance(app, Console)
    await until(pilot, lambda: len(app.screen_stack) > 1 and app.during.hub.ready)
    await pilot.pause()


async def asked(pilot: Pilot[Any]) -> None:
    """Wait for a dialogue."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
    await pilot.pause()


async def write(pilot: Pilot[Any], field: str, text: str) -> None:
    widget = pilot.app.screen.query_one(f"#f-{field}")
    if isinstance(widget, TextArea):
        widget.text = text
    else:
        assert isinstance(widget, Input)
        widget.value = text


def logged(live: Live, kind: Kind, **wanted: Any) -> list[Event]:
    return [
        event
        for event in live.stage.of(kind)
        if all(event.data.get(key) == value for key, value in wanted.items())
    ]


async def begin(pilot: Pilot[Any], live: Live) -> None:
    """STARTEX, from the console."""
    await opened(pilot)
    await pilot.press("s")
    await asked(pilot)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: live.engine.state.started)


async def choose(pilot: Pilot[Any], key: str) -> None:
    """Put the cursor of the view on a row."""
    app = pilot.app
    assert isinstance(app, Console)
    app.during.pane.query_one(Grid).choose(key)
    await pilot.pause()


async def test_the_console_starts_and_pauses_and_goes_on_in_the_name_of_who_sits_there(
    live: Run,
) -> None:
    async with live() as exercise, console(exercise).run_test() as pilot:
        await begin(pilot, exercise)
        await pilot.press("p")
        await until(pilot, lambda: not exercise.engine.state.running)
        await until(pilot, lambda: pilot.app.during.hub.story.state == "paused")
        await pilot.press("p")
        await until(pilot, lambda: exercise.engine.state.running)
        assert {event.actor for event in logged(exercise, Kind.STARTED)} == {"tanaka"}
        assert {event.actor for event in logged(exercise, Kind.CLOCK)} == {"tanaka"}


async def test_starting_is_asked_back_and_escape_starts_nothing(live: Run) -> None:
    async with live() as exercise, console(exercise).run_test() as pilot:
        await opened(pilot)
        await pilot.press("s")
        await asked(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert not exercise.engine.state.started


async def test_an_inject_is_fired_early_for_one_team_and_shows_as_delivered(live: Run) -> None:
    async with live() as exercise, console(exercise).run_test(size=(120, 40)) as pilot:
        await begin(pilot, exercise)
        await choose(pilot, "M02")
        await pilot.press("right_square_bracket", "f")
        await asked(pilot)
        await pilot.press("ctrl+s")
        hub = pilot.app.during.hub
        await until(pilot, lambda: hub.cell("team1", "M02").status == "delivered")
        assert hub.cell("team2", "M02").status == "due"
        [fired] = logged(exercise, Kind.VERB, verb="fire")
        assert fired.data["args"] == {"inject": "M02", "teams": ["team1"]}


async def test_firing_twice_is_asked_back_and_done_only_then(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test() as pilot:
        await begin(pilot, exercise)
        await choose(pilot, "X01")
        await pilot.press("f")
        await asked(pilot)
        await pilot.press("ctrl+s")
        hub = pilot.app.during.hub
        await until(pilot, lambda: hub.cell("team1", "X01").status == "delivered")
        await pilot.press("f")
        await asked(pilot)
        first = pilot.app.screen
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask) and
                    pilot.app.screen is not first)  # fmt: skip
        await pilot.press("escape")
        await pilot.pause()
        assert len(logged(exercise, Kind.VERB, verb="fire")) == 1
        await pilot.press("f")
        await asked(pilot)
        first = pilot.app.screen
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask) and
                    pilot.app.screen is not first)  # fmt: skip
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(logged(exercise, Kind.VERB, verb="fire")) == 2)
        await until(pilot, lambda: hub.cell("team1", "X01").rounds == 2)


async def test_injects_are_skipped_held_released_and_moved(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test() as pilot:
        await begin(pilot, exercise)
        hub = pilot.app.during.hub
        for inject, key, status in (("M02", "k", "skipped"), ("M01", "h", "held"),
                                    ("M01", "r", "due")):  # fmt: skip
            await choose(pilot, inject)
            await pilot.press(key)
            await asked(pilot)
            await pilot.press("ctrl+s")
            await until(pilot, lambda i=inject, s=status: hub.cell("team1", i).status == s)
        await choose(pilot, "A03")
        await pilot.press("t")
        await asked(pilot)
        await write(pilot, "at", "Ｔ＋00:50")  # as a Japanese keyboard may have it
        await pilot.press("ctrl+s")
        await until(pilot, lambda: hub.cell("team1", "A03").at == 3000.0)


async def test_a_refusal_is_told_and_ends_nothing(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test() as pilot:
        await begin(pilot, exercise)
        await choose(pilot, "A03")
        await pilot.press("t")
        await asked(pilot)
        await write(pilot, "at", "half past nine")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(pilot.app._notifications))
        told = [note.message for note in pilot.app._notifications]
        assert any("write it like" in text for text in told)


async def test_messages_notes_and_marks_reach_the_log(live: Run) -> None:
    async with live() as exercise, console(exercise).run_test(size=(120, 40)) as pilot:
        await begin(pilot, exercise)
        await pilot.press("m")
        await asked(pilot)
        await write(pilot, "text", "副市長です。[b]状況[/b]は。")
        await write(pilot, "from", "副市長")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(logged(exercise, Kind.MESSAGE)) == 2)
        await pilot.press("n")
        await asked(pilot)
        await write(pilot, "text", "静かな立ち上がり")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(logged(exercise, Kind.NOTED, text="静かな立ち上がり")))
        await pilot.press("6", "y")
        await pilot.pause(0.1)
        await choose(pilot, "team2/judged")
        await pilot.press("g")
        await asked(pilot)
        await write(pilot, "credit", "1.4")
        await write(pilot, "reason", "理由が具体的")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Ask), "a credit above 1 is not taken"
        await write(pilot, "credit", "０．５")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(logged(exercise, Kind.MARKED)))
        [mark] = logged(exercise, Kind.MARKED)
        assert (mark.team, mark.data["check"], mark.data["credit"]) == ("team2", "judged", 0.5)
        assert mark.actor == "tanaka"


async def test_a_script_is_read_out_and_its_answer_noted(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test(size=(120, 40)) as pilot:
        await begin(pilot, exercise)
        await exercise.engine_fire("X01")
        hub = pilot.app.during.hub
        await until(pilot, lambda: hub.calls() == [("team1", "X01")])
        await pilot.press("4")
        await pilot.pause(0.1)
        await choose(pilot, "team1/X01")
        await pilot.press("a")
        await asked(pilot)
        await write(pilot, "answer", "調査中と回答。落ち着いている。")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not hub.calls())
        [said] = hub.story.calls
        assert (said.actor, said.text) == ("tanaka", "調査中と回答。落ち着いている。")


async def test_nodes_are_reset_kept_and_put_back(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test(size=(120, 40)) as pilot:
        await begin(pilot, exercise)
        await pilot.press("7")
        await pilot.pause(0.1)
        await choose(pilot, "team1/pc")
        await pilot.press("z")
        await asked(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(logged(exercise, Kind.REVERTED, node="pc", charged=True)))
        await pilot.press("b")
        await asked(pilot)
        await write(pilot, "name", "before")
        await pilot.press("ctrl+s")
        team = pilot.app.during.hub.story.teams["team1"]
        await until(pilot, lambda: team.snapshots.get("pc") == ["before"])
        await pilot.press("B")
        await asked(pilot)
        await pilot.press("tab", "space", "ctrl+s")
        await until(pilot, lambda: len(logged(exercise, Kind.REVERTED, node="pc")) == 2)
        assert logged(exercise, Kind.REVERTED, node="pc")[-1].data["charged"] is False


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


async def test_the_end_is_asked_back_and_the_report_opens(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test(size=(120, 40)) as pilot:
        await begin(pilot, exercise)
        await pilot.press("v")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, ReportScreen), "there is none before the end"
        await pilot.press("x")
        await asked(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.during.hub.end == 3600 + 900)
        await pilot.press("e")
        await asked(pilot)
        await write(pilot, "reason", "時間です")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.during.hub.story.over)
        await pilot.press("9", "v")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen))
        assert (exercise.stage.exercise.report / "debrief.en.md").is_file()


async def test_after_the_end_a_mark_is_still_given_and_the_labs_are_removed(live: Run) -> None:
    async with live(teams=1) as exercise, console(exercise).run_test(size=(120, 40)) as pilot:
        await begin(pilot, exercise)
        await pilot.press("e")
        await asked(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.during.hub.story.over)
        exercise.let_go()
        await until(pilot, lambda: not pilot.app.during.hub.client.alive)
        await pilot.press("6", "y")
        await pilot.pause(0.1)
        await choose(pilot, "team1/judged")
        await pilot.press("g")
        await asked(pilot)
        await write(pilot, "credit", "0")
        await write(pilot, "reason", "説明なし")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(logged(exercise, Kind.MARKED)))
        await pilot.press("D")
        await asked(pilot)
        await pilot.press("ctrl+s")
        labs = exercise.stage.settings.labs / exercise.stage.exercise.id
        await until(pilot, lambda: not labs.exists())


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
