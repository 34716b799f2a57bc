"""The desk: what a team sees and hands in, and nothing else."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
from stage import Stage, at_desk

from range.events.event import Kind
from range.exercise.desk import Desk
from range.exercise.desk_server import serve_desk
from range.exercise.engine import Engine
from range.exercise.forms import LINE, Refused, filled_in
from range.exercise.verbs import VERBS
from range.scenario.check import Form

Make = Callable[..., Stage]


@pytest.fixture
def still(stage: Make) -> Stage:
    """An exercise of two teams whose clock the tests move themselves."""
    return stage("idle", teams=2, headless=False, speed=1.0)


REPORT = {"form": "report", "answers": {"what": "implant", "since": "10:20"}}


async def test_a_form_handed_in_twice_with_one_key_counts_once(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        first = desk.ask("submit", {**REPORT, "key": "k1"}, "team1+sato")
        assert desk.ask("submit", {**REPORT, "key": "k1"}, "team1+sato") == first
        desk.ask("submit", REPORT, "team1+sato")

    await at_desk(still, "team1", script)
    handed_in = still.of(Kind.SUBMITTED)
    assert len(handed_in) == 2
    assert {(event.team, event.data["by"]) for event in handed_in} == {("team1", "team1+sato")}


async def test_nothing_is_taken_before_the_start_in_a_pause_or_after_the_end(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        for op in ("submit", "hint"):
            with pytest.raises(Refused, match="not started"):
                desk.ask(op, {**REPORT, "hint": "H01"}, "a")
        engine.start("w")
        engine.pause("w")
        for op in ("submit", "hint"):
            with pytest.raises(Refused, match="paused"):
                desk.ask(op, {**REPORT, "hint": "H01"}, "a")
        engine.go_on("w")
        engine.end("w", "enough")
        with pytest.raises(Refused, match="over"):
            desk.ask("submit", REPORT, "a")

    await at_desk(still, "team1", script)
    assert not still.of(Kind.SUBMITTED)


async def test_the_inbox_has_what_concerns_the_team_and_no_others(stage: Make) -> None:
    exercise = stage("idle")
    await exercise.run()

    async def script(desk: Desk, engine: Engine) -> None:
        inbox = desk.ask("inbox", {}, "a")
        assert len(inbox) == len({item["id"] for item in inbox}) == 2
        assert not re.search(r"[MW]\d", json.dumps([item["id"] for item in inbox]))
        assert inbox[0]["subject"] == {"ja": "変です", "en": "It is odd"}

    again = Stage(exercise.settings, exercise.exercise)
    await at_desk(again, "team1", script)


async def test_what_the_white_cell_says_reads_like_any_other_message(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        await VERBS["message"](engine, {"text": "急げ", "from": "副市長"}, "white")
        (item,) = desk.ask("inbox", {}, "a")
        assert item["text"] == {"ja": "急げ", "en": "急げ"}
        assert set(item) == {"id", "at", "channel", "from", "to", "subject", "text"}

    await at_desk(still, "team1", script)


async def test_a_team_never_sees_answers_attacks_or_attackers(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        said = json.dumps([desk.ask(op, {}, "a") for op in ("briefing", "inbox", "forms", "hints",
                                                             "timeline", "network")])  # fmt: skip
        for secret in ("attacker", "A01", "foothold", "/var/log/trace", "198.51.100.66"):
            assert secret not in said

    await at_desk(still, "team1", script)


async def test_a_hint_costs_once_and_shows_its_text_from_then_on(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        assert desk.ask("hints", {}, "a")[0]["text"] is None
        for _ in range(2):
            assert "/var/log/trace" in desk.ask("hint", {"hint": "H01"}, "a")["text"]["en"]
        assert "/var/log/trace" in desk.ask("hints", {}, "a")[0]["text"]["en"]

    await at_desk(still, "team1", script)
    assert len(still.of(Kind.HINT)) == 1


async def test_whoever_a_line_says_hands_in_it_is_somebody_of_its_own_team(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        for by in ("team2+mori", "team2", "", "team1+ha\u202enako+x"):
            desk.ask("submit", REPORT, by)

    await at_desk(still, "team1", script)
    names = [event.data["by"] for event in still.of(Kind.SUBMITTED)]
    assert names == ["team1+mori", "team1", "team1", "team1+hanako+x"]


async def test_the_briefing_says_who_where_and_when(stage: Make) -> None:
    exercise = stage("idle", headless=False, speed=2.0, names={"team1": "東部チーム"})

    async def script(desk: Desk, engine: Engine) -> None:
        told = desk.ask("briefing", {}, "a")
        assert told["team"] == {"id": "team1", "name": "東部チーム"}
        assert (told["exercise"], told["rate"], told["end"]) == (engine.id, 0.0, 3600)
        assert (told["profile"], told["shows_score"]) == ("training", False)
        assert set(told["recorded"]) == {"ja", "en"}
        engine.start("white")
        told = desk.ask("briefing", {}, "a")
        assert told["rate"] == 2.0
        assert 0 <= told["seconds"] < 60
        engine.pause("white")
        assert desk.ask("briefing", {}, "a")["rate"] == 0.0

    await at_desk(exercise, "team1", script)


async def test_a_watch_returns_when_there_is_news_for_this_team(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        seen = (await desk.answer("watch", {}, "a"))["seq"]
        waiting = asyncio.create_task(desk.answer("watch", {"since": seen}, "a"))
        engine.note(Kind.MESSAGE, "team2", channel="phone", to=[], subject="", text="x",
                    **{"from": "y"})  # fmt: skip
        engine.note(Kind.NOTED, "team1", text="for the white cell")
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await VERBS["message"](engine, {"text": "急げ", "teams": ["team1"]}, "white")
        later = (await asyncio.wait_for(waiting, 5))["seq"]
        assert later > seen
        # Another desk of the same team, or one after a crash, counts alike.
        engine.listeners.pop()
        again = Desk(engine, "team1", engine.labs.lab("team1"), still.events())  # type: ignore[attr-defined]
        assert (await again.answer("watch", {"since": 0}, "a"))["seq"] == later

    await at_desk(still, "team1", script)


async def test_a_watch_ends_without_news_and_says_so(
    still: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("range.exercise.desk.WATCH", 0.1)

    async def script(desk: Desk, engine: Engine) -> None:
        seen = await desk.answer("watch", {}, "a")
        assert await desk.answer("watch", {"since": seen["seq"]}, "a") == seen

    await at_desk(still, "team1", script)


async def test_a_form_that_the_clock_opens_is_news(stage: Make) -> None:
    def later(text: str) -> str:
        return text.replace("  report:\n", "  report:\n    opens: {start: true, wait: 1m}\n", 1)

    exercise = stage("idle", headless=False, speed=120.0, edit=later)

    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        assert desk.ask("forms", {}, "a") == []
        engine.listeners.clear()  # no event will wake who waits
        seen = await desk.answer("watch", {}, "a")
        await asyncio.wait_for(desk.answer("watch", {"since": seen["seq"]}, "a"), 10)
        assert [form["form"] for form in desk.ask("forms", {}, "a")] == ["report"]

    await at_desk(exercise, "team1", script)


async def test_a_team_cannot_fill_the_log_with_what_it_hands_in(
    still: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("range.exercise.desk.MOST_HANDED_IN", 3)

    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        for number in range(3):
            desk.ask("submit", {**REPORT, "key": f"k{number}"}, "a")
        with pytest.raises(Refused, match="at most 3 times"):
            desk.ask("submit", {**REPORT, "key": "k3"}, "a")
        assert desk.ask("submit", {**REPORT, "key": "k0"}, "a")["form"] == "report"

    await at_desk(still, "team1", script)
    assert len(still.of(Kind.SUBMITTED)) == 3


async def test_the_own_score_is_shown_where_the_profile_says_so(stage: Make) -> None:
    def competition(text: str) -> str:
        return text.replace("level:", "profile: competition\nlevel:", 1)

    async def shown(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        told = desk.ask("score", {}, "a")
        assert told["provisional"] is True
        assert [phase["phase"] for phase in told["phases"]] == [
            "observe",
            "orient",
            "decide",
            "act",
        ]
        assert set(told["phases"][0]) == {"phase", "points", "max"}
        assert 0 <= told["score"] <= told["max"] <= 100

    await at_desk(stage("idle", headless=False, speed=1.0, edit=competition), "team1", shown)


async def test_the_own_score_is_not_shown_in_training(still: Stage) -> None:
    async def hidden(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        with pytest.raises(Refused, match="after"):
            desk.ask("score", {}, "a")

    await at_desk(still, "team1", hidden)


async def test_over_the_socket_refusals_come_in_both_languages(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        mine, theirs = socket.socketpair()
        serving = asyncio.create_task(serve_desk(desk, mine))
        reader, writer = await asyncio.open_unix_connection(sock=theirs)
        for request in ({"id": 1, "op": "submit", "by": "x", **REPORT}, {"id": 2, "op": "score"},
                        {"id": 3, "op": "briefing"}):  # fmt: skip
            writer.write(json.dumps(request).encode() + b"\n")
        answers = [json.loads(await reader.readline()) for _ in range(3)]
        assert [answer["ok"] for answer in answers] == [False, False, True]
        assert answers[0]["error"]["ja"] == "演習はまだ始まっていません。"
        writer.close()
        await asyncio.wait_for(serving, 5)

    await at_desk(still, "team1", script)


@pytest.fixture
def form() -> Form:
    kinds = ("line", "text", "number", "time", "list")
    fields: dict[str, Any] = {kind: {"label": {"ja": kind, "en": kind}, "kind": kind,
                                     "required": False} for kind in kinds}  # fmt: skip
    choices = {"a": {"ja": "あ", "en": "A"}, "b": {"ja": "い", "en": "B"}}
    for kind in ("choice", "choices"):
        fields[kind] = {**fields["line"], "kind": kind, "choices": choices}
    return Form.model_validate({"title": {"ja": "様式", "en": "Form"}, "to": "x", "fields": fields})


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("line", "  a\x1b[0m\nb ", "a[0m b"),
        ("line", "x" * 9999, "x" * (LINE - 1) + "…"),
        ("text", "a\nb\u202e", "a\nb"),
        ("number", "1,905", 1905.0),
        ("time", "2026-04-01T09:30:00+09:00", "2026-04-01T09:30:00+09:00"),
        ("list", "one\n\ntwo", ["one", "two"]),
        ("list", ["one", "", " two "], ["one", "two"]),
        ("choice", "a", "a"),
        ("choices", ["a", "b"], ["a", "b"]),
    ],
)
def test_answers_are_cleaned_and_bounded(form: Form, field: str, value: Any, kept: Any) -> None:
    assert filled_in(form, {field: value}) == {field: kept}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("line", ["a"]),
        ("line", {"a": 1}),
        ("number", "many"),
        ("number", "nan"),
        ("number", True),
        ("time", "this morning"),
        ("list", {"a": 1}),
        ("list", ["x"] * 101),
        ("choice", "c"),
        ("choice", ["a"]),
        ("choices", "c"),
        ("other", "x"),
    ],
)
def test_what_does_not_fit_the_form_is_refused_by_its_name(
    form: Form, field: str, value: Any
) -> None:
    with pytest.raises(Refused) as caught:
        filled_in(form, {field: value})
    assert field in caught.value.text.en


def test_what_is_required_must_be_there() -> None:
    who = {"label": {"ja": "誰", "en": "Who"}}
    form = Form.model_validate(
        {"title": {"ja": "様", "en": "F"}, "to": "x", "fields": {"who": who}}
    )
    for answers in ({}, {"who": ""}, {"who": None}):
        with pytest.raises(Refused, match="who"):
            filled_in(form, answers)


async def test_the_team_sees_what_it_handed_in_last_when_and_by_whom(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        assert desk.ask("submissions", {}, "team1") == {}
        for what in ("virus", "implant"):
            answers = {"what": what, "since": "10:20"}
            desk.ask("submit", {"form": "report", "answers": answers}, "team1+sato")
        assert desk.ask("submissions", {}, "team1+mori")["report"] == {
            "at": "T+00:00", "by": "team1+sato", "answers": {"what": "implant", "since": "10:20"}
        }  # fmt: skip

    await at_desk(still, "team1", script)
