"""The line itself: whatever is sent, the talk goes on, and nothing waits for it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from range.access.gateway.desk import DeskLine
from range.exercise import lines
from range.exercise.lines import Request, serve_lines

WITHIN = 10.0  # seconds
Answer = Callable[[Request], Awaitable[dict[str, Any]]]


async def echo(request: Request) -> dict[str, Any]:
    return {"ok": True, "result": request.get("say")}


def refused(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


class Caller:
    """The other end of a line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, **request: Any) -> None:
        self.writer.write(json.dumps(request).encode() + b"\n")

    async def hear(self) -> dict[str, Any]:
        said = await asyncio.wait_for(self.reader.readline(), WITHIN)
        answer: dict[str, Any] = json.loads(said)
        return answer


@asynccontextmanager
async def line(answer: Answer) -> AsyncIterator[Caller]:
    mine, theirs = socket.socketpair()
    reader, writer = await asyncio.open_unix_connection(sock=mine, limit=lines.LIMIT)
    serving = asyncio.create_task(serve_lines(reader, writer, answer, refused))
    caller = Caller(*await asyncio.open_unix_connection(sock=theirs, limit=4 * lines.LIMIT))
    try:
        yield caller
    finally:
        caller.writer.close()
        await asyncio.wait_for(serving, WITHIN)


@pytest.mark.parametrize(
    "bad",
    [b"this is not json", b"[]", b"3", b"null", b'"text"', b"{", b"[" * 200_000, b"\xff\xfe",
     b'{"a": ' + b"9" * 5000 + b"}", b"\x00"],
)  # fmt: skip
async def test_a_line_that_is_no_request_is_answered_with_an_error_and_the_talk_goes_on(
    bad: bytes,
) -> None:
    async with line(echo) as caller:
        caller.writer.write(bad + b"\n")
        wrong = await caller.hear()
        assert (wrong["id"], wrong["ok"]) == (None, False)
        assert set(wrong["error"]) == {"ja", "en"}
        caller.send(id=1, say="still here")
        assert await caller.hear() == {"id": 1, "ok": True, "result": "still here"}


async def test_a_line_beyond_the_limit_ends_the_talk_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "LIMIT", 4096)
    async with line(echo) as caller:
        caller.send(id=1, say="x" * 20_000)
        assert "4096" in (await caller.hear())["error"]["en"]
        assert await asyncio.wait_for(caller.reader.read(), WITHIN) == b""


async def test_a_slow_answer_holds_up_no_other() -> None:
    go_on = asyncio.Event()

    async def answer(request: Request) -> dict[str, Any]:
        if request["say"] == "slow":
            await go_on.wait()
        return await echo(request)

    async with line(answer) as caller:
        caller.send(id="a", say="slow")
        for number in range(20):
            caller.send(id=number, say="quick")
        assert [(await caller.hear())["id"] for _ in range(20)] == list(range(20))
        go_on.set()
        assert (await caller.hear())["id"] == "a"


async def test_too_many_at_a_time_are_refused_and_those_under_way_are_answered() -> None:
    go_on = asyncio.Event()

    async def answer(request: Request) -> dict[str, Any]:
        await go_on.wait()
        return await echo(request)

    async with line(answer) as caller:
        for number in range(lines.AT_ONCE + 3):
            caller.send(id=number)
        busy = [await caller.hear() for _ in range(3)]
        assert [said["id"] for said in busy] == [lines.AT_ONCE + more for more in range(3)]
        assert not any(said["ok"] for said in busy)
        go_on.set()
        assert {(await caller.hear())["ok"] for _ in range(lines.AT_ONCE)} == {True}


async def test_what_was_asked_for_is_done_though_nobody_waits_for_the_answer() -> None:
    done = asyncio.Event()

    async def answer(request: Request) -> dict[str, Any]:
        await asyncio.sleep(0)
        done.set()
        return await echo(request)

    async with line(answer) as caller:
        caller.send(id=1)
    assert done.is_set()


@pytest.mark.parametrize("id_", [True, 1.5, ["x"], {"a": 1}, "x" * 201, None])
async def test_an_id_that_is_none_comes_back_as_none(id_: Any) -> None:
    async with line(echo) as caller:
        caller.send(id=id_)
        assert (await caller.hear())["id"] is None


async def test_half_a_character_does_not_end_the_talk() -> None:
    async with line(echo) as caller:
        caller.send(id=1, say="\ud800")
        assert (await caller.hear())["result"] == "?"


class Sink:
    """A writer that takes everything at once: nothing ever waits for it."""

    def write(self, data: bytes) -> None:
        """Forget it."""

    async def drain(self) -> None:
        """Have room."""

    def close(self) -> None:
        """Be closed."""

    async def wait_closed(self) -> None:
        """Be closed."""


async def test_a_flood_of_lines_leaves_others_their_turn() -> None:
    turns = 0

    async def tick() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    reader, sink = asyncio.StreamReader(), Sink()
    reader.feed_data(b"x\n" * 1000)  # all of it is there already
    reader.feed_eof()
    ticking = asyncio.create_task(tick())
    await serve_lines(reader, sink, echo, refused)  # type: ignore[arg-type]
    ticking.cancel()
    assert turns >= 1000


async def test_a_gateway_that_fell_in_the_middle_of_a_line_leaves_the_desk_open() -> None:
    """The pair outlives a gateway: who comes after it meets what it left in both directions."""
    mine, theirs = socket.socketpair()
    kept = theirs.dup()
    reader, writer = await asyncio.open_unix_connection(sock=mine, limit=lines.LIMIT)

    async def late(request: Request) -> dict[str, Any]:
        for number in range(5):  # answers to the gateway before this one are still on their way
            stale = {"id": number, "ok": True, "result": "not for you"}
            writer.write(json.dumps(stale).encode() + b"\n")
        return await echo(request)

    serving = asyncio.create_task(serve_lines(reader, writer, late, refused))
    theirs.sendall(b'{"id": 1, "op": "brie')
    theirs.close()
    writer.write(b'rest of an answer"}\n')
    desk = DeskLine()
    await desk.open(kept)
    told = await asyncio.wait_for(desk.ask("any", {"say": "for you"}, "team1"), WITHIN)
    assert told == "for you"
    assert desk._writer is not None
    desk._writer.close()
    await asyncio.wait_for(serving, WITHIN)
