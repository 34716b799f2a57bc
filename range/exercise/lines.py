"""JSON lines over a stream: how the desk and the control socket are spoken to.

Requests of one talk are answered as they are ready, not in their order: whoever sends several at a
time tells them apart by `id`. A line that is no request is answered with an error; only one beyond
the limit ends the talk, because nobody knows where the next would begin.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

LIMIT = 1_048_576  # bytes of one line
AT_ONCE = 128  # requests of one talk that are being answered
_ID = 200  # characters

Request = Mapping[str, Any]
Answerer = Callable[[Request], Awaitable[dict[str, Any]]]
Refuser = Callable[[str, str], Any]  # what is wrong, in Japanese and English -> `error`


class _Talk:
    """One stream of requests and answers."""

    def __init__(self, writer: asyncio.StreamWriter, answer: Answerer, refused: Refuser) -> None:
        self._writer, self._answer, self._refused = writer, answer, refused
        self._turn = asyncio.Lock()
        self._pending: set[asyncio.Task[None]] = set()

    async def take(self, raw: bytes) -> None:
        """Begin to answer one line; what is wrong with the line itself is answered at once."""
        try:
            request = json.loads(raw)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            await self.refuse("1 行に 1 つの JSON オブジェクトを送ってください。",
                              "Send one JSON object in each line.")  # fmt: skip
        elif len(self._pending) >= AT_ONCE:
            await self.refuse("要求が多すぎます。", "Too many requests at a time.", request)
        else:
            task = asyncio.create_task(self._reply(request))
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)

    async def refuse(self, ja: str, en: str, request: Request | None = None) -> None:
        """Say why a line is not answered."""
        await self._say(request or {}, {"ok": False, "error": self._refused(ja, en)})

    async def rest(self) -> None:
        """Wait until all that was begun is answered: what was asked for is done, heard or not."""
        while self._pending:
            await asyncio.wait(self._pending)

    def abandon(self) -> None:
        """Give up what is being answered."""
        for task in self._pending:
            task.cancel()

    async def _reply(self, request: Request) -> None:
        await self._say(request, await self._answer(request))

    async def _say(self, request: Request, answer: dict[str, Any]) -> None:
        text = json.dumps({"id": _id_of(request), **answer}, ensure_ascii=False)
        with suppress(ConnectionError):
            async with self._turn:
                self._writer.write(text.encode("utf-8", "replace") + b"\n")
                await self._writer.drain()


async def serve_lines(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answerer, refused: Refuser
) -> None:
    """Answer lines until the other side closes. `answer` must not raise."""
    talk = _Talk(writer, answer, refused)
    try:
        while True:
            try:
                raw = await reader.readline()
            except ValueError:
                await talk.refuse(f"1 行は {LIMIT} バイトまでです。終了します。",
                                  f"A line has at most {LIMIT} bytes. This talk ends.")  # fmt: skip
                break
            if not raw:
                break
            if raw.strip():
                await talk.take(raw)
            await asyncio.sleep(0)  # however fast lines come, others have their turn
        await talk.rest()
    except ConnectionError:
        await talk.rest()
    finally:
        talk.abandon()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _id_of(request: Request) -> Any:
    """Return the id that the answer carries: a whole number or a short text, else None."""
    id_ = request.get("id")
    if isinstance(id_, bool):
        return None
    return id_ if isinstance(id_, int) or (isinstance(id_, str) and len(id_) <= _ID) else None
