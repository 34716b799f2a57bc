"""A terminal in a browser, over a WebSocket: frames with keys and sizes in, bytes for xterm.js out.

In: JSON `["stdin", text]`, `["resize", {"width", "height"}]`, `["ping", text]`; out: binary frames
for the screen, `["pong", text]`, and `["member", name]` for a page that may have to come back.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from range.access.gateway.sitting import Sitter, Sittings
from range.access.gateway.terminal import Terminal, bounded
from range.access.gateway.wire import member_of

_log = logging.getLogger(__name__)
_FRAME = 262_144  # bytes of one message: a long text that is pasted
_AT_ONCE = 600  # messages; a mouse that moves makes many
_EACH_SECOND = 120
_HEARTBEAT = 20.0  # seconds
_TERM = "xterm-256color"
_ENDED, _BROKEN, _FAILED, _TOO_MUCH = 1000, 1011, 4001, 1008


class WebTerminal(Terminal):
    """A terminal at the other end of a WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, size: tuple[int, int]) -> None:
        super().__init__(_TERM, size, true_colour=True)
        self._socket = socket
        self._telling: set[asyncio.Task[None]] = set()
        self.may_type = asyncio.Event()
        self.may_type.set()

    async def show(self, data: bytes) -> None:
        """Send to the browser; returns once the connection takes more."""
        if not self._socket.closed:
            await self._socket.send_bytes(data)

    def hold(self, held: bool) -> None:
        """Read no more messages, or more again."""
        if held:
            self.may_type.clear()
        else:
            self.may_type.set()

    def tell_member(self, name: str) -> None:
        """Let the page know who sits there."""
        telling = asyncio.create_task(self._send(["member", name]))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _send(self, message: list[str]) -> None:
        with suppress(ConnectionError):
            await self._socket.send_json(message)


class Rate:
    """A bucket of so many messages that fills again; `spend` is False once it is empty."""

    def __init__(self) -> None:
        self._left = float(_AT_ONCE)
        self._at = asyncio.get_running_loop().time()

    def spend(self) -> bool:
        """Take one."""
        now = asyncio.get_running_loop().time()
        self._left = min(self._left + (now - self._at) * _EACH_SECOND, float(_AT_ONCE)) - 1
        self._at = now
        return self._left >= 0


class WebDesks:
    """Desks in browsers."""

    def __init__(self, sittings: Sittings) -> None:
        self._sittings = sittings

    async def serve(self, request: web.Request, language: str) -> web.StreamResponse:
        """Serve one terminal until desk or browser end."""
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT, max_msg_size=_FRAME, compress=False, timeout=2.0
        )
        await socket.prepare(request)
        asked = request.query
        size = bounded(_number(asked.get("width")), _number(asked.get("height")))
        terminal = WebTerminal(socket, size)
        sitter = Sitter(language=language, door=request.headers.get("Host", "")[:255])
        sitter.named = terminal.tell_member
        if member := member_of(f"+{asked.get('member', '')}"):
            # A page that lost its line remembers who sat there: no need to greet them again.
            sitter.seen_as = member
            sitter.kept = {"member": member}
        sitting = asyncio.create_task(self._sittings.sit(terminal, sitter))
        reading = asyncio.create_task(_read(socket, terminal))
        code = _BROKEN
        try:
            await asyncio.wait({sitting, reading}, return_when=asyncio.FIRST_COMPLETED)
            if sitting.done():
                code = _ENDED if sitting.result() == 0 else _FAILED
            else:
                code = reading.result()
        except ConnectionError:
            _log.info("a browser is gone")
        finally:
            for task in (sitting, reading):
                task.cancel()
            await asyncio.gather(sitting, reading, return_exceptions=True)
            await socket.close(code=code)
        return socket


async def _read(socket: web.WebSocketResponse, terminal: WebTerminal) -> int:
    """Take messages until the browser is gone; returns the code to close with."""
    rate = Rate()
    while True:
        await terminal.may_type.wait()
        message = await socket.receive()
        if message.type is not WSMsgType.TEXT:
            return _ENDED if message.type is not WSMsgType.BINARY else _TOO_MUCH
        if not rate.spend() or not await _take(socket, terminal, message.data):
            return _TOO_MUCH


async def _take(socket: web.WebSocketResponse, terminal: WebTerminal, text: str) -> bool:
    """Do what one message says; False for what is none of ours."""
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return False
    match said:
        case ["stdin", str(keys)]:
            terminal.typed(keys.encode("utf-8", "replace"))
        case ["resize", {"width": int(columns), "height": int(rows)}]:
            terminal.resized(columns, rows)
        case ["ping", str(when)]:
            await socket.send_json(["pong", when[:40]])
        case ["focus"] | ["blur"]:
            pass
        case _:
            return False
    return True


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0
