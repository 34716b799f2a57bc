"""The console's line to a running engine: one request, one connection, one answer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from range.errors import CyderError
from range.events.folder import ExerciseFolder
from range.events.log import is_written
from range.exercise import afterwards
from range.exercise.control import socket_path
from range.exercise.lines import LIMIT
from range.settings import Settings

TIMEOUT = 60.0  # seconds
SLOW = 300.0  # of a node that is reset, copied or put back


class EngineGone(CyderError):
    """Nobody listens: the engine died, ended, or has not opened its socket yet."""

    exit_code = 3


@dataclass(frozen=True)
class Client:
    """Asks the engine of one exercise; every request carries its actor."""

    settings: Settings
    exercise: str
    actor: str

    @property
    def folder(self) -> ExerciseFolder:
        """The exercise's folder."""
        return ExerciseFolder(self.settings.exercises / self.exercise)

    @property
    def alive(self) -> bool:
        """True while some engine holds the log."""
        return is_written(self.folder.log)

    async def ask(self, verb: str, *, timeout: float = TIMEOUT, **args: Any) -> Any:
        """Question for a verb and return its result; CyderError is the engine's refusal.

        Arguments that are None, "" or [] are left out. EngineGone when nobody answers.
        """
        given = {key: value for key, value in args.items() if value not in (None, "", [])}
        request = {"id": 1, "verb": verb, "args": given, "actor": self.actor}
        try:
            reply = await asyncio.wait_for(self._talk(request), timeout)
        except TimeoutError:
            raise CyderError(
                f"{verb}: no answer within {timeout:.0f} s",
                hint="It may still be done: look at the record before you ask again.",
            ) from None
        except (OSError, ValueError) as error:
            raise EngineGone(
                f"the engine of {self.exercise} does not answer ({error})",
                hint=f"If it died, `cyder resume {self.exercise}` goes on with it.",
            ) from None
        if not reply.get("ok"):
            told = reply.get("error") or {}
            raise CyderError(str(told.get("message") or verb), hint=str(told.get("hint") or ""))
        return reply.get("result")

    async def mark(self, team: str, check: str, credit: float, reason: str) -> None:
        """Adjudicate a check, by the engine or, when the exercise is over, in its log."""
        if await asyncio.to_thread(afterwards.is_over, self.folder):
            await asyncio.to_thread(
                afterwards.mark, self.folder, team, check, credit, reason, actor=self.actor
            )
        else:
            await self.ask("mark", team=team, check=check, credit=credit, reason=reason)

    async def _talk(self, request: dict[str, Any]) -> dict[str, Any]:
        path = socket_path(self.settings, self.exercise)
        reader, writer = await asyncio.open_unix_connection(path, limit=LIMIT)
        try:
            writer.write(json.dumps(request).encode() + b"\n")
            await writer.drain()
            reply = json.loads(await reader.readline())
        finally:
            writer.close()
        if not isinstance(reply, dict):
            raise ValueError("not an answer")
        return reply
