"""Every view and dialogue as it looks, in both languages, small and large."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from during import EPOCH, Console, Told, until
from screens import LANGUAGES, SIZES
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from range.events.event import Kind
from tui.console.exercise.report import ReportScreen

NOW = EPOCH + 2400.0
VIEWS = ["msel", "teams", "feed", "calls", "reports", "marks", "nodes", "notes", "debrief"]
DIALOGUES = {
    "fire": ["down", "down", "f"],
    "message": ["m"],
    "mark": ["6", "g"],
    "call": ["4", "a"],
    "detail": ["down", "down", "down", "enter"],
    "end": ["e"],
    "decide": ["u"],
    "reset": ["7", "z"],
    "contingency": ["c"],
    "one-team": ["right_square_bracket"],
    "search": ["slash", "M", "0", "5"],
}

Ready = Callable[[Pilot[Any]], Awaitable[None]]


async def settled(pilot: Pilot[Any]) -> None:
    """Let everything that was asked for be drawn: a message may ask for the next one."""
    for _ in range(6):
        await pilot.pause()


def pressed(keys: Sequence[str]) -> Ready:
    async def ready(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, Console)
        await until(pilot, lambda: len(app.screen_stack) > 1 and app.during.hub.ready)
        app.during.hub.alive = True
        app.during.show()
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        await settled(pilot)

    return ready


@pytest.fixture
def shown(half_way: Told, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Console]:
    """The console half way through, its clock standing still and its engine alive."""
    monkeypatch.setattr("tui.console.client.is_written", lambda path: True)
    # Nothing that moves by itself: a picture must be the same each time.
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)
    monkeypatch.setattr("tui.console.exercise.screen.TICK", 3600.0)
    return lambda language: Console(half_way.folder, half_way.here, language, wall=lambda: NOW)


@pytest.mark.parametrize("size", SIZES, ids=["small", "large"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(1, 10), ids=VIEWS)
def test_a_view(snap_compare: Any, shown: Any, number: int, language: str, size: Any) -> None:
    keys = [str(number)]
    assert snap_compare(shown(language), terminal_size=size, run_before=pressed(keys))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DIALOGUES)
def test_a_dialogue(snap_compare: Any, shown: Any, name: str, language: str) -> None:
    keys = DIALOGUES[name]
    assert snap_compare(shown(language), terminal_size=(80, 24), run_before=pressed(keys))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["mark", "detail", "one-team"])
def test_a_large_dialogue(snap_compare: Any, shown: Any, name: str, language: str) -> None:
    keys = DIALOGUES[name]
    assert snap_compare(shown(language), terminal_size=(160, 50), run_before=pressed(keys))


@pytest.mark.parametrize("size", SIZES, ids=["small", "large"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_many_teams(snap_compare: Any, told: Any, language: str, size: Any,
                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("tui.console.client.is_written", lambda path: True)
    monkeypatch.setattr("tui.console.exercise.screen.TICK", 3600.0)
    exercise: Told = told("municipality", 12)
    exercise.say(Kind.STARTED, 0.0)
    exercise.say(Kind.CLOCK, 0.0, running=True, rate=1.0)
    exercise.ended("A01", 120, "succeeded", *exercise.teams[:7])
    exercise.ended("A01", 120, "error", *exercise.teams[7:9])
    console = Console(exercise.folder, exercise.here, "ja" if language == "ja" else "en",
                      wall=lambda: EPOCH + 200)  # fmt: skip
    assert snap_compare(console, terminal_size=size, run_before=pressed([]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dead_engine(
    snap_compare: Any, half_way: Told, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.console.exercise.screen.TICK", 3600.0)

    async def ready(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1 and pilot.app.during.hub.ready)
        await settled(pilot)

    console = Console(half_way.folder, half_way.here, "ja" if language == "ja" else "en",
                      wall=lambda: NOW)  # fmt: skip
    assert snap_compare(console, terminal_size=(80, 24), run_before=ready)


@pytest.mark.parametrize("size", SIZES, ids=["small", "large"])
def test_a_report(snap_compare: Any, shown: Any, size: Any) -> None:
    parts = [
        "# 振り返り",
        "[bold]太字ではない[/bold]",
        "- 一",
        "| 項目 | 得点 |\n|---|---|\n| 端末 | 3.0 |",
    ]
    text = "\n\n".join(parts)

    async def ready(pilot: Pilot[Any]) -> None:
        await pressed([])(pilot)
        await pilot.app.push_screen(ReportScreen(Path("report/debrief.ja.md"), text))
        await settled(pilot)

    assert snap_compare(shown("ja"), terminal_size=size, run_before=ready)
