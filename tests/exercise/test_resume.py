"""An engine that dies anywhere: the next one goes on, nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from stage import Stage

from range.events.event import Kind
from range.events.log import Log, LogBusy
from range.exercise.engine import Engine
from range.exercise.process import run_exercise
from range.exercise.verbs import VERBS
from range.providers.memory_guest import MemoryGuest

Make = Callable[..., Stage]


async def test_killed_at_every_event_the_score_is_that_of_an_undisturbed_run(stage: Make) -> None:
    whole = stage("solution", keep=True)
    assert await whole.run()
    expected, receipts = whole.grade("team1"), Counter(whole.receipts())
    for dies_at in range(4, len(whole.events())):
        torn = stage("solution", keep=True)
        assert not await torn.run(dies_at=dies_at)
        assert await torn.run()
        assert torn.outcomes("team1") == whole.outcomes("team1"), dies_at
        assert torn.grade("team1").phases == expected.phases, dies_at
        assert Counter(torn.receipts()) == receipts, dies_at


async def test_killed_again_and_again_it_still_arrives(stage: Make) -> None:
    whole, torn = stage("solution", keep=True), stage("solution", keep=True)
    await whole.run()
    dice = random.Random(2)
    lives = 0
    while not await torn.run(dies_at=len(torn.events()) + dice.randint(2, 9)):
        lives += 1
        assert lives < 100
    assert lives > 3
    assert torn.grade("team1").phases == whole.grade("team1").phases
    assert Counter(torn.receipts()) == Counter(whole.receipts())


async def test_a_step_that_died_half_way_is_tried_again_where_the_inject_says_so(
    stage: Make,
) -> None:
    exercise = stage("idle", keep=True)
    await _die_within_a_script(exercise)
    assert await exercise.run()
    assert [e.data["inject"] for e in exercise.of(Kind.INTENDED)].count("A01") == 2
    assert exercise.outcomes("team1")["A01"] == ("succeeded", 300)


async def test_and_passed_over_where_it_says_skip(stage: Make) -> None:
    exercise = stage("idle", keep=True, edit=lambda text: text.replace(
        "    event: {procedure: foothold, node: pc, timeout: 20s}",
        "    event: {procedure: foothold, node: pc, timeout: 20s}\n    on_unknown: skip",
        1,
    ))  # fmt: skip
    await _die_within_a_script(exercise)
    assert await exercise.run()
    assert exercise.outcomes("team1")["A01"] == ("skipped", 300)


async def test_killed_processes_resume_with_the_same_score(stage: Make) -> None:
    edit = lambda text: text.replace("dwell: 0s", "dwell: 1s")  # noqa: E731
    whole = stage("solution", keep=True, edit=edit)
    await whole.run()
    dice = random.Random(os.environ.get("PYTEST_SEED", "kill"))
    torn = stage("solution", keep=True, users=True)
    kills = 0
    while not torn.of(Kind.ENDED):
        engine = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "range.exercise", str(torn.exercise.path),
            env={**os.environ, "CYDER_HOME": str(torn.settings.home)},
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        enough = len(torn.events()) + dice.randint(2, 6)
        while engine.returncode is None:
            if len(torn.events()) >= enough:
                engine.send_signal(signal.SIGKILL)
                kills += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(engine.wait(), 0.02)
    assert kills > 1
    assert torn.outcomes("team1") == whole.outcomes("team1")
    assert torn.grade("team1").phases == whole.grade("team1").phases
    assert Counter(torn.receipts()) == Counter(whole.receipts())


async def _die_within_a_script(exercise: Stage) -> None:
    """Leave A01 intended, and a receipt that says begun and never ended."""
    assert not await exercise.run(dies_at=8)  # created, engine, three nodes, start, clock, A01
    assert exercise.of(Kind.INTENDED, inject="A01")
    assert not exercise.of(Kind.INJECTED, inject="A01")
    name = exercise.receipt("team1", "A01", 2)
    (result,) = Path(exercise.settings.labs).glob(f"*/memory/*/pc/var/lib/cyder/*/{name}/result")
    assert json.loads(result.read_text())["exit"] == 0
    result.unlink()
    folder = result.parents[5]
    assert MemoryGuest("pc", folder, {}).read("/run/implant").type == "file"


def stopping(engine: Engine, act: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """Let `act` run beside the engine, which stops after it whatever comes of it."""

    async def run() -> None:
        try:
            await act()
        finally:
            engine.stop()

    return asyncio.create_task(run())


async def test_what_the_instructor_did_survives(stage: Make) -> None:
    exercise = stage("idle", headless=False, speed=1.0, keep=True)

    def first(engine: Engine) -> asyncio.Task[None]:
        async def act() -> None:
            engine.start("white")
            await VERBS["hold"](engine, {"inject": "M01"}, "white")
            await VERBS["retime"](engine, {"inject": "M02", "at": "T+00:40"}, "white")
            await VERBS["extend"](engine, {"by": "15m"}, "white")
            await VERBS["pause"](engine, {}, "white")

        return stopping(engine, act)

    def second(engine: Engine) -> asyncio.Task[None]:
        async def act() -> None:
            before = engine.clock.now()
            told = await VERBS["status"](engine, {}, "white")
            assert (told["state"], told["end"]) == ("paused", "T+01:15")
            assert told["teams"]["team1"]["held"] == ["M01"]
            coming = {due["id"]: due for due in told["teams"]["team1"]["next"]}
            assert coming["M02"] == {
                "kind": "inject", "id": "M02", "at": "T+00:40", "seconds": 2400,
            }  # fmt: skip
            assert engine.clock.now() == before

        return stopping(engine, act)

    await exercise.run(script=first)
    await exercise.run(script=second)


async def test_two_engines_never_run_one_exercise(stage: Make) -> None:
    exercise = stage("idle")
    with Log.open(exercise.exercise.log), pytest.raises(LogBusy):
        await run_exercise(exercise.settings, exercise.exercise)
