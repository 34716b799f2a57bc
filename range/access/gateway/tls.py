"""TLS on accepted connections, each with its ticket."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable

from range.access.gateway.budget import LOGIN_WITHIN, Ticket

_HANDSHAKE_WITHIN = 10.0  # seconds


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """Return a context for one certificate (PEM). OpenSSL wants files: it gets one in memory."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_RENEGOTIATION
    with os.fdopen(os.memfd_create("certificate", os.MFD_CLOEXEC), "w") as file:
        file.write(key + certificate)
        file.flush()
        context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
    return context


class Guarded(asyncio.Protocol):
    """Hands everything on to `inner`; a guest who has not proven anything is cut off in time."""

    def __init__(self, inner: asyncio.Protocol, ticket: Ticket, gone: Callable[[], None]) -> None:
        self._inner, self._ticket, self._gone = inner, ticket, gone
        self._transport: asyncio.Transport | None = None
        self._limit: asyncio.TimerHandle | None = None

    def proven(self) -> None:
        """The guest has shown that they belong here."""
        self._ticket.proven()
        if self._limit is not None:
            self._limit.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to count the time."""
        assert isinstance(transport, asyncio.Transport)
        self._limit = asyncio.get_running_loop().call_later(LOGIN_WITHIN, transport.abort)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Hand it on."""
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Hand it on."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Hand it on."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Hand it on."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the ticket back."""
        if self._limit is not None:
            self._limit.cancel()
        self._ticket.give()
        self._gone()
        self._inner.connection_lost(exc)


async def receive(
    guest: socket.socket, context: ssl.SSLContext, ticket: Ticket, factory: Callable[[], Guarded]
) -> None:
    """Shake hands on a connection that was accepted; it then lives on its own."""
    try:
        await asyncio.get_running_loop().connect_accepted_socket(
            factory, guest, ssl=context, ssl_handshake_timeout=_HANDSHAKE_WITHIN,
            ssl_shutdown_timeout=2.0,
        )  # fmt: skip
    except (OSError, TimeoutError):  # ssl.SSLError is an OSError
        ticket.give()
        guest.close()
