"""The desk's line to the gateway: a socket on which lines of JSON go both ways.

First comes what the desk starts with (`Start`); then requests `{"id", "op", ...}` and answers
`{"id", "ok", ...}` in any order; the last thing that the desk says is `{"end": ...}`.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from range.scenario.model import Language
from tui.desk.line import Closed, Kept, Refusal

_LIMIT = 8 << 20  # bytes of one answer
_START = 1 << 20  # bytes


@dataclass(frozen=True)
class Start:
    """What the gateway says at first. `kept` is None unless a desk was open before this one."""

    team: str
    member: str
    language: Language
    nodes: tuple[str, ...]
    door: str
    term: str
    true_colour: bool
    wide_ambiguous: bool
    kept: Kept | None

    @classmethod
    def read(cls, end: socket.socket) -> Start:
        """Read it, byte by byte so that nothing of what follows is taken; blocks."""
        text = bytearray()
        while not text.endswith(b"\n") and len(text) < _START:
            byte = end.recv(1)
            if not byte:
                raise EOFError
            text += byte
        known = json.loads(text)
        return cls(
            team=str(known["team"]),
            member=str(known["member"]),
            language="en" if known["language"] == "en" else "ja",
            nodes=tuple(map(str, known["nodes"])),
            door=str(known["door"]),
            term=str(known["term"]),
            true_colour=known["true_colour"] is True,
            wide_ambiguous=known["wide_ambiguous"] is True,
            kept=Kept.from_json(known["kept"]) if known["kept"] else None,
        )


class SocketLine:
    """See tui.desk.line.Line."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._pending: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self._next = 0
        self._opening = asyncio.Lock()

    async def ask(self, op: str, **payload: Any) -> Any:
        """Return the result; Refusal when the engine says no, Closed while nobody is there."""
        writer = await self._open()
        self._next += 1
        number = self._next
        answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._pending[number] = answer
        try:
            writer.write(json.dumps({**payload, "id": number, "op": op}).encode() + b"\n")
            await writer.drain()
            got = await answer
        except ConnectionError:
            raise Closed from None
        finally:
            del self._pending[number]
        if got.get("ok") is True:
            return got.get("result")
        if got.get("closed"):
            raise Closed
        error = got.get("error")
        raise Refusal(error if isinstance(error, Mapping) else {})

    async def _open(self) -> asyncio.StreamWriter:
        async with self._opening:
            if self._writer is None:
                reader, self._writer = await asyncio.open_unix_connection(
                    sock=self._end, limit=_LIMIT
                )
                self._listening = asyncio.create_task(self._listen(reader))
        if self._listening is None or self._listening.done():
            raise Closed
        return self._writer

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with suppress(ValueError, ConnectionError):
            while said := await reader.readline():
                got = json.loads(said)
                waiting = self._pending.get(got.get("id"))
                if waiting is not None and not waiting.done():
                    waiting.set_result(got)
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError())


def say_end(end: socket.socket, how: Mapping[str, Any]) -> None:
    """Say how the desk ended; blocks. Whoever does not listen any more need not know."""
    with suppress(OSError):
        end.setblocking(True)
        end.sendall(json.dumps({"end": how}).encode() + b"\n")
