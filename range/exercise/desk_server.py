"""Each team's desk on the socket that its access point inherited: it knows its team, no other."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

from range.errors import CyderError
from range.exercise.desk import Desk
from range.exercise.forms import Refused
from range.exercise.lines import LIMIT, Request, serve_lines

_log = logging.getLogger(__name__)


async def serve_desk(desk: Desk, end: socket.socket) -> None:
    """Serve one team until its access point closes the other end."""
    reader, writer = await asyncio.open_unix_connection(sock=end, limit=LIMIT)

    async def answer(request: Request) -> dict[str, Any]:
        payload = {key: value for key, value in request.items() if key not in ("id", "op", "by")}
        try:
            result = await desk.answer(str(request.get("op")), payload, str(request.get("by")))
        except Refused as refusal:
            return {"ok": False, "error": refusal.text.model_dump()}
        except CyderError as error:
            return {"ok": False, "error": _both(error.message, error.message)}
        except Exception:  # a team must not be able to end the engine
            _log.exception("the desk failed on %.200r", request)
            return {"ok": False, "error": _both("内部エラーです。", "An internal error.")}
        return {"ok": True, "result": result}

    await serve_lines(reader, writer, answer, _both)


def _both(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}
