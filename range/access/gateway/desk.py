"""The line to the engine's desk: one socket, many requests, each answered or timed out."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from typing import Any

from range.access.gateway.budget import ANSWER
from range.text import clean

ANSWER_WITHIN = 30.0  # seconds
_DEPTH = 8
_ITEMS = 2000
_TEXT = 20_000
_MOST_PENDING = 64

CLOSED = {"ja": "演習は行われていません。", "en": "No exercise is under way."}
LATE = {"ja": "応答がありません。", "en": "The desk does not answer."}
BUSY = {"ja": "要求が多すぎます。", "en": "Too many requests at a time."}


class Refusal(Exception):
    """The desk said no; `text` has both languages."""

    def __init__(self, text: dict[str, str]) -> None:
        super().__init__(text["en"])
        self.text = text


class DeskLine:
    """Requests to the desk. Without a socket, or once it is closed, every answer is a refusal."""

    def __init__(self) -> None:
        self._writer: asyncio.StreamWriter | None = None
        self._pending: dict[int, asyncio.Future[dict[str, Any]]] = {}
        # Answers to a gateway that fell may still be on their way: no id is used again.
        self._next = secrets.randbits(48)
        self._listening: asyncio.Task[None] | None = None

    async def open(self, end: socket.socket) -> None:
        """Use one end of the socket pair whose other end the engine serves, in place of the last.

        A gateway before this one may have fallen in the middle of a line: the line is ended.
        """
        reader, writer = await asyncio.open_unix_connection(sock=end, limit=ANSWER)
        if self._listening is not None:
            self._listening.cancel()
        if self._writer is not None:
            self._writer.close()
        self._give_up()
        self._writer = writer
        writer.write(b"\n")
        self._listening = asyncio.create_task(self._listen(reader, writer))

    async def ask(self, op: str, payload: dict[str, Any], by: str) -> Any:
        """Return the desk's result; Refusal."""
        if self._writer is None or self._writer.is_closing():
            raise Refusal(CLOSED)
        if len(self._pending) >= _MOST_PENDING:
            raise Refusal(BUSY)
        self._next += 1
        number = self._next
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._pending[number] = future
        request = {**payload, "id": number, "op": op, "by": by}
        try:
            self._writer.write(json.dumps(request).encode() + b"\n")
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._writer.drain()
                answer = await future
        except TimeoutError:
            raise Refusal(LATE) from None
        except ConnectionError:
            raise Refusal(CLOSED) from None
        finally:
            self._pending.pop(number, None)
        if answer.get("ok") is True:
            return harmless(answer.get("result"))
        raise Refusal(_both(answer.get("error")))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                self._hear(line)
        except (ValueError, ConnectionError):
            pass  # a line longer than any answer, or nobody there
        writer.close()
        self._give_up()

    def _give_up(self) -> None:
        """Whoever still waits for an answer gets none."""
        for future in self._pending.values():
            if not future.done():
                future.set_result({"ok": False, "error": CLOSED})

    def _hear(self, line: bytes) -> None:
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            return  # the rest of what was meant for a gateway that fell
        number = answer.get("id") if isinstance(answer, dict) else None
        future = self._pending.pop(number, None) if isinstance(number, int) else None
        if future is not None and not future.done():
            future.set_result(answer)


def harmless(value: Any, depth: int = 0) -> Any:
    """Return JSON without control characters and bounded, whichever side it came from."""
    if isinstance(value, str):
        return clean(value, _TEXT)
    if depth >= _DEPTH:
        return None
    if isinstance(value, dict):
        return {
            clean(str(key), 200): harmless(item, depth + 1)
            for key, item in list(value.items())[:_ITEMS]
        }
    if isinstance(value, list):
        return [harmless(item, depth + 1) for item in value[:_ITEMS]]
    return value


def _both(error: Any) -> dict[str, str]:
    known = error if isinstance(error, dict) else {}
    return {language: clean(str(known.get(language, "")), 2000) for language in ("ja", "en")}
