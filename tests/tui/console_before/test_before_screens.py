"""Every screen before an exercise, as it looks: both languages, a small and a large terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from before_stage import HERE, Consoles, Stage, Stand, until, wait_for
from screens import LANGUAGES, SIZES
from textual.pilot import Pilot

from range.scenario.model import Text
from range.settings import Settings
from tui.console.app import ConsoleApp

Act = Callable[[Pilot[None]], Awaitable[None]]
pytestmark = [
    pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
    pytest.mark.parametrize("language", LANGUAGES),
]


@pytest.fixture
def looks(
    console: Consoles, snap_compare: Any, same_host: None, language: str, size: tuple[int, int]
) -> Callable[..., None]:
    """Compare what an act leads to with how it looked when somebody looked at it."""

    def compare(act: Act, **options: Any) -> None:
        app = console(language, **options)
        app.animation_level = "none"
        assert snap_compare(app, terminal_size=size, run_before=act)

    return compare


def said(pilot: Pilot[None], key: str, **values: object) -> str:
    assert isinstance(pilot.app, ConsoleApp)
    return pilot.app.say(key, **values)


async def scenario(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press("n")
    await wait_for(pilot, "B-2")
    await pilot.press(*keys)
    await pilot.pause()


async def setup(pilot: Pilot[None]) -> None:
    await scenario(pilot, "enter")
    await wait_for(pilot, said(pilot, "seed-about")[:8])
    pilot.app.screen.query_one("#pace").focus()  # nothing blinks there
    await wait_for(pilot, "12.0 GiB")


def up(stage: Stage, teams: int = 2) -> Stand:
    """Bring-up half done: images baked, some nodes up, one failed."""
    stand = stage.stand(teams=teams, names=("東部チーム", "西部チーム"))
    stand.tell("debian-12", "present", layer="s" * 20)
    stand.tell("common", "present", layer="c" * 20)
    stand.tell("town_web", "baking", "town_web : Install the server", layer="w" * 20)
    for team in ("team1", "team2"):
        for node in ("fw", "www"):
            stand.tell(node, "made", team=team)
            stand.tell(node, "booting", team=team)
    stand.tell("fw", "running", team="team1")
    stand.tell("www", "failed", "cyder-town-team2-www is not up after 90 s: ssh.service [failed]",
               team="team2")  # fmt: skip
    return stand


def ready(stage: Stage) -> Stand:
    stand = stage.stand(names=("東部チーム", "西部チーム"))
    stand.tell("debian-12", "done", layer="s" * 20)
    for team in ("team1", "team2"):
        for node in ("fw", "www", "pc-1", "pc-2", "camera", "crook", "world"):
            stand.tell(node, "running", team=team)
    stand.tell("preflight", "making")
    proofs = [["control: canaries", "sealed", "heard on dmz, office"],
              ["anywhere outside", "sealed", "on no device but the lab's ports"]]  # fmt: skip
    for team in ("team1", "team2"):
        stand.tell("preflight", "done", "2 of 2 proofs", team=team, proofs=proofs)
        stand.tell("access", "running", f"/var/lib/cyder/labs/x/access/{team}", team=team)
    stand.tell("preflight", "done", "4 findings, all sealed")
    stand.tell("exercise", "running", "ready to start")
    return stand


def test_home(looks: Callable[..., None], stage: Stage) -> None:
    stage.stand("e20261120-000000-town-0a", names=("東部チーム", "西部チーム"), alive=False)
    stage.stand("e20261120-000100-town-0b", teams=12)

    async def act(pilot: Pilot[None]) -> None:
        await wait_for(pilot, "town-0a", "town-0b")

    looks(act)


def test_home_without_root(looks: Callable[..., None]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await wait_for(pilot, said(pilot, "no-exercises")[:10])

    looks(act, root=False)


@pytest.mark.parametrize("page", ["1", "2", "3", "4", "5"])
def test_scenario(looks: Callable[..., None], page: str) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await scenario(pilot, page)
        await wait_for(pilot, {"1": "town", "2": "203.0.113.0/24", "3": "aoki@", "4": "Orient",
                               "5": "12.0 GiB"}[page])  # fmt: skip

    looks(act)


def test_scenario_with_mistakes(looks: Callable[..., None], here: Settings) -> None:
    (here.scenarios / "torn").symlink_to(HERE / "torn")

    async def act(pilot: Pilot[None]) -> None:
        await scenario(pilot, "up", "up")
        await wait_for(pilot, "7:11")
        await pilot.press("enter")
        await wait_for(pilot, said(pilot, "trouble"))

    looks(act)


def test_picture(looks: Callable[..., None]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await scenario(pilot, "p")
        await wait_for(pilot, "203.0.113.66")

    looks(act)


def test_setup(looks: Callable[..., None]) -> None:
    looks(setup)


def test_summary(looks: Callable[..., None], size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await setup(pilot)
        await pilot.press("ctrl+s")
        await wait_for(pilot, said(pilot, "host-libvirt"), "12.0 GiB")

    looks(act)


def test_host(looks: Callable[..., None]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        await wait_for(pilot, "24 ", "cyder-old-team1-pc")

    looks(act)


@pytest.mark.parametrize("page", ["1", "2", "5"])
def test_bring_up(looks: Callable[..., None], stage: Stage, page: str) -> None:
    up(stage)

    async def act(pilot: Pilot[None]) -> None:
        await wait_for(pilot, "town_web")
        await pilot.press(page)
        await wait_for(pilot, {"1": "ssh.service", "2": "camera", "5": "ssh.service"}[page])

    looks(act, exercise="last")


def test_bring_up_of_many_teams(looks: Callable[..., None], stage: Stage) -> None:
    up(stage, teams=20)

    async def act(pilot: Pilot[None]) -> None:
        await wait_for(pilot, "town_web")
        await pilot.press("2")
        await wait_for(pilot, "camera")
        await pilot.press("right", "right", "down")
        await wait_for(pilot, "西部チーム www")

    looks(act, exercise="last")


@pytest.mark.parametrize("page", ["3", "4"])
def test_ready(looks: Callable[..., None], stage: Stage, page: str) -> None:
    ready(stage)

    async def act(pilot: Pilot[None]) -> None:
        await wait_for(pilot, "14 / 14", said(pilot, "startex"))
        await pilot.press(page)
        await wait_for(pilot, {"3": "heard on dmz", "4": "12000"}[page])

    looks(act, exercise="last")


def test_bring_up_that_failed(looks: Callable[..., None], stage: Stage) -> None:
    stand = stage.stand()
    stand.tell("town_web", "failed", "role town_web of www failed", layer="w" * 20)
    stand.add_failure(
        "role town_web of www failed: task 'Install the server' on cyder-bake-town-web-1a2b:"
        " No package matching 'apache3' is available",
        "The guest is kept; look into it with `cyder image shell cyder-bake-town-web-1a2b`.",
    )

    async def act(pilot: Pilot[None]) -> None:
        await wait_for(pilot, "apache3")

    looks(act, exercise="last")


def test_sheet(looks: Callable[..., None], stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(stage)
    text = Text(ja="# team1 アクセス票\n\n    ssh -p 12000 team1@198.51.100.7",
                en="# team1: access sheet\n\n    ssh -p 12000 team1@198.51.100.7")  # fmt: skip
    monkeypatch.setattr("tui.console.sheets.sheet", lambda *_: SimpleNamespace(text=text))

    async def act(pilot: Pilot[None]) -> None:
        monkeypatch.setattr(pilot.app, "settings", Settings())  # a path of the same length for all
        monkeypatch.setattr("tui.console.sheets.deployments.need", lambda *_: plan)
        await wait_for(pilot, "14 / 14")
        await pilot.press("a")
        await wait_for(pilot, "ssh -p 12000")

    from range.providers import deployments

    plan = deployments.need(stage.settings, stage.stands[0].folder.id)
    looks(act, exercise="last")


def test_startex(looks: Callable[..., None], stage: Stage) -> None:
    ready(stage)

    async def act(pilot: Pilot[None]) -> None:
        await wait_for(pilot, "14 / 14")
        await until(pilot, lambda: not pilot.app.screen.query_one("#start").disabled)
        await pilot.press("s")
        await wait_for(pilot, said(pilot, "startex-ask"))

    looks(act, exercise="last")
