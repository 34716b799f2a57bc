"""The one TCP port of a team: who begins with TLS is a browser, everybody else speaks SSH."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable

from range.access.gateway.budget import FIRST_BYTE_WITHIN, Budget, Ticket

_log = logging.getLogger(__name__)
_TLS = b"\x16"  # the first byte of a ClientHello's record
_PLAIN_HTTP = (b"G", b"H", b"P", b"O")  # GET, HEAD, POST, PUT, OPTIONS; SSH clients begin with S
_USE_HTTPS = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n\r\n"
    + "https:// で始まるアドレスを使ってください。\nUse the address that begins with https://\n".encode()
)
_BREATH = 0.05  # seconds until a next try where the kernel had nothing left for one more connection

Guest = Callable[[socket.socket, Ticket], Awaitable[None]]


class Entrance:
    """Accepts connections and leads each to where it belongs."""

    def __init__(self, budget: Budget, ssh: Guest, tls: Guest) -> None:
        self._budget, self._ssh, self._tls = budget, ssh, tls
        self._guests: set[asyncio.Task[None]] = set()

    async def serve(self, ear: socket.socket) -> None:
        """Serve until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                guest, address = await loop.sock_accept(ear)
            except OSError as error:
                _log.warning("accept: %s", error)
                await asyncio.sleep(_BREATH)
                continue
            ticket = self._budget.take_connection(str(address[0]))
            if ticket is None:
                guest.close()
                continue
            guest.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            guest.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            task = asyncio.create_task(self._receive(guest, ticket))
            self._guests.add(task)
            task.add_done_callback(self._guests.discard)

    async def _receive(self, guest: socket.socket, ticket: Ticket) -> None:
        try:
            first = await _first_byte(guest)
            if first == _TLS:
                await self._tls(guest, ticket)
            elif first == b"" or first in _PLAIN_HTTP:
                if first:
                    guest.send(_USE_HTTPS)
                guest.close()
                ticket.give()
            else:
                await self._ssh(guest, ticket)
        except OSError:
            guest.close()
            ticket.give()
        except BaseException:
            guest.close()
            ticket.give()
            raise


async def _first_byte(guest: socket.socket) -> bytes | None:
    """Look at what a client says first, without taking it; None if it waits for the server."""
    loop = asyncio.get_running_loop()
    heard = loop.create_future()
    loop.add_reader(guest, _tell, heard)
    try:
        async with asyncio.timeout(FIRST_BYTE_WITHIN):
            await heard
    except TimeoutError:
        return None
    finally:
        loop.remove_reader(guest)
    return guest.recv(1, socket.MSG_PEEK)


def _tell(heard: asyncio.Future[None]) -> None:
    if not heard.done():
        heard.set_result(None)
