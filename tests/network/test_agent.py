"""Agents look at servers that may be anything: absent, slow, lying, endless."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import threading
import time
from contextlib import contextmanager
from ipaddress import IPv4Address

import pytest

from range.network.agent.agent import AgentFailed, AgentLate, Agents

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="agents need root to give up rights")


@pytest.fixture(scope="module")
def agents():
    with Agents() as made:
        yield made


@pytest.fixture
def agent(agents):
    return agents.at("")


@contextmanager
def server(talk):
    """Serve each connection by `talk(connection)` in a thread; yields the port."""
    ear = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = ear.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    def one(connection):
        with connection, contextlib.suppress(OSError):  # the agent hung up
            talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield ear.getsockname()[1]
    ear.shutdown(socket.SHUT_RDWR)
    ear.close()
    thread.join(5)


def http(*requests, **more):
    return {"requests": [{"method": "GET", "headers": {}, "form": None, **r} for r in requests],
            **more}  # fmt: skip


def answering(*answers):
    """Answer request after request."""
    left = list(answers)
    got = []

    def talk(connection):
        got.append(_request(connection))
        connection.sendall(left.pop(0))

    return talk, got


def _request(connection):
    said = b""
    while b"\r\n\r\n" not in said:
        said += connection.recv(65_536)
    length = re.search(rb"Content-Length: (\d+)", said)
    while length and len(said.partition(b"\r\n\r\n")[2]) < int(length[1]):
        said += connection.recv(65_536)
    return said.decode()


def test_a_page_is_seen_with_status_headers_and_body(agent):
    talk, got = answering(
        b"HTTP/1.1 418 Tea\r\nX-Odd: a\x1b[2Jb\r\nContent-Length: 6\r\n\r\n\xe8\x8c\xb6!\x1b\n"
    )
    with server(talk) as port:
        seen = agent.ask("http", http({"url": f"http://127.0.0.1:{port}/a?b=1"}))
    assert (seen["status"], seen["body"], seen["headers"]["x-odd"]) == (418, "茶!\n", "a[2Jb")
    assert got[0].startswith("GET /a?b=1 HTTP/1.1\r\n")
    assert "error" not in seen


def test_a_session_keeps_its_cookies_and_fills_in_forms(agent):
    talk, got = answering(
        b"HTTP/1.1 302 Found\r\nSet-Cookie: sid=42; Path=/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    )
    with server(talk) as port:
        base = f"http://127.0.0.1:{port}"
        login = {"url": f"{base}/login", "method": "POST", "form": {"user": "a b", "pass": "&="}}
        seen = agent.ask("http", http(login, {"url": f"{base}/x"}))
    assert seen["body"] == "ok"
    assert got[0].endswith("user=a+b&pass=%26%3D")
    assert "Cookie: sid=42" in got[1]


def test_a_page_without_end_is_cut(agent):
    def talk(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with server(talk) as port:
        seen = agent.ask("http", http({"url": f"http://127.0.0.1:{port}/"}))
    assert seen["status"] == 200
    assert len(seen["body"]) <= 65_536


def test_headers_without_end_are_an_error_of_the_server(agent):
    def talk(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\n")
        while True:
            connection.sendall(b"A: b\r\n" * 1000)

    with server(talk) as port:
        assert agent.ask("http", http({"url": f"http://127.0.0.1:{port}/"}))["error"] == "protocol"


def test_a_server_that_drips_does_not_hold_an_agent(agent):
    def talk(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.1)

    with server(talk) as port:
        began = time.monotonic()
        with pytest.raises(AgentLate):
            agent.ask("http", http({"url": f"http://127.0.0.1:{port}/"}), timeout=1)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    ("answer", "error"), [(b"", "reset"), (b"SSH-2.0-x\r\n", "protocol"), (b"\0" * 99, "protocol")]
)
def test_what_is_no_web_server_is_told_in_a_word(agent, answer, error):
    talk, _ = answering(answer)
    with server(talk) as port:
        assert agent.ask("http", http({"url": f"http://127.0.0.1:{port}/"}))["error"] == error


def test_nobody_there_is_refused(agent):
    assert agent.ask("tcp", {"host": "127.0.0.1", "port": 1})["error"] == "refused"
    assert agent.ask("http", http({"url": "http://127.0.0.1:1/"}))["error"] == "refused"
    seen = agent.ask("smb", {"host": "127.0.0.1", "share": "s", "user": "u", "password": "p",
                             "nonce": "n"})  # fmt: skip
    assert seen["error"] == "refused"


def test_a_name_without_a_resolver_is_unresolved_and_never_asked_of_the_host(agent):
    assert agent.ask("tcp", {"host": "localhost", "port": 1})["error"] == "unresolved"


def test_a_banner_is_cleaned(agent):
    with server(lambda connection: connection.sendall(b"220 hi\x1b]0;x\x07\xff\r\n")) as port:
        seen = agent.ask("tcp", {"host": "127.0.0.1", "port": port})
    assert seen["connected"] is True
    assert seen["banner"] == "220 hi]0;x\ufffd\n"


@contextmanager
def nameserver(reply):
    """A DNS server on 127.0.0.53: answers each query with `reply(query)`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.53", 53))

        def serve():
            while (heard := ear.recvfrom(4096))[0]:
                query, sender = heard
                for answer in reply(query):
                    ear.sendto(answer, sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield "127.0.0.53"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"", ("127.0.0.53", 53))
        thread.join(5)


