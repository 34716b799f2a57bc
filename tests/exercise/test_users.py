"""Benign users: they live while the clock runs, seeded, and leave nothing in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from stage import Stage

from range.exercise.engine import Engine
from range.exercise.labs import ExerciseLabs, rhythm
from range.exercise.users import live

Make = Callable[..., Stage]


async def test_users_act_while_the_clock_runs_and_are_never_counted(stage: Make) -> None:
    exercise = stage("idle", headless=False, speed=50.0, keep=True)
    reads = exercise.settings.labs / exercise.exercise.id / "memory/team1/pc/tmp/reads"

    async def script(engine: Engine) -> None:
        assert isinstance(engine.labs, ExerciseLabs)
        engine.start("white")
        living = asyncio.create_task(live(engine, engine.labs))
        async with asyncio.timeout(10):
            while not reads.exists() or len(reads.read_text().split()) < 3:
                await asyncio.sleep(0.02)
        engine.pause("white")
        await asyncio.sleep(0.1)  # whoever is in the middle of something ends it
        before = reads.read_text()
        await asyncio.sleep(0.2)
        assert reads.read_text() == before
        living.cancel()
        engine.stop()

    await exercise.run(script=lambda engine: asyncio.create_task(script(engine)))
    assert all(event.actor in ("engine", "white") for event in exercise.events())
    assert not [receipt for receipt in exercise.receipts() if "user" in receipt]


async def test_the_same_seed_gives_users_the_same_rhythm(stage: Make) -> None:
    first, same, other = (stage("idle", seed=seed * 32) for seed in ("5e", "5e", "6f"))

    def dice(exercise: Stage) -> float:
        from range.providers import deployments

        plan = deployments.need(exercise.settings, exercise.exercise.id)
        return rhythm(plan.labs[0], "reader").random()

    assert dice(first) == dice(same) != dice(other)
