"""`python desk_on_pty.py HOME FOLDER TEAM LANGUAGE`: a desk of an exercise on this terminal."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from desk_lines import EngineLine
from stage import Stage

from range.events.folder import ExerciseFolder
from range.exercise.desk import Desk
from range.exercise.engine import Engine
from range.settings import Settings
from tui.desk.app import DeskApp


def main() -> None:
    """Sit down; the engine lives as long as the desk is open."""
    home, folder, team, language = sys.argv[1:]
    exercise = Stage(Settings(home=Path(home)), ExerciseFolder(Path(folder)))

    def sit(engine: Engine) -> asyncio.Task[None]:
        async def sitting() -> None:
            desk = Desk(engine, team, engine.labs.lab(team), exercise.events())  # type: ignore[attr-defined]
            app = DeskApp(
                EngineLine(desk), team=team, member="sato",
                language="ja" if language == "ja" else "en",
            )  # fmt: skip
            try:
                await app.run_async()
            finally:
                engine.stop()

        return asyncio.create_task(sitting())

    asyncio.run(exercise.run(script=sit))


if __name__ == "__main__":
    main()
