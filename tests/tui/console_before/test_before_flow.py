"""From the list of exercises to STARTEX, on the provider without guests."""

from __future__ import annotations

import time
from pathlib import Path

from before_stage import HERE, Consoles, Stage, shown, until, wait_for
from textual.widgets import Input, Select, TextArea

from range.events.event import Kind
from range.events.folder import exercises
from range.events.log import is_written
from range.exercise.create import creation
from range.settings import Settings
from tui.console.bringup import BringUpScreen
from tui.console.exercise.screen import ExerciseScreen
from tui.console.setup import SetupScreen


async def test_an_instructor_goes_from_the_list_to_a_started_exercise(
    here: Settings, console: Consoles
) -> None:
    app = console(root=False)
    async with app.run_test(size=(100, 40)) as pilot:
        await wait_for(pilot, "There is no exercise yet")
        await pilot.press("n")
        await wait_for(pilot, "Town of Midori")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SetupScreen))
        app.screen.query_one("#teams", Input).value = "3"
        app.screen.query_one("#names", TextArea).text = "東部[red]\n\n西部"
        app.screen.query_one("#pace", Select).value = "pace-4"
        await pilot.press("ctrl+s")
        await wait_for(pilot, "3: 東部[red], team2, 西部", "--speed 4", "--provider memory")
        await pilot.press("m")
        await wait_for(pilot, "Everything is up", "21 / 21")
        await pilot.press("s")
        await wait_for(pilot, "Start the exercise (STARTEX)?")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
    (folder,) = exercises(here)
    assert is_written(folder.log), "closing the console ended the engine"
    with folder.read() as log:
        events = list(log.read())
    data = creation(events)
    assert data["names"] == {"team1": "東部[red]", "team2": "team2", "team3": "西部"}
    assert data["options"]["speed"] == 4.0
    assert data["options"]["headless"] is False
    (started,) = [event for event in events if event.kind is Kind.STARTED]
    assert started.actor == "suzuki"


async def test_a_console_that_was_closed_shows_the_same_when_it_is_opened_again(
    console: Consoles, stage: Stage
) -> None:
    stand = stage.stand(names=("East", "West"))
    stand.tell("fw", "booting", team="team1")
    for _ in ("first", "second"):
        app = console(exercise="last")
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_for(pilot, "East fw", "booting")
            assert isinstance(app.screen, BringUpScreen)
            # what happens while it is open arrives, too
        stand.tell("www", "booting", team="team2")
    app = console(exercise=stand.folder.id)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "East fw", "West www")
        stand.tell("pc-1", "failed", "no room", team="team2")
        await wait_for(pilot, "West pc-1", "no room")


async def test_the_console_follows_when_another_instructor_starts_the_exercise(
    console: Consoles, stage: Stage
) -> None:
    stand = stage.stand()
    app = console(exercise="last")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "Nodes")
        stand.tell("exercise", "running", "ready to start")
        await wait_for(pilot, "Everything is up")
        stand.add(Kind.STARTED, at=0.0)
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))


async def test_the_language_changes_while_progress_arrives(console: Consoles, stage: Stage) -> None:
    stand = stage.stand()
    app = console(exercise="last")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "Images")
        for number in ("1", "2", "3", "4", "5", "6"):
            stand.tell("www", "baking", f"task {number}", team="team1")
            await pilot.press("f2")
        await wait_for(pilot, "task 6", "Images")
        await pilot.press("escape")
        await wait_for(pilot, "Exercises", stand.folder.id)
        other = stage.stand("e20261120-000001-town-0b")
        await wait_for(pilot, other.folder.id)


async def test_exercises_are_found_by_name_of_team_and_by_state(
    console: Consoles, stage: Stage
) -> None:
    stage.stand("e20261120-000000-town-0a", names=("Kita", "Minami"))
    stage.stand("e20261120-000001-town-0b", alive=False)
    app = console()
    async with app.run_test(size=(160, 50)) as pilot:
        await wait_for(pilot, "town-0a", "town-0b", "preparing", "interrupted")
        await pilot.press("slash", *"minami")
        await until(pilot, lambda: "town-0b" not in shown(pilot))
        assert "town-0a" in shown(pilot)
        app.screen.query_one("#search", Input).value = "interrupted"
        await until(pilot, lambda: "town-0a" not in shown(pilot))
        assert "town-0b" in shown(pilot)


