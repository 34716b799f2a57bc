"""Desks over the engine's real desk, on an exercise without guests."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk_lines import EngineLine
from stage import Stage
from textual.pilot import Pilot

from range.exercise.create import Options
from range.exercise.desk import Desk
from range.exercise.drafts import Drafts
from range.exercise.engine import Engine
from range.exercise.prepare import prepare
from range.settings import Settings
from tui.desk.app import DeskApp
from tui.desk.line import Kept

_REHEARSAL = Path(__file__).parents[2] / "exercise" / "rehearsal"
_FORM = """
  everything:
    title: {ja: 全部の欄, en: Every kind of field}
    to: lead
    about: {ja: "短く[bold]。", en: "Be brief[/]."}
    fields:
      a-line: {label: {ja: 一行, en: A line}}
      a-text: {label: {ja: 文章, en: A text}, kind: text}
      a-choice: {label: {ja: 択一, en: One of}, kind: choice, choices: {x: {ja: 甲, en: X}, y: {ja: 乙, en: "Y"}}}
      choices: {label: {ja: 複数, en: Several}, kind: choices, choices: {x: {ja: 甲, en: X}, y: {ja: 乙, en: "Y"}}}
      a-number: {label: {ja: 数, en: Number}, kind: number, required: false}
      a-time: {label: {ja: 時刻, en: Time}, kind: time, required: false}
      a-list: {label: {ja: 一覧, en: List}, kind: list, required: false}
hints:
  H02: {objective: see, tier: 2, cost: 2, text: {ja: 二つ目, en: The second}}"""  # noqa: E501


@dataclass
class Room:
    """An exercise under way, and desks of it. `lines` are those of the desks, in order."""

    engine: Engine
    desks: dict[str, Desk]
    lines: list[EngineLine] = field(default_factory=list)

    @asynccontextmanager
    async def sit(
        self, member: str = "mori", *, team: str = "team1", kept: Kept | None = None,
        size: tuple[int, int] = (80, 24), late: Mapping[str, asyncio.Event] | None = None,
    ) -> AsyncIterator[tuple[DeskApp, Pilot[Any]]]:  # fmt: skip
        """Open a desk, past its greeting unless the name is to be asked."""
        line = EngineLine(self.desks[team], late or {})
        self.lines.append(line)
        greets = not member
        app = DeskApp(line, team=team, member=member, nodes=("mail", "pc"), language="en",
                      kept=kept or (None if greets else Kept()))  # fmt: skip
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: app.model.known, "the desk knows its exercise")
            yield app, pilot


async def until(pilot: Pilot[Any], true: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(15):
        while not true():
            await pilot.pause(0.02)
    assert true(), what


def shown(app: DeskApp) -> str:
    """All that is on the screen, as text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


Script = Callable[[Room], Awaitable[None]]


def player(tmp_path: Path) -> Callable[..., Awaitable[Stage]]:
    """Play a script in an exercise of two teams whose clock runs in real time."""

    async def run(script: Script, *, start: bool = True, edit: Callable[[str], str] = str) -> Stage:
        folder = tmp_path / "rehearsal"
        shutil.copytree(_REHEARSAL, folder)
        file = folder / "scenario.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(edit(text.replace("\nhints:", _FORM)), encoding="utf-8")
        given = Options(provider="memory", speed=1.0, headless=False, users=False)
        settings = Settings(home=tmp_path / "home")
        stage = Stage(settings, prepare(settings, str(folder), 2, (), given, seed="5e" * 32))

        def acting(engine: Engine) -> asyncio.Task[None]:
            desks = {
                team: Desk(engine, team, engine.labs.lab(team), stage.events(), Drafts())  # type: ignore[attr-defined]
                for team in ("team1", "team2")
            }

            async def act() -> None:
                try:
                    if start:
                        engine.start("white")
                    async with asyncio.timeout(60):
                        await script(Room(engine, desks))
                finally:
                    engine.stop()

            return asyncio.create_task(act())

        await stage.run(script=acting)
        return stage

    return run
