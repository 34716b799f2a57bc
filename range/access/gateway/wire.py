"""One desk's line, at the gateway: what it asks goes to the engine in its member's name.

Lines of JSON. First the gateway says with what the desk starts; then the desk asks `{"id", "op",
"by", ...}` and is answered `{"id", "ok", ...}` in any order; at last it says `{"end": ...}`.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from range.access.gateway.budget import INPUT
from range.access.gateway.desk import BUSY, CLOSED, LATE, DeskLine, Refusal, harmless
from range.access.gateway.words import NotUnderstood, read_json
from range.text import line

_MOST_PENDING = 24  # requests of one desk
_MEMBER = 40  # characters


def member_of(by: str) -> str:
    """Return the name in `team1+name`, cleaned and bounded; empty if there is none."""
    return line(by.partition("+")[2].replace("+", " "), _MEMBER)


class DeskWire:
    """Serves one desk. `by` is fixed when the member's name was given at the log-in."""

    def __init__(
        self, desk: DeskLine, team: str, member: str, named: Callable[[str], None]
    ) -> None:
        self._desk, self._team, self._fixed = desk, team, member
        self._named = named
        self.member = member  # as last seen
        self.end: Any = None  # what the desk said at its end; None as long as it did not
        self._under_way: set[asyncio.Task[None]] = set()

    async def serve(self, end: socket.socket, start: Mapping[str, Any]) -> None:
        """Serve until the desk ends or its line breaks."""
        reader, writer = await asyncio.open_unix_connection(sock=end, limit=2 * INPUT)
        try:
            _write(writer, start)
            while raw := await reader.readline():
                request = read_json(raw)
                if "end" in request:
                    self.end = request["end"] or {}
                    return
                await writer.drain()
                self._take(writer, request)
        except (NotUnderstood, ValueError, ConnectionError):
            return  # no desk of ours speaks like that: it ends
        finally:
            for task in self._under_way:
                task.cancel()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _take(self, writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        if len(self._under_way) >= _MOST_PENDING:
            _write(writer, {"id": request.get("id"), "ok": False, "error": BUSY})
            return
        task = asyncio.create_task(self._answer(writer, request))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        id_, op = request.pop("id", None), str(request.pop("op", ""))[:40]
        member = self._fixed or member_of(str(request.pop("by", "")))
        request.pop("by", None)
        if member != self.member:
            self.member = member
            self._named(member)
        by = f"{self._team}+{member}" if member else self._team
        answer: dict[str, Any] = {"id": id_}
        try:
            answer |= {"ok": True, "result": await self._desk.ask(op, request, by)}
        except Refusal as error:
            answer |= {"ok": False, "error": error.text, "closed": error.text in (CLOSED, LATE)}
        if not writer.is_closing():
            _write(writer, answer)


def _write(writer: asyncio.StreamWriter, message: Mapping[str, Any]) -> None:
    writer.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")


def bounded_kept(kept: Any) -> dict[str, Any]:
    """Return what a desk wants to be kept for the next one, bounded; it goes back to it only."""
    cleaned = harmless(kept)
    return cleaned if isinstance(cleaned, dict) else {}