async def test_labs_are_taken_down_only_after_a_question_and_never_during_an_exercise(
    here: Settings, console: Consoles, stage: Stage
) -> None:
    stage.stand("e20261120-000000-town-0a", provider="memory", alive=False)
    stage.stand("e20261120-000001-town-0b", provider="memory")
    labs = here.labs / "e20261120-000000-town-0a"
    app = console()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await wait_for(pilot, "town-0a", "town-0b")
        await pilot.press("d")
        await wait_for(pilot, "Labs in use are not removed")
        await pilot.press("down", "d")
        await wait_for(pilot, "Remove all labs", "This exercise is not over")
        await pilot.press("enter")  # the harmless answer
        await until(pilot, lambda: "Remove all labs" not in shown(pilot))
        assert labs.is_dir()
        await pilot.press("d", "y")
        await wait_for(pilot, "are gone", "given up")
    assert not labs.exists()
    assert (here.labs / "e20261120-000001-town-0b").is_dir()


async def test_a_dead_engine_is_gone_on_with_from_the_list(console: Consoles, stage: Stage) -> None:
    stand = stage.stand(provider="memory", alive=False)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "interrupted")
        await pilot.press("enter")
        await wait_for(pilot, "engine", "Go on with it?")
        await pilot.press("y")
        await wait_for(pilot, "Everything is up", "14 / 14")
    assert is_written(stand.folder.log)


async def test_a_bring_up_that_nobody_wants_is_stopped_and_its_labs_removed(
    here: Settings, console: Consoles, stage: Stage
) -> None:
    stand = stage.stand(provider="memory", alive=False)
    app = console(wall=time.time)
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_for(pilot, "interrupted")
        await pilot.press("g", "y")
        await wait_for(pilot, "Everything is up")
        app.engines.clear()  # as if another console had started it
        app.screen.making.ready = False
        await pilot.press("x")
        await wait_for(pilot, "Give this exercise up?", "stops where it is")
        await pilot.press("y")
        await until(pilot, lambda: not is_written(stand.folder.log))
        await pilot.press("escape")
        await wait_for(pilot, "interrupted")
        await pilot.press("d", "y")
        await wait_for(pilot, "given up")
    assert not (here.labs / stand.folder.id).exists()


async def test_the_command_palette_opens_an_exercise_by_name(
    console: Consoles, stage: Stage
) -> None:
    stage.stand("e20261120-000000-town-0a")
    stage.stand("e20261120-000001-town-0b")
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "town-0a", "town-0b")
        await pilot.press("ctrl+p", *"town-0a")
        await wait_for(pilot, "Open e20261120-000000-town-0a")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, BringUpScreen))
        assert app.screen.folder.id == "e20261120-000000-town-0a"


async def test_help_tells_the_keys_of_the_screen_and_not_how_one_moves_in_a_list(
    console: Consoles,
) -> None:
    app = console("ja")
    async with app.run_test(size=(100, 40)) as pilot:
        await wait_for(pilot, "まだ演習はありません")
        await pilot.press("f1")
        await wait_for(pilot, "使えるキー", "ホスト点検", "操作者の名前")
        assert "Cursor" not in shown(pilot)


async def test_two_consoles_see_the_same_exercise(console: Consoles, stage: Stage) -> None:
    stand = stage.stand()
    one, other = console("en", exercise="last"), console("ja", exercise="last")
    async with one.run_test(size=(80, 24)) as first, other.run_test(size=(80, 24)) as second:
        stand.tell("fw", "booting", team="team1")
        await wait_for(first, "fw", "booting")
        await wait_for(second, "fw", "起動中")


async def test_another_name_is_acted_under_when_it_was_changed(
    console: Consoles, stage: Stage
) -> None:
    app = console(root=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "as suzuki")
        await pilot.press("f4")
        await wait_for(pilot, "recorded under this name")
        app.screen.query_one(Input).value = "田中\x1b[31m"
        await pilot.press("enter")
        await wait_for(pilot, "as 田中[31m")
    assert app.actor == "田中[31m"


async def test_a_scenario_of_another_folder_can_be_taken(console: Consoles, tmp_path: Path) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await wait_for(pilot, "Town of Midori")
        await pilot.press("f")
        await wait_for(pilot, "Type the path")
        app.screen.query_one(Input).value = str(HERE.parents[2] / "scenarios" / "small")
        await pilot.press("enter")
        await wait_for(pilot, "A small exercise")
