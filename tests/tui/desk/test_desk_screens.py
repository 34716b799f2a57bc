"""Every screen of the desk, in both languages and sizes, as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from desk_sample import NODES, sample
from screens import LANGUAGES, SIZES
from textual.pilot import Pilot

from range.scenario.model import Language
from tui.desk.app import DeskApp
from tui.desk.dialogs import Sure
from tui.desk.fields import Field
from tui.desk.line import Kept
from tui.desk.main import PAGES

PAGE_NAMES = [page.name_of for page in PAGES]
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
languages = pytest.mark.parametrize("language", LANGUAGES)


def desk(language: Language, page: str = "briefing", *, greets: bool = False) -> DeskApp:
    return DeskApp(sample(), team="team1", member="" if greets else "山田", language=language,
                   nodes=NODES, door="198.51.100.9:2201",
                   kept=None if greets else Kept(page=page, read=frozenset({"M01", "M02"})),
                   )  # fmt: skip


async def until(pilot: Pilot[Any], true: Callable[[DeskApp], object]) -> None:
    """Wait until something is so, and has been drawn."""
    assert isinstance(pilot.app, DeskApp)
    async with asyncio.timeout(20):
        while not true(pilot.app):
            await pilot.pause(0.01)
    await pilot.pause(0.05)


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until the desk knows its exercise and has drawn it."""
    await until(pilot, lambda app: app.room.feed.there.is_set() and app.focused is not None)


@sizes
@languages
@pytest.mark.parametrize("page", PAGE_NAMES)
def test_each_page(snap_compare: Any, page: str, language: Language, size: tuple[int, int]) -> None:
    assert snap_compare(desk(language, page), terminal_size=size, run_before=settle)


@sizes
@languages
def test_the_welcome(snap_compare: Any, language: Language, size: tuple[int, int]) -> None:
    app = desk(language, greets=True)
    assert snap_compare(app, terminal_size=size, run_before=settle)


@sizes
@languages
def test_a_form_with_complaints(
    snap_compare: Any, language: Language, size: tuple[int, int]
) -> None:
    async def fill_in(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda app: app.screen.query(Field) and app.focused)
        await pilot.press("down", "space", "tab", *"きのう", "ctrl+s")
        await until(pilot, lambda app: not app.room.drafts.unsaved and app.screen.query("Toast"))
        pilot.app.clear_notifications()
        await until(pilot, lambda app: not app.screen.query("Toast"))

    assert snap_compare(desk(language, "forms"), terminal_size=size, run_before=fill_in)


@sizes
@languages
def test_it_asks_back_before_handing_in(
    snap_compare: Any, language: Language, size: tuple[int, int]
) -> None:
    async def submit(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda app: app.screen.query(Field) and app.focused)
        await pilot.press("ctrl+s")
        await until(pilot, lambda app: isinstance(app.screen, Sure) and app.focused)

    assert snap_compare(desk(language, "forms"), terminal_size=size, run_before=submit)


@sizes
@languages
def test_a_lost_line(snap_compare: Any, language: Language, size: tuple[int, int]) -> None:
    app = desk(language, "inbox")

    async def cut(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        app.room.feed._line.cut.set()  # type: ignore[attr-defined]
        await until(pilot, lambda app: app.model.lost and app.screen.query("Toast"))

    assert snap_compare(app, terminal_size=size, run_before=cut)


@sizes
@languages
def test_the_help(snap_compare: Any, language: Language, size: tuple[int, int]) -> None:
    async def ask(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("f1")
        await until(pilot, lambda app: app.screen.query("HelpScreen Static"))

    assert snap_compare(desk(language, "inbox"), terminal_size=size, run_before=ask)
