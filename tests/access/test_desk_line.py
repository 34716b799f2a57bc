"""What trainees hand in and what they are told: bounded, clean, and answered by their own desk."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import threading
import time
from pathlib import Path

import paramiko
import pytest

from range.access.client import DeskRefused, NoWayIn
from range.access.gateway.desk import harmless
from range.access.gateway.words import NotUnderstood, parse, payload
from range.access.point import AccessPoint
from range.settings import settings


def test_a_form_is_handed_in_from_a_file(way):
    done = way.ssh("submit", "report", stdin='{"severity": "high", "hosts": ["pc-1"]}')
    assert done.returncode == 0
    asked = way.desk.asked[-1]
    assert (asked["op"], asked["form"], asked["by"]) == ("submit", "report", "team1+hanako")
    assert asked["answers"] == {"severity": "high", "hosts": ["pc-1"]}


def test_a_form_with_a_key_keeps_its_key(way):
    way.ssh("submit", "report", stdin='{"answers": {"severity": "high"}, "key": "k"}')
    asked = way.desk.asked[-1]
    assert (asked["answers"], asked["key"]) == ({"severity": "high"}, "k")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "x", '{"a": NaN}', '{"a": 1e999}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}",
     '{"a": "\\ud800"', "null"],
)  # fmt: skip
def test_what_is_no_answer_is_refused_before_the_desk(way, text):
    done = way.ssh("submit", "report", stdin=text)
    assert done.returncode == 1
    assert set(json.loads(done.stdout)) == {"ja", "en"}
    assert way.desk.asked == []


def test_too_much_is_refused(way):
    done = way.ssh("submit", "report", stdin='{"a": "' + "x" * 400_000 + '"}')
    assert done.returncode == 1
    assert "too large" in json.loads(done.stdout)["en"]
    assert way.desk.asked == []


def test_control_characters_reach_neither_side(way):
    way.desk.answer = lambda request: {"ok": True, "result": {"a\x1b": ["b\x9b2J\u202ec", 1, None]}}
    done = way.ssh("submit", "re\u202eport", stdin='{"a\\u001b": "x\\u0007\\u202ey"}')
    assert json.loads(done.stdout) == {"a": ["b2Jc", 1, None]}
    assert way.desk.asked[-1]["form"] == "report"
    assert way.desk.asked[-1]["answers"] == {"a": "xy"}


def test_depth_and_number_of_items_are_bounded():
    deep: object = "end"
    for _ in [None] * 50:
        deep = [deep]
    assert "end" not in json.dumps(harmless(deep))
    assert len(harmless(["x"] * 99_999)) == 2000
    assert len(harmless("x" * 99_999)) == 20_000


def test_words_that_are_no_request_say_what_would_be():
    with pytest.raises(NotUnderstood) as refused:
        parse("cat /etc/passwd")
    assert "inbox" in refused.value.text["en"]
    assert payload(parse("hint H1"), b"") == {"hint": "H1"}
    assert payload(parse("hint -"), b'{"hint": "H1", "key": "k"}') == {"hint": "H1", "key": "k"}
    assert payload(parse("inbox"), b"ignored") == {}


def test_answers_find_those_who_asked(way, client):
    gate = threading.Barrier(5, timeout=20)
    got = {}

    def ask(name):
        gate.wait()
        got[name] = client.desk("submit", {"form": name, "answers": {}})["form"]

    threads = [threading.Thread(target=ask, args=(f"form{n}",)) for n in (1, 2, 3, 4, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert got == {f"form{n}": f"form{n}" for n in (1, 2, 3, 4, 5)}


def test_a_team_without_an_exercise_is_told_so(way):
    from range.access.client import TeamClient

    other = TeamClient(way.other)  # its gateway has no desk
    try:
        with pytest.raises(DeskRefused, match="No exercise is under way"):
            other.desk("inbox")
    finally:
        other.close()


def test_an_engine_that_dies_leaves_trainees_in_their_shells(way, client):
    assert client.run("pc-1", "true").exit == 0
    kept = client._nodes["pc-1"]
    way.desk.end.shutdown(socket.SHUT_RDWR)
    with pytest.raises(DeskRefused, match="No exercise is under way"):
        _ask_until_refused(client)
    assert client.run("pc-1", "true").exit == 0
    assert client._nodes["pc-1"] is kept


def test_an_engine_that_starts_anew_finds_trainees_in_their_shells(way, client):
    assert client.run("pc-1", "true").exit == 0
    supervisor, kept = way.point._pid_file.read_text(), client._nodes["pc-1"]
    way.desk.end.shutdown(socket.SHUT_RDWR)
    with pytest.raises(DeskRefused):
        _ask_until_refused(client)
    mine, theirs = socket.socketpair()
    again = type(way.desk)(mine)
    serving = threading.Thread(target=again.serve, daemon=True)
    serving.start()
    with theirs:
        AccessPoint.start(way.lab, settings(), theirs, listen="127.0.0.1")
    try:
        _ask_until_answered(client)
        assert again.asked
        assert way.point._pid_file.read_text() == supervisor
        assert client.run("pc-1", "true").exit == 0
        assert client._nodes["pc-1"] is kept
        os.kill(_gateway(way), signal.SIGKILL)  # the one that follows has the new desk as well
        _ask_until_answered(client)
    finally:
        mine.shutdown(socket.SHUT_RDWR)
        serving.join(5)


def test_another_way_in_is_not_taken_for_the_one_that_is_open(way, client):
    supervisor = way.point._pid_file.read_text()
    mine, theirs = socket.socketpair()
    with mine, theirs:
        changed = AccessPoint.start(way.lab, settings(), theirs, listen="127.0.0.2")
    try:
        assert way.point._pid_file.read_text() != supervisor
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", way.port), 2)
    finally:
        changed.stop()


def _gateway(way):
    supervisor = int(way.point._pid_file.read_text())
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    ours = 900_000 + way.port
    return next(int(pid) for pid in children if Path(f"/proc/{pid}").stat().st_uid == ours)


def _ask_until_answered(client):
    deadline = time.monotonic() + 20
    while True:  # the gateway takes the new desk a moment later
        try:
            return client.desk("inbox")
        except (DeskRefused, NoWayIn):
            assert time.monotonic() < deadline


def _ask_until_refused(client):
    while True:  # the gateway notices a moment later
        client.desk("inbox")


def test_garbage_does_not_bring_the_gateway_down(way, client):
    dice = random.Random(2)
    before = way.point._pid_file.read_text()
    supervisor = int(before)
    children = f"/proc/{supervisor}/task/{supervisor}/children"
    with open(children) as file:  # noqa: PTH123
        child = file.read()
    starts = [
        b"",
        b"SSH-2.0-x\r\n",
        b"SSH-1.5-x\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"A" * 9000 + b"\n",
    ]
    for _ in [None] * 60:
        try:
            with socket.create_connection(("127.0.0.1", way.port), 5) as stranger:
                stranger.settimeout(0.1)
                stranger.sendall(dice.choice(starts) + os.urandom(dice.choice([10, 300, 70_000])))
                stranger.recv(1000)
        except OSError:
            continue
    assert client.run("pc-1", "true").exit == 0
    with open(children) as file:  # noqa: PTH123
        assert file.read() == child


def test_messages_that_make_no_sense_end_one_connection_only(way, client):
    assert client.run("pc-1", "true").exit == 0
    broken = paramiko.Transport(("127.0.0.1", way.port))
    try:
        broken.start_client(timeout=10)
        broken.auth_publickey("team1", client._key)
        channel = broken.open_session()
        for kind in (b"\x5e", b"\x62", b"\x50", b"\x5a"):
            nonsense = paramiko.Message()
            nonsense.add_bytes(kind + os.urandom(40))
            broken._send_user_message(nonsense)
        assert channel.status_event.wait(10) or not broken.is_active()
    finally:
        broken.close()
    assert client.run("pc-1", "true").exit == 0
