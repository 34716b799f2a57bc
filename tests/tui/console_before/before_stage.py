"""The console before an exercise: a project of its own, no guests, a host that never changes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.control import control
from range.exercise.create import Options, create
from range.exercise.prepare import responders_for
from range.host.doctor import Finding
from range.host.facts import HostFacts
from range.load.scenario import load_scenario
from range.plan.make import make_plan, team_names
from range.providers import deployments
from range.settings import PROJECT, Settings
from tui.console.app import ConsoleApp

HERE = Path(__file__).parent / "scenarios"
WALL = 1_795_000_000.0
SEED = "5e" * 32


@pytest.fixture(autouse=True)
def _one_place_and_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project with the scenario `town` only, and an empty state folder."""
    project = tmp_path / "project"
    (project / "scenarios").mkdir(parents=True)
    (project / "scenarios" / "town").symlink_to(HERE / "town")
    for shared in ("range", "playbooks"):
        (project / shared).symlink_to(PROJECT / shared)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("CYDER_HOME", str(home))  # for engines
    return Settings(home=home, project=project)


FINDINGS = [
    Finding("rights", "ok", "root"),
    Finding("packages", "ok", "24 present"),
    Finding("libvirt", "lack", "the LXC driver does not answer", "sudo ./cyder doctor --fix", str),
    Finding("memory", "lack", "1.5 GiB available; two teams need about 4",
            "End what uses it, or take a larger machine."),
    Finding("kvm", "note", "not usable, virtual machines are emulated"),
    Finding("leftovers", "note", "guest cyder-old-team1-pc", "sudo ./cyder doctor --fix", str),
]  # fmt: skip


@pytest.fixture
def same_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host whose figures and findings do not depend on where tests run."""
    facts = HostFacts(16 * 2**30, 12 * 2**30, 100 * 2**30, 4)
    monkeypatch.setattr("range.images.room.host_facts", lambda _: facts)
    for module in ("hosts", "summary"):
        monkeypatch.setattr(f"tui.console.{module}.examine", lambda _: iter(FINDINGS))


@dataclass
class Stand:
    """An exercise folder as an engine left it, or (`alive`) as one is about to."""

    settings: Settings
    folder: ExerciseFolder
    log: Log | None = None
    wall: float = WALL
    seconds: float = 0.0

    def tell(self, node: str, state: str, detail: str = "", team: str = "", **more: Any) -> None:
        """Write down a piece of progress, two seconds after the last."""
        self.add(Kind.BRINGUP, team, node=node, state=state, detail=detail, **more)

    def add(self, kind: Kind, team: str = "", at: float | None = None, **data: Any) -> None:
        """Write an event down."""
        self.seconds += 2
        draft = Draft(kind, data, team, "engine", at)
        if self.log is not None:
            self.log.append([draft], self.wall + self.seconds)
            return
        with Log.open(self.folder.log) as log:
            log.append([draft], self.wall + self.seconds)

    def add_failure(self, message: str, hint: str = "") -> None:
        """Write down why it does not go on."""
        self.tell("exercise", "failed", message, hint=hint)

    def open(self) -> None:
        """Be the engine: hold the log."""
        self.log = Log.open(self.folder.log)

    def close(self) -> None:
        """Die."""
        if self.log is not None:
            self.log.close()
            self.log = None


@dataclass
class Stage:
    """Makes exercises without engines."""

    settings: Settings
    stands: list[Stand] = field(default_factory=list)

    def stand(
        self, id_: str = "e20261120-000000-town-0a", teams: int = 2, *, names: tuple[str, ...] = (),
        provider: str = "lxc", alive: bool = True,
    ) -> Stand:  # fmt: skip
        """An exercise of which only the first event is known."""
        loaded = load_scenario(HERE / "town", self.settings)
        ids = team_names(teams)
        plan = make_plan(
            loaded.bundle, role_digests={}, systems={"debian-12": "a" * 40}, deployment=id_,
            slot=0, teams=ids, seed=SEED, first_port=12_000,
        )  # fmt: skip
        deployments.save(self.settings, plan)
        (self.settings.exercises / id_).mkdir(parents=True)
        shown = dict(zip(ids, names, strict=False))
        folder = create(
            self.settings, loaded, plan, responders_for(loaded, ids, ()),
            Options(provider=provider), seed=SEED,
            names={team: shown.get(team, team) for team in ids},
        )  # fmt: skip
        stand = Stand(self.settings, folder)
        self.stands.append(stand)
        if alive:
            stand.open()
        stand.add(Kind.ENGINE, resumed=False)
        return stand


@pytest.fixture
def stage(here: Settings) -> Iterator[Stage]:
    made = Stage(here)
    yield made
    for stand in made.stands:
        stand.close()


Consoles = Callable[..., ConsoleApp]


@pytest.fixture
def console(here: Settings) -> Iterator[Consoles]:
    """Make a console; engines that it starts are ended."""
    apps: list[ConsoleApp] = []

    def make(language: str = "en", **options: Any) -> ConsoleApp:
        options.setdefault("root", True)
        options.setdefault("wall", lambda: WALL + 100)
        app = ConsoleApp(here, "suzuki", "ja" if language == "ja" else "en", **options)
        apps.append(app)
        return app

    yield make
    for app in apps:
        for id_, engine in app.engines.items():
            if engine.poll() is None:
                control(here, id_, "end", {}, actor="test")
            try:
                engine.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(engine.pid, 9)
                engine.wait()


async def until(pilot: Pilot[None], holds: Callable[[], Any], within: float = 30) -> None:
    """Wait until something holds; AssertionError with what is on the screen."""
    deadline = time.monotonic() + within
    while True:
        await pilot.pause()
        if holds():
            return
        assert time.monotonic() < deadline, shown(pilot)
        await asyncio.sleep(0.05)


def shown(pilot: Pilot[None]) -> str:
    """What is on the screen, as text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def wait_for(pilot: Pilot[None], *texts: str, within: float = 30) -> None:
    """Wait until the screen shows all of `texts`."""
    await until(pilot, lambda: all(text in shown(pilot) for text in texts), within)
