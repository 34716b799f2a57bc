"""The control socket: one Unix socket per exercise, for the instructor only. JSON lines.

A request is `{"id", "verb", "args", "actor"}`, its answer `{"id", "ok", "result"}` or `{"id", "ok",
"error": {"message", "hint"}}`. Who may have to ask again adds a `key` of its own making: the same
key again does nothing and is answered as the first time, as long as the engine lives.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from range.errors import CyderError
from range.exercise.engine import Engine
from range.exercise.lines import LIMIT, Request, serve_lines
from range.exercise.verbs import VERBS
from range.settings import Settings
from range.text import line

_log = logging.getLogger(__name__)
_KEY = 200  # characters
_KEPT = 500  # answers to requests with keys
_LONGEST = 16 << 20  # bytes of an answer


def socket_path(settings: Settings, exercise: str) -> Path:
    """Where an exercise is steered."""
    return settings.run / f"{exercise}.sock"


async def serve_control(engine: Engine, path: Path) -> asyncio.Server:
    """Open the socket, for its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)

    once = _Once(engine)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_lines(reader, writer, once.answer, _error)

    before = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(talk, path, limit=LIMIT)
    finally:
        os.umask(before)


class _Once:
    """Answers requests; one with a key is done once, and its answer kept."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, asyncio.Task[dict[str, Any]]] = {}

    async def answer(self, request: Request) -> dict[str, Any]:
        """Answer one request."""
        key = request.get("key")
        if not isinstance(key, str) or not 0 < len(key) <= _KEY:
            return await _answer(self._engine, request)
        if key not in self._known:
            while len(self._known) >= _KEPT:
                del self._known[next(iter(self._known))]
            self._known[key] = asyncio.create_task(_answer(self._engine, request))
        return await asyncio.shield(self._known[key])


async def _answer(engine: Engine, request: Request) -> dict[str, Any]:
    verb = VERBS.get(str(request.get("verb")))
    args = request.get("args") or {}
    actor = line(str(request.get("actor") or "white"), 60)
    try:
        if verb is None or not isinstance(args, Mapping):
            raise CyderError(f"verbs are {', '.join(VERBS)}")
        return {"ok": True, "result": await verb(engine, args, actor)}
    except CyderError as error:
        return {"ok": False, "error": {"message": error.message, "hint": error.hint}}
    except Exception as error:  # a wrong request must not end the exercise
        _log.exception("control: %.200r", request)
        return {"ok": False, "error": {"message": f"internal error: {error!r}", "hint": ""}}


def _error(_ja: str, en: str) -> dict[str, str]:
    return {"message": en, "hint": ""}


def control(
    settings: Settings, exercise: str, verb: str, args: Mapping[str, Any], *,
    actor: str = "white", timeout: float = 60, key: str = "",
) -> Any:  # fmt: skip
    """Ask a running engine for a verb and return its result; CyderError with its refusal.

    With the same `key` again nothing is done again.
    """
    request = {"id": 1, "key": key, "verb": verb, "args": dict(args), "actor": actor}
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.settimeout(timeout)
            end.connect(str(socket_path(settings, exercise)))
            end.sendall(json.dumps(request).encode() + b"\n")
            with end.makefile("rb") as stream:
                reply = json.loads(stream.readline(_LONGEST))
    except (OSError, ValueError) as error:
        raise CyderError(
            f"the engine of {exercise} does not answer ({error})",
            hint=f"If it died, `cyder resume {exercise}` goes on with it.",
        ) from None
    if not reply["ok"]:
        raise CyderError(reply["error"]["message"], hint=reply["error"]["hint"])
    return reply["result"]
