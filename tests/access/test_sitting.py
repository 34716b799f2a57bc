"""What the gateway makes of a desk that is not as it should be: a desk is an untrusted process."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from contextlib import suppress
from types import SimpleNamespace

import pytest

from range.access.gateway import sitting
from range.access.gateway.budget import DESKS, Budget
from range.access.gateway.desk import BUSY, CLOSED, Refusal
from range.access.gateway.desks import NoDesk, OpenDesk
from range.access.gateway.sitting import Sitter, Sittings
from range.access.gateway.terminal import Terminal
from range.access.gateway.visit import NoShell
from range.access.gateway.wire import DeskWire


class Glass(Terminal):
    """A terminal whose screen is a string."""

    def __init__(self):
        super().__init__("xterm", (80, 24))
        self.seen = b""

    async def show(self, data):
        self.seen += data

    def hold(self, held):
        self.held = held


class Engine:
    """See DeskLine: answers with what it was asked, `slow` only when it is let."""

    def __init__(self):
        self.asked = []
        self.let = asyncio.Event()

    async def ask(self, op, payload, by):
        self.asked.append((op, payload, by))
        if op == "slow":
            await self.let.wait()
        if op == "none":
            raise Refusal(CLOSED)
        return {"op": op, **payload}


class Mother:
    """See Desks: `play(line)` is the desk; its terminal ends with it."""

    def __init__(self, play):
        self._play = play
        self.opened = 0
        self.closed = []
        self._playing = set()

    async def open(self, size):
        if self._play is None:
            raise NoDesk("none")
        self.opened += 1
        master, terminal = os.openpty()
        ours, theirs = socket.socketpair()
        playing = asyncio.create_task(self._run(theirs, terminal))
        self._playing.add(playing)
        return OpenDesk(str(self.opened), master, ours)

    async def _run(self, line, terminal):
        reader, writer = await asyncio.open_unix_connection(sock=line, limit=1 << 24)
        try:
            start = json.loads(await reader.readline())
            await self._play(self, start, reader, writer)
        finally:
            writer.close()
            os.close(terminal)

    def ended(self, id_):
        self.closed.append(id_)

    async def end(self):
        for playing in self._playing:
            playing.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)


class Nodes:
    """See Visits: every node but one can be entered."""

    def __init__(self):
        self.visited = []

    async def shell(self, node, terminal):
        self.visited.append(node)
        if node == "broken":
            raise NoShell("\x1b[31mConnection refused")


async def _sit(play, sitter=None, engine=None, budget=None):
    mother, nodes, glass = Mother(play), Nodes(), Glass()
    config = SimpleNamespace(team="team1", nodes={"web": "key"})
    sittings = Sittings(config, engine or Engine(), mother, nodes, budget or Budget())
    try:
        async with asyncio.timeout(20):
            code = await sittings.sit(glass, sitter or Sitter())
    finally:
        await mother.end()
    return SimpleNamespace(code=code, mother=mother, nodes=nodes, seen=glass.seen.decode())


def _say(writer, message):
    writer.write(message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n")


async def _leave(mother, start, reader, writer):
    _say(writer, {"end": {"left": True}})


async def test_who_leaves_has_left():
    done = await _sit(_leave)
    assert (done.code, done.seen, done.mother.closed) == (0, "", ["1"])


@pytest.mark.parametrize(
    "last",
    [b"", b"garbage\n", b"[]\n", b'{"end": 7}\n', b"[" * 100_000 + b"\n", b"x" * 2_000_000,
     b'{"end": {"crashed": "Traceback: the secret"}}\n', b'{"op": {}, "id": []}\n'],
    ids=lambda last: repr(last[:20]),
)  # fmt: skip
async def test_a_desk_that_ends_in_any_other_way_ends_in_one_sentence(last):
    async def play(mother, start, reader, writer):
        _say(writer, last)
        with suppress(ConnectionError):
            await writer.drain()

    done = await _sit(play)
    assert done.code == 1
    assert "もう一度接続してください" in done.seen
    assert "secret" not in done.seen
    assert done.mother.closed == ["1"]


async def test_without_a_mother_there_is_the_same_sentence():
    done = await _sit(None)
    assert done.code == 1
    assert "もう一度接続してください" in done.seen


async def test_a_visit_is_followed_by_a_desk_that_knows_what_the_last_one_kept():
    starts = []

    async def play(mother, start, reader, writer):
        starts.append(start)
        if mother.opened == 1:
            kept = {"member": "花子", "page": "nodes", "read": ["x" * 50] * 5000}
            _say(writer, {"end": {"visit": "web", "kept": kept}})
        else:
            _say(writer, {"end": {"left": True}})

    done = await _sit(play)
    assert done.nodes.visited == ["web"]
    assert starts[1]["kept"]["member"] == "花子"
    assert len(starts[1]["kept"]["read"]) <= 2000
    assert done.code == 0


async def test_why_a_node_cannot_be_entered_is_told_without_control_characters():
    pressed = asyncio.Event()

    async def play(mother, start, reader, writer):
        if mother.opened == 1:
            _say(writer, {"end": {"visit": "broken\x1b[2J"}})
        else:
            pressed.set()
            _say(writer, {"end": {"left": True}})

    mother, nodes, glass = Mother(play), Nodes(), Glass()

    async def shell(node, terminal):
        raise NoShell("\x1b[31mConnection refused")

    nodes.shell = shell
    config = SimpleNamespace(team="team1", nodes={})
    going = asyncio.create_task(
        Sittings(config, Engine(), mother, nodes, Budget()).sit(glass, Sitter())
    )
    async with asyncio.timeout(20):
        while "何かキーを" not in glass.seen.decode():
            await asyncio.sleep(0.01)
        assert not pressed.is_set()
        while not going.done():
            glass.typed(b" ")
            await asyncio.sleep(0.01)
    await mother.end()
    said = glass.seen.decode()
    assert "Connection refused" in said
    assert "\x1b[31m" not in said
    assert "\x1b[2J" not in said


async def test_the_team_is_the_gateway_s_and_a_name_from_the_log_in_stays():
    engine = Engine()

    async def play(mother, start, reader, writer):
        for number, by in enumerate(["team2", "team2+x", "team1+次郎", 7, None, "root"]):
            _say(writer, {"id": number, "op": "inbox", "by": by})
        for _ in range(6):
            await reader.readline()
        _say(writer, {"end": {"left": True}})

    await _sit(play, engine=engine)
    assert {by for _, _, by in engine.asked} == {"team1", "team1+x", "team1+次郎"}
    engine.asked.clear()
    await _sit(play, Sitter(member="hanako"), engine=engine)
    assert {by for _, _, by in engine.asked} == {"team1+hanako"}


async def test_a_slow_answer_holds_up_no_other_and_too_many_requests_are_refused():
    engine, answers = Engine(), []

    async def play(mother, start, reader, writer):
        for number in range(100):
            _say(writer, {"id": number, "op": "slow"})
        refused = [json.loads(await reader.readline()) for _ in range(76)]
        answers.extend(refused)
        engine.let.set()
        answers.extend([json.loads(await reader.readline()) for _ in range(24)])
        _say(writer, {"id": "q", "op": "inbox", "\x1bk": "a\u202eb"})
        answers.append(json.loads(await reader.readline()))
        _say(writer, {"id": "n", "op": "none"})
        answers.append(json.loads(await reader.readline()))
        _say(writer, {"end": {"left": True}})

    await _sit(play, engine=engine)
    assert all(answer["error"] == BUSY for answer in answers[:76])
    assert all(answer["ok"] for answer in answers[76:101])
    assert answers[100] == {"id": "q", "ok": True, "result": {"op": "inbox", "k": "ab"}}
    assert answers[101]["closed"] is True


async def test_a_desk_that_nobody_uses_is_closed(monkeypatch):
    async def play(mother, start, reader, writer):
        await asyncio.Event().wait()

    monkeypatch.setattr(sitting, "IDLE", 0.2)
    done = await _sit(play)
    assert done.code == 0
    assert "長く使われていない" in done.seen
    assert done.mother.closed == ["1"]


async def test_when_all_desks_are_taken_it_says_so_and_gives_back_only_its_own():
    budget = Budget()
    taken = [budget.take_desk() for _ in range(DESKS)]
    assert all(taken)
    done = await _sit(_leave, budget=budget)
    assert done.code == 1
    assert "すべて使われています" in done.seen
    budget.give_desk()
    assert (await _sit(_leave, budget=budget)).code == 0
    assert budget.desks == DESKS - 1


async def test_who_goes_while_a_desk_is_being_opened_leaves_none_behind():
    mother = Mother(_leave)
    let = asyncio.Event()
    open_ = mother.open

    async def later(size):
        await let.wait()
        return await open_(size)

    mother.open = later
    config = SimpleNamespace(team="team1", nodes={})
    sittings = Sittings(config, Engine(), mother, Nodes(), Budget())
    going = asyncio.create_task(sittings.sit(Glass(), Sitter()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    let.set()
    async with asyncio.timeout(5):
        while mother.closed != ["1"]:
            await asyncio.sleep(0.01)
    await mother.end()


async def test_a_name_is_told_when_it_is_known():
    names = []
    ours, theirs = socket.socketpair()
    wire = DeskWire(Engine(), "team1", "", names.append)
    serving = asyncio.create_task(wire.serve(ours, {}))
    reader, writer = await asyncio.open_unix_connection(sock=theirs)
    for by in ("team1", "team1+花子", "team1+花子"):
        _say(writer, {"id": 1, "op": "inbox", "by": by})
    async with asyncio.timeout(5):
        for _ in range(4):
            await reader.readline()
    _say(writer, {"end": None})
    await serving
    writer.close()
    assert names == ["花子"]
