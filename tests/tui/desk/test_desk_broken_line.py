"""The line breaks: nothing that was typed is lost, nothing is handed in twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from desk_lines import EngineLine
from desk_room import Room, until
from desk_room import shown as on
from stage import Stage
from test_desk_acts import open_form, sure
from textual.pilot import Pilot

from range.events.event import Kind
from tui.desk.app import DeskApp
from tui.desk.dialogs import Sure
from tui.desk.line import Closed, Visit
from tui.desk.main import MainScreen
from tui.desk.rows import Rows

Play = Callable[..., Awaitable[Stage]]


async def cut(line: EngineLine, app: DeskApp, pilot: Pilot[Any]) -> None:
    line.cut.set()
    await until(pilot, lambda: app.model.lost, "it notices")


async def mend(line: EngineLine, app: DeskApp, pilot: Pilot[Any]) -> None:
    line.cut.clear()
    await until(pilot, lambda: not app.model.lost, "it recovers")


async def test_a_draft_is_there_again_at_the_next_desk(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await open_form(app, pilot, "report")
            await pilot.press("日", "本")
            await until(pilot, lambda: "draft saved" in on(app), "it is saved as it is typed")
        async with room.sit("mori") as (app, pilot):
            await until(pilot, lambda: app.model.drafts, "it is restored")
            await pilot.press("4")
            await until(pilot, lambda: "* draft" in on(app), "the list says so")
            await open_form(app, pilot, "report")
            assert "日本" in on(app)
        async with room.sit("sato") as (app, pilot):
            await until(pilot, lambda: room.lines[2].count("drafts"), "it asked")
            assert not app.model.drafts, "drafts are their writer's"

    await play(script)


async def test_what_is_typed_while_the_line_is_lost_is_saved_once_it_is_back(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            line = room.lines[0]
            await open_form(app, pilot, "report")
            await pilot.press("a")
            await until(pilot, lambda: line.count("draft") == 1, "the first letter is saved")
            await cut(line, app, pilot)
            assert "Line lost" in on(app)
            await pilot.press("b", "c")
            await until(pilot, lambda: "until the line is back" in on(app), "it says where it is")
            assert "abc" in on(app)
            await mend(line, app, pilot)
            await until(pilot, lambda: "draft saved" in on(app), "it is saved")
        kept = room.desks["team1"].ask("drafts", {}, "team1+mori")
        assert kept["report"]["answers"] == {"what": "abc"}

    await play(script)


async def test_messages_of_the_time_without_line_come_when_it_is_back(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await cut(room.lines[0], app, pilot)
            room.engine.note(Kind.MESSAGE, "team1", channel="phone", **{"from": "x"},
                             subject="急ぎ", text="電話です")  # fmt: skip
            await mend(room.lines[0], app, pilot)
            await until(pilot, lambda: "Inbox(1)" in on(app), "it came")

    await play(script)


async def test_what_was_handed_in_as_the_line_broke_counts_once(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            line = room.lines[0]
            await until(pilot, lambda: line.count("watch") > 1, "it watches")
            asking = line.answer

            async def swallowed(op: str, payload: dict[str, Any]) -> Any:
                done = await asking(op, payload)
                if op == "submit":
                    line.cut.set()
                    raise Closed
                return done

            line.answer = swallowed  # type: ignore[method-assign]
            await open_form(app, pilot, "report")
            await pilot.press("x", "tab", "y", "ctrl+s")
            await sure(pilot, "y")
            await until(pilot, lambda: "as soon as it is back" in on(app), "it waits")
            line.answer = asking  # type: ignore[method-assign]
            await mend(line, app, pilot)
            await until(pilot, lambda: isinstance(app.screen, MainScreen), "it is handed in")
            assert line.count("submit") == 2

    exercise = await play(script)
    assert len(exercise.of(Kind.SUBMITTED)) == 1


async def test_leaving_with_a_draft_that_nobody_has_is_asked_back(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await open_form(app, pilot, "report")
            await cut(room.lines[0], app, pilot)
            await pilot.press("a", "ctrl+q")
            await until(pilot, lambda: isinstance(app.screen, Sure), "it asks back")
            await pilot.press("n")
            await pilot.pause()
            assert app.is_running
            await mend(room.lines[0], app, pilot)
            await pilot.press("ctrl+q")
            await until(pilot, lambda: not app.is_running, "with the line it just leaves")
        assert room.desks["team1"].ask("drafts", {}, "team1+mori")["report"]["answers"]

    await play(script)


async def test_a_form_opens_no_sooner_than_its_draft_is_there(play: Play) -> None:
    async def script(room: Room) -> None:
        answers = {"what": "before"}
        room.desks["team1"].ask("draft", {"form": "report", "answers": answers}, "team1+mori")
        late = asyncio.Event()
        async with room.sit("mori", late={"drafts": late}) as (app, pilot):
            await until(pilot, lambda: room.lines[0].count("drafts"), "they are asked for")
            await app.main.action_open("forms")
            await until(pilot, lambda: isinstance(app.focused, Rows), "the list is there")
            await pilot.press("enter")
            await pilot.pause(0.1)
            assert isinstance(app.screen, MainScreen)
            late.set()
            await until(pilot, lambda: "before" in on(app), "then it opens")

    await play(script)


async def test_a_visit_with_a_draft_that_nobody_has_is_asked_back(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await open_form(app, pilot, "report")
            await cut(room.lines[0], app, pilot)
            await pilot.press("a", "escape")
            await app.main.action_open("nodes")
            await pilot.pause()
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Sure), "it asks back")
            await pilot.press("y")
            await until(pilot, lambda: not app.is_running, "it leaves")
            assert isinstance(app.return_value, Visit)

    await play(script)


async def test_a_draft_that_is_handed_in_is_a_draft_no_more(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await open_form(app, pilot, "report")
            await pilot.press("x", "tab", "y")
            await until(pilot, lambda: room.lines[0].count("draft"), "it is saved")
            await pilot.press("ctrl+s")
            await sure(pilot, "y")
            await until(pilot, lambda: isinstance(app.screen, MainScreen), "it is handed in")
            assert not app.model.drafts
        assert room.desks["team1"].ask("drafts", {}, "team1+mori") == {}

    await play(script)


async def test_a_desk_opens_without_a_line_and_fills_when_it_comes(play: Play) -> None:
    async def script(room: Room) -> None:
        line = EngineLine(room.desks["team1"])
        line.cut.set()
        app = DeskApp(line, team="team1", member="mori", language="en")
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("enter")
            await until(pilot, lambda: "Line lost" in on(app), "it says so")
            await mend(line, app, pilot)
            await until(pilot, lambda: "A rehearsal" in on(app), "it is filled")

    await play(script)
