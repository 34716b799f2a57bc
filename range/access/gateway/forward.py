"""Forwards: from a trainee's channel to a node, by its address in the access network only."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping

import asyncssh
from asyncssh.forward import SSHForwarder

from range.access.gateway.budget import DIAL_WITHIN


class _NodeEnd(SSHForwarder):
    """The end of a forward that is connected to a node."""

    def __init__(self, gone: Callable[[], None]) -> None:
        super().__init__()
        self._gone = gone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Notice, some time, when a node has vanished without a word."""
        super().connection_made(transport)
        talk = transport.get_extra_info("socket")
        talk.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that the forward is over."""
        super().connection_lost(exc)
        self._gone()


def place_of(host: str, places: Mapping[str, str]) -> str | None:
    """Return the address behind a name that a trainee uses; None for whatever is no node's."""
    return places.get(host.strip("[]").rstrip(".").lower()) if len(host) <= 255 else None


async def forward(address: str, port: int, gone: Callable[[], None]) -> SSHForwarder:
    """Connect to a node. `gone` is called once, when the forward is over or did not come about."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(DIAL_WITHIN):
            _, node_end = await loop.create_connection(lambda: _NodeEnd(gone), address, port)
    except (OSError, TimeoutError) as error:
        gone()
        why = "it does not answer" if isinstance(error, TimeoutError) else str(error.strerror)
        raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, why) from None
    return SSHForwarder(node_end)
