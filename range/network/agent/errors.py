"""What went wrong on the way, as one short word of the scenario language."""

from __future__ import annotations

import errno
import socket
import ssl


class Unresolved(Exception):
    """A name has no address, or nobody answered for it."""


def word(error: BaseException) -> str:
    """Return `refused`, `timeout`, `unreachable`, `unresolved`, `reset`, `tls` or `protocol`."""
    if isinstance(error, Unresolved | socket.gaierror):
        return "unresolved"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, ConnectionError | EOFError):
        return "reset"
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return "unreachable"
    return "protocol"


# EPERM and EACCES: a firewall of the place itself refused to let the packet out.
_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EPERM, errno.EACCES,
                errno.EADDRNOTAVAIL}  # fmt: skip