def dns_answer(query, *records, rcode=0):
    return (
        query[:2]
        + struct.pack("!5H", 0x8180 | rcode, 1, len(records), 0, 0)
        + query[12:]
        + b"".join(
            b"\xc0\x0c" + struct.pack("!2HIH", type_, 1, 60, len(data)) + data
            for type_, data in records
        )
    )


def test_dns_answers_are_read(agent):
    with nameserver(lambda q: [dns_answer(q, (1, b"\x0a\0\0\x07"), (1, b"\x0a\0\0\x08"))]) as at:
        seen = agent.ask("dns", {"server": at, "name": "www.city.example", "type": "A"})
    assert (seen["rcode"], seen["answers"]) == ("NOERROR", ["10.0.0.7", "10.0.0.8"])


def test_a_name_that_does_not_exist_is_an_answer(agent):
    with nameserver(lambda q: [dns_answer(q, rcode=3)]) as at:
        seen = agent.ask("dns", {"server": at, "name": "no.example", "type": "A"})
    assert (seen["rcode"], seen["answers"]) == ("NXDOMAIN", [])
    assert "error" not in seen


@pytest.mark.parametrize(
    "reply",
    [
        lambda q: [b"", q[:2], b"\xff" * 40],  # nothing of it is the answer
        lambda q: [dns_answer(b"\0\0" + q[2:] if q[:2] != b"\0\0" else b"\1\1" + q[2:])],
    ],
)
def test_replies_to_something_else_are_not_taken(agent, reply):
    with nameserver(reply) as at:
        seen = agent.ask("dns", {"server": at, "name": "a.example", "type": "A"}, timeout=1)
    assert seen["error"] == "timeout"


@pytest.mark.parametrize(
    "data",
    [
        (5, b"\xc0\x0c\xc0"),  # cut short
        (12, b"\xc0\xff"),  # leads out of the packet
        (16, b"\xff"),  # says more than it has: fine, the text is what there is
        (1, b"\x0a\0"),  # no address
    ],
)
def test_crooked_replies_do_not_hurt(agent, data):
    with nameserver(lambda q: [dns_answer(q, data)]) as at:
        seen = agent.ask("dns", {"server": at, "name": "a.example", "type": "A"}, timeout=2)
        seen_ptr = agent.ask("dns", {"server": at, "name": "a.example", "type": "PTR"}, timeout=2)
    assert {"rcode", "error"} & seen.keys()
    assert {"rcode", "error"} & seen_ptr.keys()


def test_pointers_that_turn_in_circles_end(agent):
    loop = struct.pack("!H", 0xC000 | (12 + 17 + 10))
    with nameserver(lambda q: [dns_answer(q, (5, loop))]) as at:
        seen = agent.ask("dns", {"server": at, "name": "aaaaaaa.example", "type": "CNAME"}, 2)
    assert {"rcode", "error"} & seen.keys()


