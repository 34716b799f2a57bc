"""Desks from the mother process: each a pseudo-terminal, and a line on which the desk asks.

The mother stands outside the gateway's empty root, with nothing but pseudo-terminals. One datagram
asks for a desk and carries the desk's end of its line; the answer carries the terminal's master.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import json
import os
import secrets
import socket
from dataclasses import dataclass
from typing import Any

from range.access.gateway.terminal import Size

OPEN_WITHIN = 30.0  # seconds; the first desk may have to wait for a mother that is just starting
_MESSAGE = 4096  # bytes


class NoDesk(Exception):
    """No desk can be opened just now."""


@dataclass
class OpenDesk:
    """A desk that was opened. Whoever has it closes `master` and `line`, and lets it be `ended`."""

    id: str
    master: int
    line: socket.socket


class Desks:
    """The gateway's side of the mother."""

    def __init__(self, control: socket.socket | None) -> None:
        self._control = control
        self._asked: dict[str, asyncio.Future[int]] = {}
        if control is not None:
            control.setblocking(False)
            asyncio.get_running_loop().add_reader(control, self._heard)

    async def open(self, size: Size) -> OpenDesk:
        """Have a desk opened; NoDesk."""
        if self._control is None:
            raise NoDesk("this gateway has no desks")
        id_ = secrets.token_hex(8)
        ours, theirs = socket.socketpair()
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._asked[id_] = answer
        try:
            with theirs:
                self._say({"open": id_, "columns": size[0], "rows": size[1]}, [theirs.fileno()])
            async with asyncio.timeout(OPEN_WITHIN):
                return OpenDesk(id_, await answer, ours)
        except (OSError, TimeoutError) as error:
            ours.close()
            self.ended(id_)
            raise NoDesk(str(error) or "the mother does not answer") from None
        except BaseException:
            if answer.done() and not answer.cancelled() and not answer.exception():
                os.close(answer.result())  # the trainee left in the very moment
            ours.close()
            self.ended(id_)
            raise
        finally:
            del self._asked[id_]

    def ended(self, id_: str) -> None:
        """Have the mother see to it that a desk is gone."""
        with contextlib.suppress(OSError):  # gone already, or so busy that the hang-up must do
            self._say({"close": id_}, [])

    def _say(self, message: dict[str, Any], descriptors: list[int]) -> None:
        assert self._control is not None
        carried = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        self._control.sendmsg([json.dumps(message).encode()], carried if descriptors else [])

    def _heard(self) -> None:
        assert self._control is not None
        try:
            said, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 4)
        except BlockingIOError:
            return
        except OSError:
            said, descriptors = b"", []
        if not said:  # the supervisor is gone, and so is this process in a moment
            asyncio.get_running_loop().remove_reader(self._control)
            return
        answer = json.loads(said)
        waiting = self._asked.get(str(answer.get("id")))
        if waiting is not None and not waiting.done():
            if len(descriptors) == 1:
                waiting.set_result(descriptors.pop())
            else:
                waiting.set_exception(OSError(str(answer.get("error"))))
        for descriptor in descriptors:
            os.close(descriptor)
