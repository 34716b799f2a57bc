"""Lines for desks under test: one over the engine's real desk, one that answers from a table."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from range.exercise.desk import Desk
from range.exercise.forms import Refused
from tui.desk.line import Closed, Refusal


class BreakableLine:
    """A line that can be cut and mended. What is under way when it is cut ends in Closed."""

    def __init__(self) -> None:
        self.cut = asyncio.Event()
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, op: str, **payload: Any) -> Any:
        """Answer, or Closed once the line is cut."""
        if self.cut.is_set():
            raise Closed
        self.asked.append((op, payload))
        answering = asyncio.ensure_future(self.answer(op, payload))
        cutting = asyncio.ensure_future(self.cut.wait())
        try:
            await asyncio.wait({answering, cutting}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                return answering.result()
            raise Closed
        finally:
            answering.cancel()
            cutting.cancel()

    async def answer(self, op: str, payload: dict[str, Any]) -> Any:
        """What the other end says."""
        raise Closed

    def count(self, op: str) -> int:
        """How often something was asked."""
        return sum(asked == op for asked, _ in self.asked)


class EngineLine(BreakableLine):
    """The engine's desk of a team, in the same loop. An op in `late` waits for its event first."""

    def __init__(self, desk: Desk, late: Mapping[str, asyncio.Event] | None = None) -> None:
        super().__init__()
        self._desk, self._late = desk, late or {}

    async def answer(self, op: str, payload: dict[str, Any]) -> Any:
        """Ask the desk as its socket would."""
        if op in self._late:
            await self._late[op].wait()
        payload = dict(payload)
        by = str(payload.pop("by", ""))
        try:
            return await self._desk.answer(op, payload, by)
        except Refused as refused:
            raise Refusal(refused.text.model_dump()) from None


class TableLine(BreakableLine):
    """Answers from `table`: op -> result, or a function of the payload. `grow` wakes watchers."""

    def __init__(self, table: dict[str, Any]) -> None:
        super().__init__()
        self.table = table
        self.seq = 1
        self._grown = asyncio.Condition()

    async def grow(self) -> None:
        """Say that the table changed."""
        async with self._grown:
            self.seq += 1
            self._grown.notify_all()

    async def answer(self, op: str, payload: dict[str, Any]) -> Any:
        """Look it up."""
        if op == "watch":
            async with self._grown:
                await self._grown.wait_for(lambda: self.seq != payload["since"])
            return {"seq": self.seq}
        if op not in self.table:
            raise Refusal({"ja": "ありません。", "en": "There is no such thing."})
        result = self.table[op]
        said: Callable[[dict[str, Any]], Any] | Any = result
        return said(payload) if callable(said) else said
