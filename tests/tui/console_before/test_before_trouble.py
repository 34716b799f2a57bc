"""Whatever goes wrong is told in a panel with what to do; nobody sees a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from before_stage import HERE, Consoles, Stage, shown, until, wait_for
from textual.widgets import Input, TextArea

from range.cli.main import main
from range.errors import HostNotReady, ProvisioningFailed
from range.host.facts import HostFacts
from range.settings import Settings
from tui.console.bringup import BringUpScreen
from tui.console.dialogs import Trouble
from tui.console.setup import SetupScreen
from tui.console.summary import SummaryScreen


class Clock:
    """A clock that runs a minute a look: nobody waits for what takes seconds."""

    def __init__(self) -> None:
        self.now = 1_795_000_100.0

    def __call__(self) -> float:
        self.now += 60
        return self.now


async def test_a_broken_scenario_tells_each_mistake_with_its_place(
    here: Settings, console: Consoles
) -> None:
    (here.scenarios / "torn").symlink_to(HERE / "torn")
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await wait_for(pilot, "Town of Midori", "torn", "mistakes")
        await pilot.press("up", "up")
        await wait_for(pilot, "scenario.yaml:7:11", "did you mean 'lan'?")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Trouble))
        assert "scenario.yaml:17:28" in shown(pilot)
        assert "Mend the places" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Trouble))


async def test_a_scenario_that_was_mended_is_taken_after_it_is_read_again(
    here: Settings, console: Consoles
) -> None:
    folder = here.scenarios / "torn"
    shutil.copytree(HERE / "torn", folder)
    text = (folder / "scenario.yaml").read_text()
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await wait_for(pilot, "torn")
        text = text.replace("soon", "1h").replace("lam", "lan").replace("sea", "see")
        (folder / "scenario.yaml").write_text(text)
        await pilot.press("r")
        await wait_for(pilot, "A torn exercise")


async def test_a_folder_without_a_scenario_is_a_mistake_not_a_crash(console: Consoles) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await wait_for(pilot, "Town of Midori")
        await pilot.press("f")
        await wait_for(pilot, "Type the path")
        app.screen.query_one(Input).value = "/nowhere/at-all"
        await pilot.press("enter")
        await wait_for(pilot, "Something is wrong", "nowhere")


async def test_wishes_that_cannot_be_are_all_told_at_once(console: Consoles) -> None:
    app = console(root=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await wait_for(pilot, "Town of Midori")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SetupScreen))
        app.screen.query_one("#teams", Input).value = "1"
        app.screen.query_one("#names", TextArea).text = "a\nb"
        app.screen.query_one("#seed", Input).value = "xyz"
        await pilot.press("ctrl+s")
        await wait_for(pilot, "2 names for 1 teams", "digits 0-9")
        await pilot.press("escape")
        app.screen.query_one("#teams", Input).value = "0"
        await pilot.press("ctrl+s")
        await wait_for(pilot, "give 1 to 255 teams")


async def test_a_host_that_is_too_small_says_so_before_and_after_one_tries(
    console: Consoles, same_host: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = HostFacts(2**30, 2**29, 2**40, 2)
    monkeypatch.setattr("range.images.room.host_facts", lambda _: facts)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await wait_for(pilot, "Town of Midori")
        await pilot.press("enter")
        await wait_for(pilot, "✗  2 teams")
        await pilot.press("ctrl+s")
        await wait_for(pilot, "✗  2 teams", "2 lacking")
        await pilot.press("m")
        await wait_for(pilot, "This host lacks something")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Trouble))
        assert "This host is not ready" in shown(pilot)
        assert "Host check" in shown(pilot)
        await pilot.press("escape")
        assert isinstance(app.screen, SummaryScreen)
        assert not app.screen.query_one("#make").disabled


async def test_a_failed_bake_names_task_host_and_message_and_can_be_tried_again(
    console: Consoles, stage: Stage
) -> None:
    stand = stage.stand(alive=False)
    why = "role web of www failed: task 'Copy it' on cyder-bake-web-1: no such file"
    stand.tell("web", "failed", why, layer="ab" * 20)
    stand.add_failure(why, "The guest is kept.")
    app = console(exercise="last", wall=Clock())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "Bring-up cannot go on", "task 'Copy it'", "cyder-bake-web-1",
                       "no such file")  # fmt: skip
        assert isinstance(app.screen, BringUpScreen)
        await wait_for(pilot, "Go on (g)")
        await until(pilot, lambda: not app.screen.query_one("#again").disabled)
        assert app.screen.query_one("#start").disabled


async def test_an_engine_that_was_killed_is_missed(console: Consoles, stage: Stage) -> None:
    stand = stage.stand()
    app = console(exercise="last", wall=Clock())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "You may close this")
        stand.close()
        await wait_for(pilot, "The engine is dead")


@pytest.mark.parametrize("error", [
    HostNotReady("no libvirt", hint="start it"), ProvisioningFailed("no disk"),
    ZeroDivisionError("of ours"),
])  # fmt: skip
async def test_any_error_of_work_in_the_background_becomes_a_panel(
    console: Consoles, error: Exception
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "There is no exercise yet")

        def fail() -> None:
            raise error

        app.screen.work(fail, lambda _: None)
        await until(pilot, lambda: isinstance(app.screen, Trouble))
        assert str(error).split("(")[0] in shown(pilot)
        assert "Traceback" not in shown(pilot)
        assert "What to do" in shown(pilot)


async def test_without_root_the_console_says_what_works_and_makes_no_labs(
    console: Consoles, same_host: None
) -> None:
    app = console(root=False)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, "Not running as root", "sudo cyder tui")
        await pilot.press("n")
        await wait_for(pilot, "Town of Midori")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SetupScreen))
        app.screen.query_one("#provider").value = "lxc"
        await pilot.press("ctrl+s")
        await wait_for(pilot, "Make the exercise (m)", "2 lacking")
        await pilot.press("m")
        await wait_for(pilot, "need root")
        assert isinstance(app.screen, SummaryScreen)


async def test_a_damaged_log_is_told_of_and_the_rest_of_the_list_stays(
    here: Settings, console: Consoles, stage: Stage
) -> None:
    stage.stand("e20261120-000000-town-0a", alive=False)
    bad: Path = here.exercises / "e20261120-000001-town-0b"
    bad.mkdir()
    (bad / "log.sqlite").write_bytes(b"this is no log" * 100)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, "damaged", "interrupted")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Trouble))
        assert "the log cannot be opened" in shown(pilot) or "torn" in shown(pilot)


@pytest.mark.parametrize(
    ("words", "said"),
    [(["nosuch"], "there is no exercise nosuch"), ([], "the console needs a terminal")],
)
def test_the_command_refuses_in_a_sentence(
    here: Settings, words: list[str], said: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.argv", ["cyder", "tui", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert said in capsys.readouterr().err
