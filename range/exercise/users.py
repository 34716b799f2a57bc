"""Benign users: noise in which attacks hide. Never waited for, never counted, never logged."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from range.errors import CyderError
from range.exercise.engine import Engine
from range.exercise.labs import ExerciseLabs, rhythm

_log = logging.getLogger(__name__)
THREADS = (2, 16)  # for each team, at most: who waits for a server that is cut off holds one
JUMP_PACE = 10  # on the jumping clock three hours pass in minutes: users hurry, too


async def live(engine: Engine, labs: ExerciseLabs) -> None:
    """Let all users of all teams live until cancelled."""
    each, most = THREADS
    count = min(most, each * len(engine.state.teams))
    threads = ThreadPoolExecutor(count, thread_name_prefix="user")
    try:
        async with asyncio.TaskGroup() as group:
            for team in engine.state.teams:
                for user in engine.state.bundle.scenario.users:
                    group.create_task(_live(engine, labs, threads, team, user))
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


async def _live(
    engine: Engine, labs: ExerciseLabs, threads: ThreadPoolExecutor, team: str, user: str
) -> None:
    dice = rhythm(labs.lab(team), user)
    shortest, longest = engine.state.bundle.scenario.users[user].every
    number = 0
    while not engine.state.over:
        speed = engine.state.speed
        pace = JUMP_PACE if speed == "jump" else float(speed)
        await asyncio.sleep(dice.uniform(shortest, longest) / pace)
        if not engine.state.running:
            continue
        number += 1
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(threads, labs.act, team, user, number)
        except CyderError as error:
            _log.info("%s %s: %s", team, user, error.message)
        except Exception:  # whatever a user does wrong, the others live on
            _log.exception("%s %s", team, user)
