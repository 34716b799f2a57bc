"""The desk: what a team sees and hands in, and nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from stage import Stage

from range.events.event import Kind
from range.exercise.desk import Desk
from range.exercise.desk_server import serve_desk
from range.exercise.engine import Engine
from range.exercise.forms import LINE, Refused, filled_in
from range.exercise.verbs import VERBS
from range.scenario.check import Form

Make = Callable[..., Stage]


async def at(exercise: Stage, team: str, script: Callable[[Desk, Engine], Awaitable[None]]) -> None:
    """Run an exercise up to its start, and let `script` use a team's desk."""

    def acting(engine: Engine) -> asyncio.Task[None]:
        async def act() -> None:
            desk = Desk(engine, team, engine.labs.lab(team), exercise.events())  # type: ignore[attr-defined]
            try:
                await script(desk, engine)
            finally:
                engine.stop()

        return asyncio.create_task(act())

    await exercise.run(script=acting)


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

    await at(still, "team1", script)
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

    await at(still, "team1", script)
    assert not still.of(Kind.SUBMITTED)


async def test_the_inbox_has_what_concerns_the_team_and_no_others(stage: Make) -> None:
    exercise = stage("idle")
    await exercise.run()

    async def script(desk: Desk, engine: Engine) -> None:
        inbox = desk.ask("inbox", {}, "a")
        assert [item["id"] for item in inbox] == ["M01", "M02"]
        assert inbox[0]["subject"] == {"ja": "変です", "en": "It is odd"}

    again = Stage(exercise.settings, exercise.exercise)
    await at(again, "team1", script)


async def test_what_the_white_cell_says_reads_like_any_other_message(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        await VERBS["message"](engine, {"text": "急げ", "from": "副市長"}, "white")
        (item,) = desk.ask("inbox", {}, "a")
        assert item["text"] == {"ja": "急げ", "en": "急げ"}
        assert set(item) == {"id", "at", "channel", "from", "to", "subject", "text"}

    await at(still, "team1", script)


async def test_a_team_never_sees_answers_attacks_or_attackers(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        said = json.dumps([desk.ask(op, {}, "a") for op in ("briefing", "inbox", "forms", "hints",
                                                             "timeline", "network")])  # fmt: skip
        for secret in ("attacker", "A01", "foothold", "/var/log/trace", "198.51.100.66"):
            assert secret not in said

    await at(still, "team1", script)


async def test_a_hint_costs_once_and_shows_its_text_from_then_on(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        engine.start("white")
        assert desk.ask("hints", {}, "a")[0]["text"] is None
        for _ in range(2):
            assert "/var/log/trace" in desk.ask("hint", {"hint": "H01"}, "a")["text"]["en"]
        assert "/var/log/trace" in desk.ask("hints", {}, "a")[0]["text"]["en"]

    await at(still, "team1", script)
    assert len(still.of(Kind.HINT)) == 1


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

    await at(still, "team1", script)


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
