"""One request to the desk: `ssh -p PORT team1@host inbox`. Without words, a greeting."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import asyncssh

from range.access.gateway.budget import INPUT, SESSION_WITHIN
from range.access.gateway.desk import DeskLine, Refusal
from range.access.gateway.words import VERBS, Asked, NotUnderstood, parse, payload

_TOO_MUCH = {"ja": "入力が大きすぎます。", "en": "The input is too large."}
_TOO_LATE = {"ja": "時間切れです。", "en": "Time is up."}


class DeskSession(asyncssh.SSHServerSession[bytes]):
    """Reads one request, answers as JSON, ends: exit 0, or 1 with `{"ja", "en"}` why not."""

    def __init__(
        self, desk: DeskLine, by: str, nodes: tuple[str, ...], gone: Callable[[], None]
    ) -> None:
        self._desk, self._by, self._nodes, self._gone = desk, by, nodes, gone
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._asked: Asked | None = None
        self._wrong: dict[str, str] | None = None
        self._input = bytearray()
        self._answering: asyncio.Task[None] | None = None
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Keep the channel, for a while."""
        self._channel = chan
        loop = asyncio.get_running_loop()
        self._limit = loop.call_later(SESSION_WITHIN, self._end, 1, _TOO_LATE)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the request."""
        if self._limit is not None:
            self._limit.cancel()
        if self._answering is not None:
            self._answering.cancel()
        self._gone()

    def pty_requested(self, *_: Any) -> bool:
        """A terminal changes nothing here, and refusing it would puzzle `ssh -t`."""
        return True

    def shell_requested(self) -> bool:
        """No words: a greeting."""
        return True

    def exec_requested(self, command: str) -> bool:
        """Words: a request."""
        try:
            self._asked = parse(command)
        except NotUnderstood as error:
            self._wrong = error.text
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """There are no files here."""
        return False

    def session_started(self) -> None:
        """Answer what needs no input."""
        if self._wrong is not None:
            self._end(1, self._wrong)
        elif self._asked is None:
            self._write(_greeting(self._nodes))
            self._end(0, None)
        elif not self._asked.reads:
            self._answer()

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Collect input, up to a limit."""
        if self._asked is None or not self._asked.reads:
            return
        self._input += data[: INPUT + 1 - len(self._input)]
        if len(self._input) > INPUT:
            self._end(1, _TOO_MUCH)

    def eof_received(self) -> bool:
        """The input is whole."""
        if self._asked is not None and self._asked.reads:
            self._answer()
        return True

    def _answer(self) -> None:
        if self._answering is None:
            self._answering = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        assert self._asked is not None
        try:
            given = payload(self._asked, bytes(self._input))
            result = await self._desk.ask(self._asked.verb, given, self._by)
        except (NotUnderstood, Refusal) as error:
            self._end(1, error.text)
        else:
            self._end(0, result)

    def _end(self, code: int, said: Any) -> None:
        if self._channel is None or self._channel.is_closing():
            return
        if said is not None or (code == 0 and self._asked is not None):
            self._write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
        self._channel.exit(code)

    def _write(self, text: str) -> None:
        if self._channel is not None:
            self._channel.write(text.encode())


def _greeting(nodes: tuple[str, ...]) -> str:
    lines = [
        "CYDER",
        f"nodes: {', '.join(nodes)}",
        "  ssh -J THIS trainee@NODE  (THIS: team@host:port)",
        f"desk: {', '.join(VERBS)}",
        "  ssh THIS inbox / ssh THIS submit FORM < answers.json",
    ]
    return "\r\n".join(lines) + "\r\n"
