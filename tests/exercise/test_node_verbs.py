"""Nodes reset, kept and brought back in a running exercise: logged, charged, whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stage import Stage

from range.errors import CyderError
from range.events.event import Kind
from range.exercise.engine import Engine
from range.exercise.labs import ExerciseLabs
from range.exercise.node_verbs import finish
from range.exercise.verbs import VERBS

Make = Callable[..., Stage]


@pytest.fixture
def still(stage: Make) -> Stage:
    return stage("idle", teams=2, headless=False, speed=1.0, keep=True)


async def run(exercise: Stage, script: Callable[[Engine], Any]) -> None:
    def acting(engine: Engine) -> asyncio.Task[None]:
        async def act() -> None:
            try:
                await script(engine)
            finally:
                engine.stop()

        return asyncio.create_task(act())

    await exercise.run(script=acting)


async def ask(engine: Engine, verb: str, **args: Any) -> Any:
    return await VERBS[verb](engine, args, "tanaka")


def work(exercise: Stage, team: str = "team1", node: str = "pc") -> Path:
    return exercise.settings.labs / exercise.exercise.id / "memory" / team / node / "work"


async def test_a_node_goes_back_to_its_snapshot_is_logged_and_costs_unless_it_is_free(
    still: Stage,
) -> None:
    async def script(engine: Engine) -> None:
        engine.start("white")
        work(still).write_text("before")
        assert (await ask(engine, "snapshot", team="team1", node="pc", name="clean"))[
            "name"
        ] == "clean"
        work(still).write_text("after")
        await ask(engine, "revert", team="team1", node="pc", name="clean", free=True)
        assert work(still).read_text() == "before"
        work(still).write_text("after")
        await ask(engine, "revert", team="team1", node="pc")  # the newest
        assert work(still).read_text() == "before"
        await ask(engine, "reset", team="team1", node="pc")
        assert not work(still).exists()
        kept = await ask(engine, "snapshots")
        assert [(one["node"], one["name"]) for one in kept["team1"]] == [("pc", "clean")]
        assert kept["team2"] == []
        assert not engine.state.teams["team1"].reverting

    await run(still, script)
    reverted = still.of(Kind.REVERTED, "team1")
    assert [(e.data["node"], e.data["name"], e.data["charged"], e.actor) for e in reverted] == [
        ("pc", "clean", False, "tanaka"),
        ("pc", "clean", True, "tanaka"),
        ("pc", "", True, "tanaka"),
    ]
    (taken,) = still.of(Kind.VERB, verb="snapshot")
    assert taken.data["args"] == {"team": "team1", "node": "pc", "name": "clean"}
    penalties = still.grade("team1").penalties
    assert [(lost.kind, lost.points) for lost in penalties if lost.kind == "revert"] == [
        ("revert", 2), ("revert", 2)]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "args", "said"),
    [
        ("revert", {"team": "team1", "node": "pc"}, "has no snapshot"),
        ("revert", {"team": "team1", "node": "pc", "name": "../.."}, "has no snapshot"),
        ("snapshot", {"team": "team1", "node": "pc", "name": "../x"}, "is no name of a snapshot"),
        ("snapshot", {"team": "team1", "node": "../pc"}, "has no node"),
        ("reset", {"team": "team1", "node": "nobody"}, "has no node nobody"),
        ("reset", {"team": "team3", "node": "pc"}, "there is no team team3"),
        ("snapshots", {"team": "team3"}, "there is no team team3"),
    ],
)
async def test_what_is_not_there_is_refused_and_costs_nothing(
    still: Stage, verb: str, args: dict[str, str], said: str
) -> None:
    async def script(engine: Engine) -> None:
        engine.start("white")
        with pytest.raises(CyderError, match=said):
            await ask(engine, verb, **args)

    await run(still, script)
    assert not still.of(Kind.REVERTED)


@pytest.mark.parametrize("verb", ["reset", "revert"])
async def test_an_engine_that_died_while_it_put_a_node_back_does_it_again_and_charges_once(
    still: Stage, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    class Dead(BaseException):
        """Nothing of what follows is done."""

    async def first(engine: Engine) -> None:
        engine.start("white")
        await ask(engine, "snapshot", team="team1", node="pc", name="clean")
        work(still).write_text("after")

        def dies(*_: Any) -> None:
            raise Dead

        with monkeypatch.context() as patched:
            patched.setattr(ExerciseLabs, verb, dies)
            with pytest.raises(Dead):
                await ask(engine, verb, team="team1", node="pc")

    async def second(engine: Engine) -> None:
        begun = engine.state.teams["team1"].reverting["pc"]
        assert (begun.charged, begun.actor) == (True, "tanaka")
        with pytest.raises(CyderError, match="already"):
            await ask(engine, "reset", team="team1", node="pc")
        await finish(engine)
        assert not work(still).exists()
        await finish(engine)

    await run(still, first)
    assert not still.of(Kind.REVERTED)
    await run(still, second)
    assert [event.actor for event in still.of(Kind.REVERTED)] == ["tanaka"]


async def test_a_node_that_cannot_be_put_back_is_told_costs_nothing_and_may_be_tried_again(
    still: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def script(engine: Engine) -> None:
        engine.start("white")

        def fails(*_: Any) -> None:
            raise CyderError("the disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(ExerciseLabs, "reset", fails)
            with pytest.raises(CyderError, match="the disk is full"):
                await ask(engine, "reset", team="team1", node="pc")
        await ask(engine, "reset", team="team1", node="pc")

    await run(still, script)
    (told,) = still.of(Kind.NOTED)
    assert told.data["text"] == "pc could not be put back: the disk is full"
    assert len(still.of(Kind.REVERTED)) == 1
