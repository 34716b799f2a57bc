"""What members do at their desks, against the engine's own desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from desk_room import Room, until
from desk_room import shown as on
from stage import Stage
from textual.events import Paste
from textual.pilot import Pilot

from range.events.event import Kind
from range.exercise.verbs import VERBS
from tui.desk.app import DeskApp
from tui.desk.dialogs import Sure
from tui.desk.form import FormScreen
from tui.desk.line import Kept, Visit
from tui.desk.main import MainScreen

Play = Callable[..., Awaitable[Stage]]
EVERYTHING = {
    "a-line": "pc",
    "a-text": "一行目\n二行目",
    "a-choice": "y",
    "choices": ["x", "y"],
    "a-number": 1905.0,
    "a-time": "2026-04-01 09:30",
    "a-list": ["10.0.0.1", "10.0.0.2"],
}


async def open_form(app: DeskApp, pilot: Pilot[Any], form: str) -> FormScreen:
    known = app.model.form(form)
    assert known is not None
    app.push_screen(FormScreen(app.room, known))
    await until(pilot, lambda: isinstance(app.screen, FormScreen), "the form is open")
    await pilot.pause()
    assert isinstance(app.screen, FormScreen)
    return app.screen


async def fill_in(pilot: Pilot[Any]) -> None:
    """Fill the form with every kind of field in, by keys alone."""
    app = pilot.app
    await pilot.press("p", "c", "tab")
    app.post_message(Paste("一行目\n二行目"))
    await pilot.press("tab", "down", "space", "tab", "space", "down", "space", "tab")
    await pilot.press("１", "，", "９", "０", "５", "tab")
    app.post_message(Paste("2026年4月1日 9時30分"))
    await pilot.press("tab", *"10.0.0.1", "enter", *"10.0.0.2")


async def sure(pilot: Pilot[Any], key: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, Sure), "it asks back")
    await pilot.press(key)


async def test_a_form_with_every_kind_of_field_is_handed_in_by_keys(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori", size=(80, 50)) as (app, pilot):
            await open_form(app, pilot, "everything")
            await fill_in(pilot)
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, Sure), "it asks back")
            assert "二行目" in on(app)
            assert "2026-04-01 09:30" in on(app)
            await pilot.press("n")
            assert isinstance(app.screen, FormScreen), "a no leaves the form as it is"
            await pilot.press("ctrl+s")
            await sure(pilot, "y")
            await until(pilot, lambda: isinstance(app.screen, MainScreen), "it is handed in")
            await until(pilot, lambda: room.lines[0].count("briefing") > 1, "it looks again")
            await pilot.press("4", "down")
            await until(pilot, lambda: "handed in T+00:00" in on(app), "what and when is shown")
            assert "mori" in on(app)

    exercise = await play(script)
    (event,) = exercise.of(Kind.SUBMITTED, "team1", form="everything")
    assert event.data["answers"] == EVERYTHING
    assert event.data["by"] == "team1+mori"


async def test_a_form_handed_in_again_begins_with_what_stands_and_says_what_it_replaces(
    play: Play,
) -> None:
    async def script(room: Room) -> None:
        answers = {"what": "virus", "since": "10:20"}
        room.desks["team1"].ask("submit", {"form": "report", "answers": answers}, "team1+sato")
        async with room.sit("mori") as (app, pilot):
            await until(pilot, lambda: "report" in app.model.submissions, "it knows")
            await open_form(app, pilot, "report")
            await pilot.press("end", "!", "ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, Sure), "it asks back")
            assert "replaces what was handed in at T+00:00 by sato" in " ".join(on(app).split())
            await pilot.press("y")
            await until(pilot, lambda: isinstance(app.screen, MainScreen), "it is handed in")

    exercise = await play(script)
    assert exercise.of(Kind.SUBMITTED)[-1].data["answers"] == {"what": "virus!", "since": "10:20"}


async def test_what_is_missing_is_said_at_each_field_before_anything_is_asked(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit() as (app, pilot):
            form = await open_form(app, pilot, "everything")
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert form.is_current
            said = {f.field_name: f._wrong for f in form.query("Field")}  # type: ignore[attr-defined]
            assert said["a-line"] == "! Please fill this in."
            assert said["a-choice"]
            assert not said["a-number"]
            assert room.lines[0].count("submit") == 0

    await play(script)


async def test_what_the_engine_refuses_is_said_at_the_field_that_it_is_about(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit() as (app, pilot):
            form = await open_form(app, pilot, "everything")
            await fill_in(pilot)
            await pilot.press("shift+tab", "shift+tab", *"000000000000000000", "ctrl+s")
            await sure(pilot, "y")
            await until(pilot, lambda: room.lines[0].count("submit"), "it is sent")
            await pilot.pause(0.1)
            said = {f.field_name: f._wrong for f in form.query("Field")}  # type: ignore[attr-defined]
            assert said["a-number"] == "! Number (a-number): give a number."
            assert [name for name, text in said.items() if text] == ["a-number"]
            assert form.focused is form.query_one("#answer-a-number")

    exercise = await play(script)
    assert not exercise.of(Kind.SUBMITTED)


async def test_in_a_pause_nothing_is_taken_and_nothing_typed_is_lost(play: Play) -> None:
    async def script(room: Room) -> None:
        room.engine.pause("white")
        async with room.sit() as (app, pilot):
            assert "= paused" in on(app)
            await open_form(app, pilot, "report")
            await pilot.press("x", "tab", "y", "ctrl+s")
            await sure(pilot, "y")
            await until(pilot, lambda: "The exercise is paused." in on(app), "it says why")
            assert app.model.drafts["report"] == {"what": "x", "since": "y"}

    exercise = await play(script)
    assert not exercise.of(Kind.SUBMITTED)


async def test_a_pause_and_the_end_are_told_and_the_end_is_no_lost_line(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit() as (app, pilot):
            room.engine.pause("white")
            await until(pilot, lambda: "The exercise is paused." in on(app), "it is told")
            await until(pilot, lambda: "= paused" in on(app), "and stands above")
            room.engine.end("white", "enough")
            await until(pilot, lambda: "# over" in on(app), "it is over")
            room.lines[0].cut.set()
            await until(pilot, lambda: not app.room.feed.there.is_set(), "nobody answers")
            await pilot.pause()
            assert "# over" in on(app)
            assert "Line lost" not in on(app)

    await play(script)


async def test_a_node_that_the_white_cell_reset_is_told(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit() as (app, pilot):
            await until(pilot, lambda: room.lines[0].count("watch") > 1, "it watches")
            room.engine.note(Kind.REVERTED, "team1", actor="white", node="mail", charged=True)
            await until(pilot, lambda: "reset the node mail" in on(app), "it is told")
            await pilot.press("6")
            await until(pilot, lambda: "node reset: mail" in on(app), "and stays in the log")

    await play(script)


async def test_a_hint_shows_its_cost_and_asks_back_before_it_is_taken(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await pilot.press("5")
            await until(pilot, lambda: "costs 1" in on(app), "the cost is shown")
            assert "after tier 1" in on(app)
            assert "/var/log/trace" not in on(app)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Sure), "it asks back")
            assert "costs 1 points" in on(app)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, MainScreen), "it is closed")
            assert room.lines[0].count("hint") == 0, "Enter alone takes nothing"
            await pilot.press("enter")
            await sure(pilot, "y")
            await until(pilot, lambda: "Look at /var/log/trace." in on(app), "its text is there")

    exercise = await play(script)
    assert [event.data["by"] for event in exercise.of(Kind.HINT)] == ["team1+mori"]


async def test_a_hint_that_another_member_took_is_there_for_all_and_says_who_took_it(
    play: Play,
) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await pilot.press("5")
            await until(pilot, lambda: "costs 1" in on(app), "the cost is shown")
            room.desks["team1"].ask("hint", {"hint": "H01"}, "team1+sato")
            await until(pilot, lambda: "/var/log/trace" in on(app), "its text is there")
            await until(pilot, lambda: "sato took the hint" in on(app), "and it says who took it")

    await play(script)


async def test_what_others_hand_in_and_messages_appear_without_a_key(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await pilot.press("6")
            answers = {"what": "virus", "since": "10:20"}
            room.desks["team1"].ask("submit", {"form": "report", "answers": answers}, "team1+sato")
            await until(pilot, lambda: "sato" in on(app), "the submission is in the log")
            await VERBS["message"](room.engine, {"text": "急げ", "from": "副市長"}, "white")
            await until(pilot, lambda: "Inbox(1)" in on(app), "it is counted")
            await until(pilot, lambda: "副市長" in on(app), "and told")
            await pilot.press("3")
            await until(pilot, lambda: "急げ" in on(app), "it can be read")
            await until(pilot, lambda: "Inbox(1)" not in on(app), "then it is no longer new")

    await play(script)


async def test_other_teams_see_nothing_of_it(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("kato", team="team2") as (app, pilot):
            looked = room.lines[0].count("inbox")
            answers = {"what": "virus", "since": "10:20"}
            room.desks["team1"].ask("submit", {"form": "report", "answers": answers}, "team1+sato")
            await VERBS["message"](room.engine, {"text": "急げ", "teams": ["team1"]}, "white")
            await VERBS["message"](room.engine, {"text": "待て", "teams": ["team2"]}, "white")
            await until(pilot, lambda: room.lines[0].count("inbox") > looked, "it looked")
            assert [item["text"]["ja"] for item in app.model.inbox] == ["待て"]
            assert not app.model.submissions

    await play(script)


async def test_nothing_in_a_message_is_markup_or_moves_the_terminal(play: Play) -> None:
    hostile = "[bold red]x[/] [@click=app.quit]y[/] \x1b[31mz\x1b]0;t\x07 \u202eabc [/nothing"

    async def script(room: Room) -> None:
        async with room.sit("mori") as (app, pilot):
            await VERBS["message"](
                room.engine, {"text": hostile, "from": hostile[:60], "subject": hostile}, "white"
            )
            await pilot.press("3")
            await until(pilot, lambda: "[bold red]x[/]" in on(app), "it stands there as it is")
            for bad in ("\x1b", "\x07", "\u202e"):
                assert bad not in on(app)

    await play(script)


async def test_the_name_is_asked_once_and_goes_with_what_is_done(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit("") as (app, pilot):
            await until(pilot, lambda: "is recorded" in on(app), "the notice is there")
            await pilot.press("enter")
            await until(pilot, lambda: "Please give your name." in on(app), "it needs a name")
            await pilot.press(*"山田+x", "enter")
            await until(pilot, lambda: isinstance(app.screen, MainScreen), "it is let in")
            assert app.model.by == "team1+山田 x"
            await app.main.action_open("nodes")
            await until(pilot, lambda: "ssh -F ssh_config mail" in on(app), "nodes are there")
            await pilot.press("enter")
            await until(pilot, lambda: not app.is_running, "it leaves for the node")
            assert isinstance(app.return_value, Visit)
            assert app.return_value.node == "mail"
            kept = Kept.from_json(app.return_value.kept.as_json())
        async with room.sit("", kept=kept) as (app, pilot):
            assert isinstance(app.screen, MainScreen), "not asked again"
            assert app.model.member == "山田 x"
            assert app.main.opened == "nodes"

    await play(script)


async def test_the_language_changes_at_once_and_what_is_typed_stays(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit() as (app, pilot):
            await open_form(app, pilot, "everything")
            await pilot.press("a", "b", "f2")
            await until(pilot, lambda: "全部の欄" in on(app), "it is in Japanese")
            assert "ab" in on(app)
            assert "短く[bold]。" in on(app)
            await pilot.press("escape", "f2", "3")
            await until(pilot, lambda: "No messages yet." in on(app), "and in English again")

    await play(script)


async def test_every_page_opens_by_its_number_and_by_arrows(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit() as (app, pilot):
            seen = []
            for number in range(1, 9):
                await pilot.press(str(number))
                await pilot.pause()
                seen.append(app.main.opened)
            assert seen == ["briefing", "map", "inbox", "forms", "hints", "timeline", "nodes",
                            "score"]  # fmt: skip
            assert "Total" in on(app)
            await pilot.press("right")
            await pilot.pause()
            assert app.main.opened == "briefing"
            await pilot.press("f1")
            await pilot.pause()
            assert "Briefing" in on(app)

    profile = "level: test\nprofile: competition"
    await play(script, edit=lambda text: text.replace("level: test", profile))


async def test_a_click_opens_a_page_and_chooses(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit() as (app, pilot):
            await pilot.click("PageBar", offset=(on(app).splitlines()[1].index("4 Forms"), 0))
            await until(pilot, lambda: app.main.opened == "forms", "it is open")
            await open_form(app, pilot, "everything")
            await pilot.click("#answer-choices", offset=(4, 1))
            await pilot.pause()
            assert "[x] Y" in on(app)

    await play(script)


async def test_no_score_is_offered_where_the_profile_keeps_it_back(play: Play) -> None:
    async def script(room: Room) -> None:
        async with room.sit() as (app, pilot):
            await pilot.press("8")
            await pilot.pause()
            assert app.main.opened == "briefing"
            assert "Score" not in on(app)
            assert room.lines[0].count("score") == 0

    await play(script)
