"""Every screen of the desk, in both languages and sizes, as a picture."""

from __future__ import annotations

from typing import Any

import pytest
from desk_sample import NODES, sample
from screens import LANGUAGES, SIZES
from textual.pilot import Pilot

from range.scenario.model import Language
from tui.desk.app import DeskApp
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


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until the desk knows its exercise and has drawn it."""
    app = pilot.app
    assert isinstance(app, DeskApp)
    while not (app.model.known and app.room.feed.there.is_set()):
        await pilot.pause(0.01)
    await pilot.pause(0.05)


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
        await pilot.pause()
        await pilot.press("down", "space", "tab", *"きのう", "ctrl+s")
        pilot.app.clear_notifications()
        await pilot.pause()

    assert snap_compare(desk(language, "forms"), terminal_size=size, run_before=fill_in)


@sizes
@languages
def test_it_asks_back_before_handing_in(
    snap_compare: Any, language: Language, size: tuple[int, int]
) -> None:
    async def submit(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause(0.1)

    assert snap_compare(desk(language, "forms"), terminal_size=size, run_before=submit)


@sizes
@languages
def test_a_lost_line(snap_compare: Any, language: Language, size: tuple[int, int]) -> None:
    app = desk(language, "inbox")

    async def cut(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        app.room.feed._line.cut.set()  # type: ignore[attr-defined]
        while not app.model.lost:
            await pilot.pause(0.01)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=cut)


@sizes
@languages
def test_the_help(snap_compare: Any, language: Language, size: tuple[int, int]) -> None:
    async def ask(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("f1")
        await pilot.pause()

    assert snap_compare(desk(language, "inbox"), terminal_size=size, run_before=ask)