def test_each_look_may_start_at_another_address(agents):
    addresses = [IPv4Address(f"127.9.9.{last}") for last in (1, 2, 3)]
    agent = agents.at("", addresses)
    seen = set()

    def talk(connection):
        seen.add(connection.getpeername()[0])

    with server(talk) as port:
        for _ in [None] * 30:
            agent.ask("tcp", {"host": "127.0.0.1", "port": port})
    assert seen == {str(address) for address in addresses}


def letter(port, content):
    return {"server": "127.0.0.1", "port": port, "sender": "a@b.example",
            "recipients": ["c@d.example"], "content": content}  # fmt: skip


def test_mail_that_is_refused_is_told_with_the_server_s_words(agent):
    def talk(connection):
        connection.sendall(b"220 mx ESMTP\r\n")
        for line in connection.makefile("rb"):
            if line.upper().startswith(b"RCPT"):
                connection.sendall(b"550 5.1.1 no such user\x1b[m\r\n")
            elif line.upper().startswith(b"QUIT"):
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 ok\r\n")

    with server(talk) as port:
        seen = agent.ask("send", letter(port, "x: y\n\nz"))
    assert seen["taken"] is False
    assert "no such user" in seen["error"]
    assert "\x1b" not in seen["error"]


def test_mail_arrives_whole_in_lines_as_smtp_has_them(agent):
    got = []

    def talk(connection):
        connection.sendall(b"220 mx\r\n")
        lines = connection.makefile("rb")
        for line in lines:
            if line.upper().startswith(b"DATA"):
                connection.sendall(b"354 go\r\n")
                for part in lines:
                    if part == b".\r\n":
                        break
                    got.append(part)
            connection.sendall(b"250 ok\r\n")

    content = "Subject: =?utf-8?b?44GC?=\n\nあいう\n.dot\n"
    with server(talk) as port:
        seen = agent.ask("send", letter(port, content))
    assert seen == {"taken": True}
    assert b"".join(got).decode() == content.replace("\n", "\r\n").replace(".dot", "..dot")


def test_an_operation_that_fails_is_an_error_of_the_agent_not_of_the_service(agent):
    with pytest.raises(AgentFailed, match="KeyError"):
        agent.ask("tcp", {"host": "127.0.0.1"})
    with pytest.raises(AgentFailed):
        agent.agents.at("/proc/1/no-such-namespace").ask("tcp", {"host": "127.0.0.1", "port": 1})


def test_many_looks_at_once_do_not_wait_for_one_another(agent):
    def talk(connection):
        while connection.recv(1):  # says nothing
            pass

    with server(talk) as port:
        began = time.monotonic()
        futures = [
            agent.begin("http", http({"url": f"http://127.0.0.1:{port}/"}), 1) for _ in [None] * 20
        ]
        for future in futures:
            assert future.result(20)["error"] == "timeout"
    assert time.monotonic() - began < 10


def test_a_mother_that_is_killed_fails_what_was_asked_and_is_replaced():
    with Agents() as agents:
        agent = agents.at("")
        asked = agent.begin("answer", {"nonce": "x", "port": 0}, 30)
        agents._process.kill()
        with pytest.raises(AgentFailed):
            asked.result(10)
        assert agent.ask("tcp", {"host": "127.0.0.1", "port": 1})["error"] == "refused"


def test_children_have_no_rights_and_end_with_their_mother():
    from pathlib import Path

    with Agents() as agents, server(lambda connection: connection.recv(1)) as port:
        agents.at("").begin("http", http({"url": f"http://127.0.0.1:{port}/"}), 20)
        mother = agents._process.pid
        children = Path(f"/proc/{mother}/task/{mother}/children")
        deadline = time.monotonic() + 5
        while not (pids := children.read_text().split()) or "899999" not in _status(pids[0]):
            assert time.monotonic() < deadline
        status = _status(pids[0])
        assert "NoNewPrivs:\t1" in status
        assert "CapEff:\t0000000000000000" in status
        agents.close()
        assert not Path(f"/proc/{pids[0]}").exists() or "State:\tZ" in _status(pids[0])


def _status(pid):
    from pathlib import Path

    try:
        return Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "State:\tZ"
