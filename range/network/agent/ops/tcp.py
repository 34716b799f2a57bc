"""A TCP connection, and what the other side says first."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any

from range.network.agent.errors import Unresolved, word
from range.network.agent.ops.dns import address_of
from range.text import clean

_GREETING = {21, 22, 23, 25, 110, 143, 587, 3306}  # ports whose services speak first
_BANNER_WITHIN = 0.3  # seconds; on other ports most wait for their client
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
            left = max(0.01, deadline - time.monotonic())
            talk.settimeout(left if args["port"] in _GREETING else min(_BANNER_WITHIN, left))
            banner = talk.recv(_BANNER)
    return {"connected": True, "banner": clean(banner, _BANNER), "ms": took}


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
