"""Keeps the model as the engine has it and says when it changed, also across a lost line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tui.desk.line import Closed, Json, Line, Refusal
from tui.desk.model import DeskModel, by_objective

AGAIN = (0.5, 1.0, 2.0, 4.0)  # seconds before each new try on a lost line; the last one stays
BREATH = 0.3  # seconds between two looks, however fast things come
REFUSED = 5.0  # seconds until the next look where the engine cannot be watched

Changed = Callable[[], None]


class Feed:
    """One for each desk. `changed` is called after each change of the model."""

    def __init__(self, line: Line, model: DeskModel, changed: Changed) -> None:
        self._line, self._model, self._changed = line, model, changed
        self.there = asyncio.Event()  # set while the line answers
        self._failures = 0

    async def ask(self, op: str, **payload: Any) -> Any:
        """Ask in the member's name; Refusal, Closed."""
        try:
            return await self._line.ask(op, by=self._model.by, **payload)
        except Closed:
            self._lost()
            raise

    async def ask_until_answered(self, op: str, **payload: Any) -> Any:
        """Ask, and again whenever the line comes back; for what may arrive twice. Refusal."""
        while True:
            try:
                return await self.ask(op, **payload)
            except Closed:
                await self.there.wait()

    async def run(self) -> None:
        """Follow the exercise until cancelled."""
        while True:
            try:
                await self._follow()
            except Closed:
                await asyncio.sleep(AGAIN[min(self._failures, len(AGAIN) - 1)])
                self._failures += 1

    async def look(self) -> None:
        """Fetch all that may have changed; Closed."""
        model = self._model
        try:
            model.take_briefing(await self.ask("briefing"))
        except Refusal:
            self._lost()  # the line is there, but not who should answer
            raise Closed from None
        model.inbox = await self._list("inbox")
        model.forms = await self._list("forms")
        model.hints = by_objective(await self._list("hints"))
        model.timeline = await self._list("timeline")
        if not model.network:
            model.network = await self._object("network")
        model.submissions = await self._object("submissions")
        if model.page == "score":
            model.score = await self._object("score") or None
        self._found()
        self._changed()

    async def look_at_score(self) -> None:
        """Fetch the score. It changes without being news, so it is fetched while it is shown."""
        with suppress(Closed):
            self._model.score = await self._object("score") or None
            self._changed()

    async def _follow(self) -> None:
        seen = await self._seq(-1)
        await self.look()
        while True:
            seq = await self._seq(seen)
            if seq is None:
                await asyncio.sleep(REFUSED)
            elif seq == seen:
                if self._model.page == "score":
                    await self.look_at_score()
                continue  # nothing new for as long as the engine waits
            await self.look()
            seen = seq
            await asyncio.sleep(BREATH)

    async def _seq(self, since: int | None) -> int | None:
        """Wait for more than `since`; None where the engine does not say."""
        try:
            reply = await self.ask("watch", since=-1 if since is None else since)
        except Refusal:
            return None
        return int(reply["seq"])

    async def _list(self, op: str) -> list[Json]:
        value = await self._quietly(op)
        return value if isinstance(value, list) else []

    async def _object(self, op: str) -> Json:
        value = await self._quietly(op)
        return value if isinstance(value, dict) else {}

    async def _quietly(self, op: str) -> Any:
        """Ask for something to show; what is refused is not there."""
        try:
            return await self.ask(op)
        except Refusal:
            return None

    def _lost(self) -> None:
        self.there.clear()
        if not self._model.lost and self._model.state != "over":  # then nobody need be there
            self._model.lost = True
            self._changed()

    def _found(self) -> None:
        self._model.lost = False
        self._failures = 0
        self.there.set()
