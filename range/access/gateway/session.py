"""A session of a trainee: with a terminal and no words their desk, with words one request to it.

`ssh -p PORT team1@host` is a desk, `ssh -p PORT team1@host inbox` a request. Without words and
without a terminal that can show a desk: a greeting.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import asyncssh

from range.access.gateway.budget import INPUT, SESSION_WITHIN
from range.access.gateway.desk import DeskLine, Refusal
from range.access.gateway.sitting import Sitter, Sittings
from range.access.gateway.terminal import Terminal, bounded, known_term
from range.access.gateway.words import VERBS, Asked, NotUnderstood, parse, payload

_TOO_MUCH = {"ja": "入力が大きすぎます。", "en": "The input is too large."}
_TOO_LATE = {"ja": "時間切れです。", "en": "Time is up."}

Gone = Callable[[], None]


class SshTerminal(Terminal):
    """A terminal at the other end of an SSH channel."""

    def __init__(
        self, channel: asyncssh.SSHServerChannel[bytes], term: str, size: tuple[int, int]
    ) -> None:
        colour = channel.get_environment().get("COLORTERM") in ("truecolor", "24bit")
        super().__init__(term, size, true_colour=colour)
        self._channel = channel
        self._held = False
        self.may_write = asyncio.Event()
        self.may_write.set()

    async def show(self, data: bytes) -> None:
        """Write to the channel; returns once its window is open."""
        if not self._channel.is_closing():
            self._channel.write(data)
            await self.may_write.wait()

    def hold(self, held: bool) -> None:
        """Let the client's window fill, or empty it."""
        if held == self._held or self._channel.is_closing():
            return
        self._held = held
        if held:
            self._channel.pause_reading()
        else:
            self._channel.resume_reading()


class TraineeSession(asyncssh.SSHServerSession[bytes]):
    """A request reads its input, is answered as JSON and ends: exit 0, or 1 with `{"ja", "en"}`."""

    def __init__(
        self, desk: DeskLine, sittings: Sittings, by: str, nodes: tuple[str, ...], gone: Gone
    ) -> None:
        self._desk, self._sittings, self._by = desk, sittings, by
        self._nodes, self._gone = nodes, gone
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._term: str | None = None
        self._size = (80, 24)
        self._terminal: SshTerminal | None = None
        self._asked: Asked | None = None
        self._wrong: dict[str, str] | None = None
        self._input = bytearray()
        self._working: asyncio.Task[None] | None = None
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Keep the channel, for a while."""
        self._channel = chan
        loop = asyncio.get_running_loop()
        self._limit = loop.call_later(SESSION_WITHIN, self._end, 1, _TOO_LATE)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the request; close the desk."""
        if self._limit is not None:
            self._limit.cancel()
        if self._terminal is not None:
            self._terminal.may_write.set()
        if self._working is not None:
            self._working.cancel()
        self._gone()

    def pty_requested(self, term_type: str, term_size: Any, term_modes: Any) -> bool:
        """Remember the terminal: with words it changes nothing, and a refusal puzzles `ssh -t`."""
        self._term = known_term(term_type)
        self._size = bounded(*term_size[:2])
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """Tell what is shown."""
        if self._terminal is not None:
            self._terminal.resized(width, height)

    def shell_requested(self) -> bool:
        """No words: a desk, or a greeting."""
        return True

    def exec_requested(self, command: str) -> bool:
        """Words: a request. None at all, quoted, are none."""
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
        elif self._asked is None and self._term is not None:
            self._sit()
        elif self._asked is None:
            self._write(_greeting(self._nodes))
            self._end(0, None)
        elif not self._asked.reads:
            self._answer()

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Hand on keys; collect input, up to a limit."""
        if self._terminal is not None:
            self._terminal.typed(data)
            return
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

    def pause_writing(self) -> None:
        """The client's window is full."""
        if self._terminal is not None:
            self._terminal.may_write.clear()

    def resume_writing(self) -> None:
        """The client's window has room."""
        if self._terminal is not None:
            self._terminal.may_write.set()

    def _sit(self) -> None:
        assert self._channel is not None
        assert self._limit is not None
        assert self._term is not None
        self._limit.cancel()
        self._terminal = SshTerminal(self._channel, self._term, self._size)
        environment = self._channel.get_environment()
        member = self._by.partition("+")[2]
        sitter = Sitter(member=member, language=_language(environment), door=_door(self._channel))
        self._working = asyncio.create_task(self._until_they_leave(self._terminal, sitter))

    async def _until_they_leave(self, terminal: Terminal, sitter: Sitter) -> None:
        self._end(await self._sittings.sit(terminal, sitter), None)

    def _answer(self) -> None:
        if self._working is None:
            self._working = asyncio.create_task(self._ask())

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


def _language(environment: Any) -> str:
    """Return the language that a client's locale asks for; most clients send it."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = str(environment.get(variable) or "")[:2].lower()
        if wanted in ("ja", "en"):
            return wanted
    return "ja"


def _door(channel: Any) -> str:
    """Return what the trainee connected to, as HOST:PORT."""
    host, port, *_ = channel.get_extra_info("sockname")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _greeting(nodes: tuple[str, ...]) -> str:
    lines = [
        "CYDER",
        f"nodes: {', '.join(nodes)}",
        "  ssh -J THIS trainee@NODE  (THIS: team@host:port)",
        f"desk: {', '.join(VERBS)}",
        "  ssh THIS inbox / ssh THIS submit FORM < answers.json",
    ]
    return "\r\n".join(lines) + "\r\n"
