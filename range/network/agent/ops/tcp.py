"""A TCP connection, and what the other side says first."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any

from range.network.agent.errors import Unresolved, word
from range.network.agent.ops.dns import address_of
from range.text import clean

_BANNER_WITHIN = 1.0  # seconds; many services wait for their client to speak first
_BANNER = 1024  # bytes


def tcp(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Connect to `host`:`port`; an observation of the tcp kind."""
    began = time.monotonic()
    try:
        host = address_of(args["host"], args.get("resolver") or "", deadline)
        talk = socket.create_connection((host, args["port"]), max(0.01, deadline - began))
    except (OSError, Unresolved) as error:
        return {"connected": False, "banner": "", "error": word(error), "ms": _ms(began)}
    with talk:
        took = _ms(began)
        banner = b""
        with contextlib.suppress(OSError):
            talk.settimeout(max(0.01, min(_BANNER_WITHIN, deadline - time.monotonic())))
            banner = talk.recv(_BANNER)
    return {"connected": True, "banner": clean(banner, _BANNER), "ms": took}


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
