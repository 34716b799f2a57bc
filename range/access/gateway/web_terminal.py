"""A terminal in a browser, over a WebSocket: frames with keys and sizes in, bytes for xterm.js out.

In: JSON `["stdin", text]`, `["resize", {"width", "height"}]`, `["ping", text]`; out: binary frames
for the screen, `["pong", text]`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from typing import Any

from aiohttp import WSMsgType, web

from range.access.gateway.sitting import Sitter, Sittings
from range.access.gateway.terminal import Terminal, bounded

_log = logging.getLogger(__name__)
_FRAME = 262_144  # bytes of one message: a long text that is pasted
_AT_ONCE = 600  # messages; a mouse that moves makes many
_EACH_SECOND = 120
_HEARTBEAT = 20.0  # seconds
_SESSIONS = 200  # browsers whose member's name is remembered
_TERM = "xterm-256color"
_ENDED, _FAILED, _TOO_MUCH = 1000, 4001, 1008


class WebTerminal(Terminal):
    """A terminal at the other end of a WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, size: tuple[int, int]) -> None:
        super().__init__(_TERM, size, true_colour=True)
        self._socket = socket
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
    """Desks in browsers. A browser that comes back is the same member, at the same page."""

    def __init__(self, sittings: Sittings) -> None:
        self._sittings = sittings
        self._sitters: OrderedDict[str, Sitter] = OrderedDict()

    def forget(self, session: str) -> None:
        """A browser has logged out."""
        self._sitters.pop(session, None)

    async def serve(self, request: web.Request, session: str, language: str) -> web.StreamResponse:
        """Serve one terminal until desk or browser end."""
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT, max_msg_size=_FRAME, compress=False, timeout=2.0
        )
        await socket.prepare(request)
        size = bounded(_number(request.query.get("width")), _number(request.query.get("height")))
        terminal = WebTerminal(socket, size)
        sitter = self._sitter(session, language, request.headers.get("Host", "")[:255])
        sitting = asyncio.create_task(self._sittings.sit(terminal, sitter))
        reading = asyncio.create_task(_read(socket, terminal))
        code = 1011
        try:
            await asyncio.wait({sitting, reading}, return_when=asyncio.FIRST_COMPLETED)
            if sitting.done():
                code = _ENDED if sitting.result() == 0 else _FAILED
                self.forget(session)  # the next one at this browser may be somebody else
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

    def _sitter(self, session: str, language: str, door: str) -> Sitter:
        known = self._sitters.pop(session, None)
        sitter = Sitter(language=language, door=door)
        if known is not None:
            sitter.seen_as, sitter.kept = known.seen_as, known.kept
        self._sitters[session] = sitter
        while len(self._sitters) > _SESSIONS:
            self._sitters.popitem(last=False)
        return sitter


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
