"""The white cell's verbs, over the real socket, on a running clock."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from stage import Stage

from range.cli.ctl import command as ctl
from range.errors import CyderError
from range.events.event import Kind
from range.exercise.control import control, serve_control, socket_path
from range.exercise.engine import Engine
from range.exercise.verbs import VERBS
from range.settings import Settings

Make = Callable[..., Stage]
Ask = Callable[..., Awaitable[Any]]
FAST = 120.0  # an exercise minute in half a second


async def steer(exercise: Stage, script: Callable[[Ask, Engine], Awaitable[None]]) -> None:
    """Run an exercise with a live control socket and end it when `script` is through."""

    def acting(engine: Engine) -> asyncio.Task[None]:
        async def act() -> None:
            server = await serve_control(
                engine, socket_path(exercise.settings, exercise.exercise.id)
            )

            async def ask(verb: str, **args: Any) -> Any:
                return await asyncio.to_thread(
                    control, exercise.settings, exercise.exercise.id, verb, args, actor="tanaka"
                )

            try:
                await script(ask, engine)
            finally:
                server.close()
                if not engine.state.over:
                    engine.stop()

        return asyncio.create_task(act())

    await exercise.run(script=acting)


async def reaches(engine: Engine, when: Callable[[], bool]) -> None:
    """Wait for something to be written into the log, ten seconds at most."""
    happened = asyncio.Event()
    engine.listeners.append(lambda _: happened.set() if when() else None)
    if not when():
        await asyncio.wait_for(happened.wait(), 10)


@pytest.fixture
def live(stage: Make) -> Callable[..., Stage]:
    def make(**chosen: Any) -> Stage:
        return stage("idle", **{"headless": False, "speed": FAST, **chosen})

    return make


async def test_an_exercise_waits_for_its_start_and_says_who_gave_it(live: Make) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        assert (await ask("status"))["state"] == "ready"
        with pytest.raises(CyderError, match="has not started"):
            await ask("pause")
        await ask("start")
        assert (await ask("status"))["state"] == "running"
        with pytest.raises(CyderError, match="already"):
            await ask("start")

    await steer(exercise, script)
    assert [event.actor for event in exercise.of(Kind.STARTED)] == ["tanaka"]


async def test_a_pause_holds_the_clock_and_shifts_nothing(live: Make) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        await ask("start")
        await reaches(engine, lambda: "A01" in engine.state.teams["team1"].ended)
        await ask("pause")
        frozen = engine.clock.now()
        await asyncio.sleep(0.6)  # M01 would be due by now
        assert engine.clock.now() == frozen
        assert "M01" not in engine.state.teams["team1"].ended
        await ask("resume")
        await reaches(engine, lambda: "M01" in engine.state.teams["team1"].ended)

    await steer(exercise, script)
    at = exercise.outcomes("team1")["M01"][1]
    assert at is not None
    assert 360 <= at < 400


async def test_nothing_is_fired_twice_unless_forced(live: Make) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        team = engine.state.teams["team1"]
        await ask("start")
        await ask("fire", inject="X01")
        await reaches(engine, lambda: "X01" in team.ended)
        with pytest.raises(CyderError, match="already"):
            await ask("fire", inject="X01")
        await ask("fire", inject="X01", force=True)
        await reaches(engine, lambda: team.rounds.get("X01") == 2)

    await steer(exercise, script)
    assert len(exercise.of(Kind.INJECTED, inject="X01")) == 2


async def test_a_procedure_fired_again_runs_again(live: Make) -> None:
    exercise = live(keep=True)

    async def script(ask: Ask, engine: Engine) -> None:
        team = engine.state.teams["team1"]
        await ask("start")
        await reaches(engine, lambda: "A02" in team.ended)
        await ask("fire", inject="A02", force=True)
        await reaches(engine, lambda: team.rounds.get("A02") == 2)

    await steer(exercise, script)
    beacons = [exercise.receipt("team1", "A02", 1, round_) for round_ in (0, 1)]
    assert [exercise.receipts().count(receipt) for receipt in beacons] == [1, 1]


async def test_skip_hold_and_retime(live: Make) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        team = engine.state.teams["team1"]
        await ask("start")
        await ask("skip", inject="M01", reason="not today")
        await ask("hold", inject="A02")
        await ask("retime", inject="M02", at="T+00:12")
        with pytest.raises(CyderError, match="no inject"):
            await ask("skip", inject="M99")
        await reaches(engine, lambda: "M02" in team.ended)
        assert "A02" not in team.ended
        await ask("release", inject="A02")
        await reaches(engine, lambda: "A02" in team.ended)

    await steer(exercise, script)
    outcomes = exercise.outcomes("team1")
    assert outcomes["M01"][0] == "skipped"
    assert 720 <= (outcomes["M02"][1] or 0) < 780


async def test_marks_notes_and_messages_are_facts_with_their_actor(live: Make) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        await ask("start")
        await ask("mark", team="team1", check="judged", credit=0.5, reason="half of it")
        await ask("note", text="they asked\x1b[31m the vendor")
        await ask("message", text="Hurry up.", teams=["team1"], channel="phone")
        for args in ({"credit": 2}, {"credit": 1, "reason": ""}, {"check": "nope"}):
            with pytest.raises(CyderError):
                await ask("mark", **{"team": "team1", "check": "judged", "reason": "x", **args})

    await steer(exercise, script)
    assert exercise.of(Kind.MARKED)[0].actor == "tanaka"
    assert exercise.of(Kind.NOTED)[0].data["text"] == "they asked[31m the vendor"
    assert exercise.of(Kind.MESSAGE, "team1")[0].data["text"] == "Hurry up."


async def test_the_end_moves_or_comes_at_once(live: Make) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        await ask("start")
        assert (await ask("extend", by="15m"))["end"] == "T+01:15"
        await ask("end", reason="enough")
        await reaches(engine, lambda: engine.state.over)
        with pytest.raises(CyderError, match="over"):
            await ask("fire", inject="X01")

    await steer(exercise, script)
    last = [event.data["check"] for event in exercise.of(Kind.OBSERVED)]
    assert exercise.of(Kind.ENDED)
    assert "clean" not in last  # it never began to be looked at


async def test_an_inject_that_nobody_can_know_about_is_put_to_the_instructor(
    live: Make,
) -> None:
    exercise = live(keep=True)
    folder = exercise.settings.labs / exercise.exercise.id / "memory/team1/pc"
    receipt = exercise.receipt("team1", "A01", 1)
    (folder / "var/lib/cyder/receipts" / receipt).mkdir(parents=True)  # begun, never ended

    async def script(ask: Ask, engine: Engine) -> None:
        team = engine.state.teams["team1"]
        await ask("start")
        await reaches(engine, lambda: bool(team.unknown))
        assert (await ask("status"))["teams"]["team1"]["unknown"] == ["A01"]
        with pytest.raises(CyderError, match="not unknown"):
            await ask("decide", inject="M01", how="retry")
        with pytest.raises(CyderError, match="retry or skip"):
            await ask("decide", inject="A01", how="forget")
        await ask("decide", inject="A01", how="retry")
        await reaches(engine, lambda: "A01" in team.ended)

    await steer(exercise, script)
    assert exercise.outcomes("team1")["A01"][0] == "succeeded"


async def test_what_is_unknown_may_be_passed_over_with_the_reason(live: Make) -> None:
    exercise = live(keep=True)
    folder = exercise.settings.labs / exercise.exercise.id / "memory/team1/pc"
    (folder / "var/lib/cyder/receipts" / exercise.receipt("team1", "A01", 1)).mkdir(parents=True)

    async def script(ask: Ask, engine: Engine) -> None:
        await ask("start")
        await reaches(engine, lambda: bool(engine.state.teams["team1"].unknown))
        await ask("decide", inject="A01", how="skip", reason="they saw it")
        assert (await ask("status"))["teams"]["team1"]["unknown"] == []

    await steer(exercise, script)
    (ended,) = exercise.of(Kind.INJECTED, inject="A01")
    assert (ended.data["outcome"], ended.data["detail"]) == ("skipped", "they saw it")


async def test_the_answer_to_a_call_is_noted_with_the_message_that_was_read_out(
    live: Make,
) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        await ask("start")
        await ask("call", team="team1", inject="M01", answer="折り返します\x1b[0m")
        for args in ({"inject": "A01"}, {"inject": "M99"}, {"team": "team9"}, {"answer": " "}):
            with pytest.raises(CyderError):
                await ask("call", **{"team": "team1", "inject": "M01", "answer": "x", **args})

    await steer(exercise, script)
    (noted,) = exercise.of(Kind.NOTED, "team1")
    assert (noted.data["inject"], noted.data["text"]) == ("M01", "折り返します[0m")
    assert noted.actor == "tanaka"


async def test_a_request_with_the_same_key_is_done_once_and_answered_alike(live: Make) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        await ask("start")

        async def extend(key: str) -> Any:
            return await asyncio.to_thread(
                control, exercise.settings, engine.id, "extend", {"by": "10m"}, key=key
            )

        first, again = await asyncio.gather(extend("k1"), extend("k1"))
        assert first == again == {"end": "T+01:10"}
        assert await extend("k2") == {"end": "T+01:20"}
        assert await extend("") != await extend("")

    await steer(exercise, script)
    assert len(exercise.of(Kind.VERB, verb="extend")) == 4


async def test_the_status_says_how_fast_the_clock_runs_and_what_teams_are_called(
    stage: Make,
) -> None:
    exercise = stage("idle", headless=False, speed=FAST, names={"team1": "東部チーム"})

    async def script(ask: Ask, engine: Engine) -> None:
        assert (await ask("status"))["rate"] == 0
        await ask("start")
        told = await ask("status")
        assert (told["rate"], told["end_seconds"]) == (FAST, 3600)
        team = told["teams"]["team1"]
        assert team["name"] == "東部チーム"
        assert all(due["seconds"] > 0 for due in team["next"])

    await steer(exercise, script)


def test_every_verb_of_the_socket_has_its_twin_on_the_command_line() -> None:
    assert set(VERBS) == set(ctl.commands)


async def test_the_socket_is_its_owners_only(live: Make, settings: Settings) -> None:
    exercise = live()

    async def script(ask: Ask, engine: Engine) -> None:
        path = socket_path(settings, exercise.exercise.id)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"this is not json\n")
        assert set(json.loads(await reader.readline())["error"]) == {"message", "hint"}
        writer.close()
        assert (await ask("status"))["exercise"] == exercise.exercise.id
        with pytest.raises(CyderError, match="verbs are"):
            await ask("explode")

    await steer(exercise, script)


def test_an_engine_that_is_gone_is_told_with_what_to_do(settings: Settings) -> None:
    with pytest.raises(CyderError, match="does not answer") as caught:
        control(settings, "e1", "status", {})
    assert "cyder resume e1" in caught.value.hint
