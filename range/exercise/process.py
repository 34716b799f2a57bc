"""The engine process: from bring-up to the report, or from wherever its log says it stood."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from pathlib import Path

from range.errors import CyderError
from range.events.event import Draft, Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.acts import ACTS
from range.exercise.control import serve_control, socket_path
from range.exercise.create import Options, creation, options, responders
from range.exercise.desk import Desk
from range.exercise.drafts import Drafts
from range.exercise.engine import Engine
from range.exercise.finish import conclude, debrief
from range.exercise.keeper import Keeper
from range.exercise.labs import ExerciseLabs
from range.exercise.node_verbs import finish
from range.exercise.rooms import Rooms, open_rooms, take_down
from range.exercise.state import folded
from range.exercise.users import live
from range.settings import Settings
from range.text import clean, line

_log = logging.getLogger(__name__)


async def run_exercise(settings: Settings, exercise: ExerciseFolder) -> None:
    """Run or go on with an exercise until it is over. LogBusy when another engine does already."""
    with Log.open(exercise.log) as log:
        events = list(log.read())
        chosen = options(creation(events))
        resumed = any(event.kind is Kind.ENGINE for event in events)
        over = any(event.kind is Kind.ENDED for event in events)
        log.append([Draft(Kind.ENGINE, {"resumed": resumed})])
        if not over:
            over = await _held(settings, exercise, log, events, chosen)
    if over:
        conclude(exercise)
        debrief(exercise)
        if chosen.headless and not chosen.keep:
            await asyncio.to_thread(take_down, settings, exercise, chosen)


async def _held(
    settings: Settings, exercise: ExerciseFolder, log: Log, events: list[Event], chosen: Options
) -> bool:
    """Bring everything up and run; what fails is told in the log, too, where others wait for it."""
    try:
        rooms = await asyncio.to_thread(open_rooms, settings, exercise, chosen, log)
        try:
            return await _run(settings, exercise, log, events, chosen, rooms)
        finally:
            await asyncio.to_thread(rooms.close)
    except CyderError as error:
        data = {"node": "exercise", "state": "failed", "detail": clean(error.message, 2000),
                "hint": line(error.hint, 500)}  # fmt: skip
        with suppress(CyderError):  # the log itself may be what fails
            log.append([Draft(Kind.BRINGUP, data)])
        raise


async def _run(
    settings: Settings,
    exercise: ExerciseFolder,
    log: Log,
    events: list[Event],
    chosen: Options,
    rooms: Rooms,
) -> bool:
    """Run the engine; True when the exercise came to its end."""
    engine, labs = assemble(exercise, log, events, chosen, rooms)
    await rooms.serve({lab.team: Desk(engine, lab.team, lab, events, _drafts(exercise, lab.team))
                       for lab in rooms.plan.labs})  # fmt: skip
    keeper = Keeper(exercise.path)
    engine.listeners.append(keeper)
    path = socket_path(settings, exercise.id)
    server = await serve_control(engine, path)
    if not engine.state.started:
        engine.note(Kind.BRINGUP, node="exercise", state="running", detail="ready to start")
    users = asyncio.create_task(live(engine, labs)) if chosen.users else None
    mending = asyncio.create_task(_finish(engine))
    loop = asyncio.get_running_loop()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_, engine.stop)
    try:
        if chosen.headless and not engine.state.started:
            engine.start("engine")
        await engine.run()
    finally:
        mending.cancel()
        if users is not None:
            users.cancel()
        keeper.close()
        server.close()
        path.unlink(missing_ok=True)
    return engine.state.over


async def _finish(engine: Engine) -> None:
    """Put back what an engine before this one had begun to; what fails is in the log."""
    try:
        await finish(engine)
    except Exception:
        _log.exception("a node could not be put back")


def _drafts(exercise: ExerciseFolder, team: str) -> Drafts:
    return Drafts(exercise.path / "drafts" / f"{team}.json")


def assemble(
    exercise: ExerciseFolder, log: Log, events: list[Event], chosen: Options, rooms: Rooms
) -> tuple[Engine, ExerciseLabs]:
    """Put an engine together that goes on where `events` end."""
    bundle = exercise.bundle()
    state = folded(bundle, responders(exercise, creation(events)), events)
    if not state.started:
        state.speed = chosen.speed
    labs = ExerciseLabs(
        exercise.id, bundle, rooms.plan, rooms.provider, rooms.doors, chosen.language
    )
    return Engine(exercise.id, log, state, labs, ACTS, headless=chosen.headless), labs


def main(folder: Path, settings: Settings) -> int:
    """Run the exercise in `folder`; returns the exit code. Its complaints go to stderr."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("paramiko").setLevel(logging.WARNING)
    try:
        asyncio.run(run_exercise(settings, ExerciseFolder(folder)))
    except CyderError as error:
        _log.error("%s", error.message)
        return error.exit_code
    return 0
