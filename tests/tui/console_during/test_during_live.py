"""The console against a real engine: every verb."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from during import Live, asked, begin, choose, console, logged, opened, until, write

from range.events.event import Kind
from tui.console.exercise.dialogs import Ask
from tui.console.exercise.report import ReportScreen

Run = Callable[..., AbstractAsyncContextManager[Live]]


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
