"""What a trainee sits at: a desk, a node that was visited from it, the desk again."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from range.access.gateway.budget import IDLE, Budget
from range.access.gateway.config import GatewayConfig
from range.access.gateway.desk import DeskLine
from range.access.gateway.desks import Desks, NoDesk, OpenDesk
from range.access.gateway.pty import PtyRelay
from range.access.gateway.terminal import RESTORE, Terminal
from range.access.gateway.visit import NoShell, Visits
from range.access.gateway.wire import DeskWire, bounded_kept
from range.text import clean, line

_log = logging.getLogger(__name__)
_AT_ONCE = 1.0  # seconds after which somebody who waits would like to know for what
_LAST_WORDS = 2.0  # seconds that a desk may take to say how it ended after its terminal is gone


@dataclass
class Sitter:
    """Who sits there. `member` is fixed when it came with the log-in; `kept` is the desk's."""

    member: str = ""
    language: str = "ja"
    door: str = ""  # how the way in was reached: HOST:PORT
    wide_ambiguous: bool = False  # the terminal draws characters of ambiguous width on two cells
    kept: dict[str, Any] = field(default_factory=dict)
    seen_as: str = ""  # the name that was last worked under
    named: Callable[[str], None] = lambda name: None  # called when that changes


class Sittings:
    """Opens desks for trainees; one for each gateway."""

    def __init__(
        self, config: GatewayConfig, desk: DeskLine, desks: Desks, visits: Visits, budget: Budget
    ) -> None:
        self._config, self._desk, self._desks = config, desk, desks
        self._visits, self._budget = visits, budget

    async def sit(self, terminal: Terminal, sitter: Sitter) -> int:
        """Let a trainee work until they leave; returns the exit status of the session."""
        if not self._budget.take_desk():
            await terminal.say(
                "このチームのデスクはすべて使われています。使っていないデスクを閉じてください。",
                "All desks of this team are in use. Close one that nobody needs.",
            )
            return 1
        watching = asyncio.create_task(self._until_idle(terminal))
        working = asyncio.create_task(self._work(terminal, sitter))
        try:
            await asyncio.wait({watching, working}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
        finally:
            self._budget.give_desk()
            watching.cancel()
            working.cancel()
            await asyncio.gather(watching, working, return_exceptions=True)
        await terminal.show(RESTORE)
        await terminal.say(
            "長く使われていないので閉じました。", "Closed: nobody was here for long."
        )
        return 0

    async def _work(self, terminal: Terminal, sitter: Sitter) -> int:
        while True:
            try:
                end = await self._at_desk(terminal, sitter)
            except NoDesk as error:
                _log.warning("no desk: %s", error)
                end = None
            if end is None:
                await terminal.show(RESTORE)
                await terminal.say(
                    "デスクを開けません(または異常終了しました)。もう一度接続してください。下書きは残っています。",
                    "The desk could not be opened, or it failed. Please connect again; "
                    "drafts are kept.",
                )
                return 1
            if "visit" not in end:
                return 0
            sitter.kept = bounded_kept(end.get("kept"))
            await self._at_node(terminal, str(end["visit"])[:200])

    async def _at_desk(self, terminal: Terminal, sitter: Sitter) -> dict[str, Any] | None:
        """Show a desk; returns how it ended, None for one that broke. NoDesk."""
        opened = await self._opened(terminal)
        relay = PtyRelay(opened.master, terminal)
        wire = DeskWire(self._desk, self._config.team, sitter.member, sitter.named)
        wire.member = wire.member or sitter.seen_as
        try:
            end = await self._shown(terminal, sitter, opened, relay, wire)
        finally:
            terminal.shown = None
            sitter.seen_as = wire.member
            relay.close()
            opened.line.close()
            self._desks.ended(opened.id)
        if end is not None and "crashed" in end:
            _log.error("a desk failed: %s", clean(str(end["crashed"]), 4000))
            return None
        return end

    async def _opened(self, terminal: Terminal) -> OpenDesk:
        """Have a desk opened; the first one has to wait until desks are loaded, and says so."""
        opening = asyncio.create_task(self._desks.open(terminal.size))
        try:
            done, _ = await asyncio.wait({opening}, timeout=_AT_ONCE)
            if not done:
                await terminal.say("デスクを準備しています…", "Getting the desk ready…")
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._discard)
            raise

    def _discard(self, opening: asyncio.Task[OpenDesk]) -> None:
        """Close a desk whose trainee left while it was being opened."""
        if not opening.cancelled() and opening.exception() is None:
            opened = opening.result()
            os.close(opened.master)
            opened.line.close()
            self._desks.ended(opened.id)

    async def _shown(
        self,
        terminal: Terminal,
        sitter: Sitter,
        opened: OpenDesk,
        relay: PtyRelay,
        wire: DeskWire,
    ) -> dict[str, Any] | None:
        start = {
            "team": self._config.team,
            "member": wire.member,
            "language": sitter.language,
            "nodes": list(self._config.nodes),
            "term": terminal.term,
            "true_colour": terminal.true_colour,
            "wide_ambiguous": sitter.wide_ambiguous,
            "door": sitter.door,
            "kept": sitter.kept,
        }
        relay.resized(terminal.size)
        terminal.shown = relay
        both = {
            asyncio.create_task(wire.serve(opened.line, start)),
            asyncio.create_task(relay.run()),
        }
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait(both, timeout=_LAST_WORDS)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        return wire.end if isinstance(wire.end, dict) else None

    async def _at_node(self, terminal: Terminal, node: str) -> None:
        name = line(node, 80)
        await terminal.say(
            f"{name} に入ります。exit でデスクに戻ります。",
            f"Entering {name}; exit leads back here.",
        )
        try:
            await self._visits.shell(node, terminal)
        except NoShell as error:
            await terminal.show(RESTORE)
            await terminal.say(
                f"{name} に入れません: {clean(str(error), 200)}",
                f"{name} cannot be entered: {clean(str(error), 200)}",
            )
            await _any_key(terminal)
        else:
            await terminal.show(RESTORE)

    async def _until_idle(self, terminal: Terminal) -> None:
        loop = asyncio.get_running_loop()
        while (left := terminal.used + IDLE - loop.time()) > 0:
            await asyncio.sleep(left)


class _AnyKey:
    """See range.access.gateway.terminal.Shown: the first key is enough."""

    def __init__(self) -> None:
        self.pressed = asyncio.Event()

    def typed(self, data: bytes) -> None:
        self.pressed.set()

    def resized(self, size: tuple[int, int]) -> None:
        """The sentence stands where it stands."""


async def _any_key(terminal: Terminal) -> None:
    await terminal.say("何かキーを押すとデスクに戻ります。", "Press any key to return to the desk.")
    key = _AnyKey()
    terminal.shown = key
    await key.pressed.wait()
    terminal.shown = None
