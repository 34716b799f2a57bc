"""Where a child's connections start: one address of the place it is in."""

from __future__ import annotations

import socket
from typing import Any

_create_connection = socket.create_connection


def start_from(address: str) -> None:
    """Let every connection of this process start at `address`; "" leaves it to the kernel.

    Libraries for SMB and IMAP have no parameter for it, so the function they all use is replaced.
    For children that do one thing and end.
    """
    if not address:
        return

    def create_connection(
        target: tuple[str, int],
        timeout: Any = None,
        source_address: tuple[str, int] | None = None,
        **options: Any,
    ) -> socket.socket:
        return _create_connection(target, timeout, source_address or (address, 0), **options)

    socket.create_connection = create_connection  # type: ignore[assignment]
    global _source
    _source = address


_source = ""


def source() -> str:
    """Return the address that was set, for sockets that are bound by hand."""
    return _source
