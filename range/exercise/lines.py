"""JSON lines over a stream: how the desk and the control socket are spoken to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

LIMIT = 1_048_576  # bytes of one line

Request = Mapping[str, Any]
Answerer = Callable[[Request], Awaitable[dict[str, Any]]]


async def serve_lines(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answerer
) -> None:
    """Answer each line in turn until the other side closes; what is not JSON ends the talk."""
    try:
        while raw := await reader.readline():
            try:
                request = json.loads(raw)
            except (ValueError, RecursionError):
                break
            if not isinstance(request, dict):
                break
            reply = {"id": request.get("id"), **await answer(request)}
            writer.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
            await writer.drain()
    except (ConnectionError, ValueError):  # gone, or a line beyond the limit
        pass
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
