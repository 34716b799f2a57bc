"""Loads whatever a desk may ever need, while there are files to load it from."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import textual

import tui.desk
import tui.look
from tui.desk.app import DeskApp
from tui.desk.line import Closed

# Parts of Textual that no desk uses: a demonstration, other systems, one that starts a thread.
_NOT = (
    "textual._sleep",
    "textual.demo",
    "textual.__main__",
    "textual.drivers.w",
    "textual.drivers.web",
)


class _Nobody:
    """See tui.desk.line.Line: a line that is down."""

    async def ask(self, op: str, **payload: Any) -> Any:
        raise Closed


def preload() -> None:
    """Import every module, and draw a desk once that nobody sees."""
    for package in (textual, tui.look, tui.desk):
        for name in _modules(package):
            with suppress(ImportError):  # what Textual has for extras that are not installed
                importlib.import_module(name)
    for codec in ("idna", "ascii", "latin-1", "utf-8", "utf-16"):
        "".encode(codec)
    asyncio.run(_rehearse())


def _modules(package: Any) -> Iterator[str]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.startswith(_NOT) and found.name != "tui.desk.mother":
            yield found.name


async def _rehearse() -> None:
    """Styles are parsed and caches filled by drawing; each desk then starts with that."""
    app = DeskApp(_Nobody(), team="team1", member="member", nodes=["node"])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in ("f1", "escape", "f2", "f2"):
            await pilot.press(key)
        await pilot.pause()
