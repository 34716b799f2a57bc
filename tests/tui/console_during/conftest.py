"""Exercises for the console: one told by hand at fixed times, and one with a live engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from during import Live, Told
from stage import Stage

from range.events.event import Kind
from range.events.folder import ExerciseFolder
from range.exercise.control import serve_control, socket_path
from range.exercise.create import Options
from range.exercise.engine import Engine
from range.exercise.prepare import prepare
from range.exercise.sketch import sketch
from range.load.scenario import Loaded, load_scenario
from range.plan.model import Plan
from range.providers import deployments
from range.settings import Settings

REHEARSAL = Path(__file__).parents[2] / "exercise" / "rehearsal"
ID = "e20260401-084000-municipality-00"


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()


@cache
def _planned(scenario: str, teams: int) -> tuple[Loaded, Plan]:
    loaded = load_scenario(scenario, Settings())
    return loaded, replace(sketch(loaded, teams), deployment=ID)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokyo: None) -> Callable[..., Told]:
    """Make an exercise of the municipality with two teams, ready to start."""
    monkeypatch.chdir(tmp_path)

    def make(scenario: str = "municipality", teams: int = 2) -> Told:
        here = Settings(home=Path("home"))
        loaded, plan = _planned(scenario, teams)
        deployments.save(here, plan)
        folder = ExerciseFolder(here.exercises / ID)
        folder.save_bundle(loaded.bundle)
        names = tuple(lab.team for lab in plan.labs)
        exercise = Told(here, folder, names)
        shown = dict(zip(names, ("東部チーム", "西部チーム"), strict=False)) | {
            name: name for name in names[2:]
        }
        exercise._held = True
        exercise.say(
            Kind.CREATED, None, exercise=ID, scenario=loaded.scenario.name, digest="00",
            teams=list(names), names=shown, seed="00", speed=1.0,
            responders=dict.fromkeys(names, "idle"), secrets={},
            options={"provider": "memory", "speed": 1.0},
        )  # fmt: skip
        for lab in plan.labs:
            for node in lab.nodes:
                exercise.say(Kind.BRINGUP, None, lab.team, node=node.name, state="running",
                             detail="")  # fmt: skip
        with exercise.at_once():
            return exercise

    return make


def _half_way(exercise: Told) -> None:
    say, ended = exercise.say, exercise.ended
    say(Kind.STARTED, 0.0, actor="tanaka")
    say(Kind.CLOCK, 0.0, actor="tanaka", running=True, rate=1.0)
    ended("A01", 120, "succeeded", technique="T1566.001")
    ended("E01", 300, "succeeded", facts={"since": "2026-04-01T08:45:00+09:00"})
    ended("A02", 360, "succeeded", "team1", technique="T1071.001")
    ended("A02", 360, "prevented", "team2", blocked_by="c2-unreachable", technique="T1071.001")
    ended("M01", 600, "delivered")
    ended("M02", 780, "delivered")
    ended("M03", 900, "delivered")
    say(Kind.SUBMITTED, 1500.0, "team1", "team1+佐藤", form="first-report", by="team1+佐藤", id="1",
        answers={"host": "pc-1", "user": "tanaka", "destination": "cdn.sync-update.example",
                 "kanri": "benign", "next": "[b]pc-1[/b] を隔離し証拠を保全。"})  # fmt: skip
    say(Kind.HINT, 1600.0, "team1", "team1", hint="H-trace-1", by="team1")
    say(Kind.NOTED, 1610.0, "team1", "sato", text="折り返しは2分後。落ち着いている。", inject="M01")
    say(Kind.NOTED, 1700.0, "", "tanaka", text="会場の空調が強い。")
    say(Kind.NOTED, 1720.0, "team2", "tanaka", text="役割分担が決まっていない。")
    say(Kind.VERB, 1800.0, actor="tanaka", verb="hold", args={"inject": "M10", "teams": ["team2"]})
    say(Kind.RETIMED, 1810.0, "team2", "tanaka", inject="M08", at=4200.0)
    say(Kind.SUBMITTED, 1900.0, "team1", "team1", form="containment", by="team1", id="2",
        answers={"target": "pc-1", "measures": ["isolate-pc"], "evidence": "before",
                 "reason": "窓口業務は止めずに端末だけを切り離す。"})  # fmt: skip
    say(Kind.INTENDED, 2000.0, "team2", inject="M05")
    say(Kind.NOTED, 2010.0, "team2", text="M05 is unknown: no receipt was left")
    ended("M05", 1680, "delivered", "team1")
    say(Kind.REVERTED, 2100.0, "team2", "tanaka", node="www", charged=True)
    ended("M06", 2280, "delivered")


@pytest.fixture
def half_way(told: Callable[..., Told]) -> Told:
    """An exercise 40 minutes in, with something of everything."""
    exercise = told()
    with exercise.at_once():
        _half_way(exercise)
    return exercise


@pytest.fixture
def live(tmp_path: Path) -> Callable[..., Any]:
    """Run an engine of the rehearsal scenario, its control socket open, while the test lasts."""

    @asynccontextmanager
    async def run(teams: int = 2, **chosen: Any) -> AsyncIterator[Live]:
        here = Settings(home=tmp_path / "home")
        options = Options(**{"provider": "memory", "users": False, **chosen})
        stage = Stage(here, prepare(here, str(REHEARSAL), teams, (), options, seed="5e" * 32))
        found: asyncio.Future[Engine] = asyncio.get_running_loop().create_future()
        done = asyncio.Event()

        def serving(engine: Engine) -> asyncio.Task[None]:
            async def serve() -> None:
                server = await serve_control(engine, socket_path(here, stage.exercise.id))
                found.set_result(engine)
                await done.wait()
                server.close()

            return asyncio.create_task(serve())

        running = asyncio.create_task(stage.run(script=serving))
        try:
            engine = await asyncio.wait_for(asyncio.shield(found), 20)
            yield Live(stage, engine, done.set)
        finally:
            if found.done():
                found.result().stop()
            done.set()
            await running

    return run
