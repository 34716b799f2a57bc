"""No trainee leaves the lab by the access point, whatever is asked of it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import paramiko
import pytest

from range.access.client import TeamClient
from range.access.gateway.budget import FORWARDS_EACH
from range.access.point import AccessPoint
from range.checks.canaries import host_addresses
from range.settings import settings

PLACES = [
    "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "192.0.2.1", "[2001:db8::1]", "100.64.0.1",
    "attacker", "203.0.113.66", "team2", "pc-9", "169.254.169.254", "2130706433",
    "0x7f000001", "127.1", "pc-1\u0000.example", "pc-1 x", "..", "a" * 300,
    "/run/libvirt/libvirt-sock",
]  # fmt: skip


@pytest.mark.parametrize("host", PLACES)
def test_forwards_lead_to_nodes_and_nowhere_else(client, way, host):
    gateway = client._to_gateway()
    for port in (22, 80, way.other.access.port):
        with pytest.raises(paramiko.ChannelException) as refused:
            gateway.open_channel("direct-tcpip", (host.strip("[]"), port), ("127.0.0.1", 1))
        assert refused.value.code == paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


def test_forwards_do_not_lead_to_the_host_by_any_of_its_addresses(client):
    for address in [*host_addresses(), socket.gethostname()]:
        with pytest.raises(paramiko.ChannelException) as refused:
            client._to_gateway().open_channel("direct-tcpip", (address, 22), ("127.0.0.1", 1))
        assert refused.value.code == paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


@pytest.mark.parametrize("port", [0, 65_536, 4_294_967_295])
def test_ports_that_are_none_are_refused(client, port):
    with pytest.raises(paramiko.ChannelException):
        client._to_gateway().open_channel("direct-tcpip", ("pc-1", port), ("127.0.0.1", 1))


def test_a_gateway_that_allowed_everything_would_still_only_reach_its_lab(way, monkeypatch):
    """The allow-list is a second wall: the first is that no socket of it leads elsewhere."""
    ear = socket.create_server(("0.0.0.0", 0))
    port = ear.getsockname()[1]
    visits = []

    def hear():
        while True:
            try:
                visits.append(ear.accept())
            except OSError:
                return

    listening = threading.Thread(target=hear, daemon=True)
    listening.start()
    hosts = ["127.0.0.1", "::1", *host_addresses(), "192.0.2.1"]
    allowed = {f"place-{number}": address for number, address in enumerate(hosts)}
    monkeypatch.setattr("range.access.point.places", lambda lab: {**allowed, "pc-1": "100.64.0.17"})
    open_door = AccessPoint.start(way.lab, settings(), listen="127.0.0.1")
    client = TeamClient(way.lab)
    try:
        assert client.run("pc-1", "true").exit == 0  # it does forward what it may
        for name in allowed:
            for other in (port, way.other.access.port, 22):
                with pytest.raises(paramiko.ChannelException) as refused:
                    client._to_gateway().open_channel(
                        "direct-tcpip", (name, other), ("127.0.0.1", 1), timeout=15
                    )
                assert refused.value.code == paramiko.common.OPEN_FAILED_CONNECT_FAILED
    finally:
        client.close()
        open_door.stop()
        ear.shutdown(socket.SHUT_RDWR)
        ear.close()
    listening.join(5)
    assert visits == []


def test_the_same_name_leads_each_team_to_its_own_node(way):
    mine, theirs = TeamClient(way.lab), TeamClient(way.other)
    try:
        # Host keys come from each lab's seed, and both clients insist on theirs.
        assert mine.run("pc-1", "true").exit == theirs.run("pc-1", "true").exit == 0
        keys = [c._nodes["pc-1"].get_remote_server_key().asbytes() for c in (mine, theirs)]
        assert keys[0] != keys[1]
    finally:
        mine.close()
        theirs.close()


def test_the_gateway_does_not_listen_for_trainees(way, client):
    gateway = client._to_gateway()
    for address, port in (("", 0), ("0.0.0.0", 18_080), ("127.0.0.1", 0)):
        with pytest.raises(paramiko.SSHException):
            gateway.request_port_forward(address, port)
    done = way.ssh("-o", "ExitOnForwardFailure=yes", "-R", "/tmp/h7-sock:127.0.0.1:22", "inbox")
    assert done.returncode == 255
    assert not Path("/tmp/h7-sock").exists()


def test_sockets_of_the_host_and_tunnels_are_refused(way, tmp_path):
    path = tmp_path / "sock"
    ear = socket.socket(socket.AF_UNIX)
    ear.bind(str(path))
    ear.listen()
    path.chmod(0o777)
    ear.settimeout(0)
    gateway = TeamClient(way.lab)
    message = paramiko.Message()
    try:
        transport = gateway._to_gateway()
        for kind in ("direct-streamlocal@openssh.com", "tun@openssh.com", "x11",
                     "auth-agent@openssh.com", "forwarded-tcpip"):  # fmt: skip
            with pytest.raises((paramiko.ChannelException, paramiko.SSHException)):
                _open(transport, kind, str(path), message)
            transport = gateway._to_gateway()
    finally:
        gateway.close()
    with pytest.raises(BlockingIOError):
        ear.accept()
    ear.close()
    assert AccessPoint(settings(), way.lab).running


def _open(transport, kind, path, message):
    """Ask for a channel of any kind, with what OpenSSH would say about it."""
    number = transport._next_channel()
    channel = paramiko.Channel(number)
    transport._channels.put(number, channel)
    event = threading.Event()
    transport.channel_events[number] = event
    channel._set_transport(transport)
    channel._set_window(2**21, 2**15)
    asked = paramiko.Message()
    asked.add_byte(bytes([90]))
    asked.add_string(kind)
    for value in (number, 2**21, 2**15):
        asked.add_int(value)
    if kind.startswith("direct-streamlocal"):
        asked.add_string(path)
        asked.add_string("")
        asked.add_int(0)
    elif kind.startswith("tun"):
        asked.add_int(1)
        asked.add_int(0)
    elif kind == "x11":
        asked.add_string("127.0.0.1")
        asked.add_int(1)
    elif kind == "forwarded-tcpip":
        for text in ("127.0.0.1", "127.0.0.1"):
            asked.add_string(text)
            asked.add_int(22)
    transport._send_user_message(asked)
    assert event.wait(10), f"no answer to {kind}"
    opened = transport._channels.get(number)
    if opened is None or not transport.is_active():
        raise paramiko.SSHException("refused")


def test_there_are_no_files_no_agent_and_no_screen_on_the_gateway(way, client):
    gateway = client._to_gateway()
    with pytest.raises(paramiko.SSHException):
        gateway.open_session().invoke_subsystem("sftp")
    with pytest.raises(paramiko.SSHException):
        gateway.open_session().request_x11()
    assert not _channel_request(gateway.open_session(), "auth-agent-req@openssh.com")
    copied = subprocess.run(
        ["scp", *way.options()[1:], "-O", "-P", str(way.port), "team1@127.0.0.1:/etc/passwd",
         "/dev/null"],
        capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert copied.returncode != 0


def _channel_request(channel, kind):
    asked = paramiko.Message()
    asked.add_byte(bytes([98]))
    asked.add_int(channel.remote_chanid)
    asked.add_string(kind)
    asked.add_boolean(True)
    channel._event_pending()
    channel.transport._send_user_message(asked)
    try:
        channel._wait_for_event()
    except paramiko.SSHException:
        return False
    return True


@pytest.mark.parametrize(
    "words", ["cat /etc/passwd", "sh", "inbox; id", "$(id)", "submit a b", "", "../../x", "hint"]
)
def test_what_a_trainee_types_is_never_run(way, words):
    done = way.ssh(words)
    assert "uid=" not in done.stdout + done.stderr
    assert "root:" not in done.stdout
    if words:
        assert done.returncode == 1
        assert way.desk.asked == []


def _gateway_processes(way):
    """The supervisor, the gateway, and whatever else it keeps."""
    supervisor = int(way.point._pid_file.read_text())
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    (gateway,) = [
        pid for pid in children if Path(f"/proc/{pid}").stat().st_uid == 900_000 + way.port
    ]
    return supervisor, int(gateway), *(int(pid) for pid in children if pid != gateway)


def test_the_process_that_trainees_talk_to_has_no_rights_and_no_files(way):
    _, child, *_ = _gateway_processes(way)
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{child}/status").read_text().splitlines()
    )
    assert set(status["Uid"].split()) == {str(900_000 + way.port)}
    assert status["Groups"].strip() == ""
    assert status["NoNewPrivs"] == "1"
    assert all(int(status[f"Cap{kind}"], 16) == 0 for kind in ("Inh", "Prm", "Eff", "Amb"))
    inside = Path(way.labs.network_namespace(way.lab, "access")).stat().st_ino
    root = Path(f"/proc/{child}/root")
    assert Path(f"/proc/{child}/ns/net").stat().st_ino == inside
    assert list(root.iterdir()) == []
    assert str(root.readlink()).endswith("(deleted)")


def test_a_gateway_that_is_killed_starts_again_and_its_password_is_in_no_command_line(way, client):
    _, child, *_ = _gateway_processes(way)
    assert client.run("pc-1", "true").exit == 0
    os.kill(child, 9)
    assert client.run("pc-1", "true").exit == 0
    assert _gateway_processes(way)[1] != child
    from range.access.credentials import password

    for pid in _gateway_processes(way):
        told = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        assert password(way.lab).encode() not in told


def _lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_ending_an_access_point_leaves_no_process(way):
    pids = _gateway_processes(way)
    assert way.point.stop() is True
    assert way.point.stop() is False
    assert not any(_lives(pid) for pid in pids)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", way.port), 2)


def test_strangers_who_only_connect_do_not_lock_trainees_out(way):
    strangers = [socket.create_connection(("127.0.0.1", way.port), 5) for _ in [None] * 40]
    try:
        ours = socket.create_connection(("127.0.0.1", way.port), 5, ("127.0.0.2", 0))
        with ours, paramiko.Transport(ours) as transport:
            client = TeamClient(way.lab)
            transport.start_client(timeout=10)
            transport.auth_publickey("team1", client._key)
            assert transport.is_authenticated()
        greeted = 0
        for stranger in strangers:
            stranger.settimeout(2)
            try:
                greeted += stranger.recv(4) == b"SSH-"
            except OSError:
                continue
        assert 0 < greeted <= 6
    finally:
        for stranger in strangers:
            stranger.close()


def _greeted(way):
    """A connection before its log-in; strangers of the test before may still be counted."""
    deadline = time.monotonic() + 20
    while True:
        transport = paramiko.Transport(("127.0.0.1", way.port))
        try:
            transport.start_client(timeout=10)
            return transport
        except (paramiko.SSHException, EOFError, OSError):
            transport.close()
            assert time.monotonic() < deadline


def test_guessing_passwords_ends_the_connection(way):
    transport = _greeted(way)
    tries = 0
    try:
        while transport.is_active() and tries < 50:
            with contextlib.suppress(paramiko.SSHException, EOFError):
                transport.auth_password("team1", f"guess{tries}")
            tries += 1
        assert not transport.is_authenticated()
    finally:
        transport.close()
    assert tries <= 7


def test_one_connection_opens_a_bounded_number_of_forwards(client):
    gateway = client._to_gateway()
    opened = [_forward_to_pc(gateway) for _ in [None] * FORWARDS_EACH]
    with pytest.raises(paramiko.ChannelException) as refused:
        _forward_to_pc(gateway)
    assert refused.value.code == paramiko.common.OPEN_FAILED_RESOURCE_SHORTAGE
    opened.pop().close()
    again = None
    while again is None:  # the gateway learns of the end a moment later
        with contextlib.suppress(paramiko.ChannelException):
            again = _forward_to_pc(gateway)
    for channel in [*opened, again]:
        channel.close()


def _forward_to_pc(gateway):
    return gateway.open_channel("direct-tcpip", ("pc-1", 22), ("127.0.0.1", 1), timeout=10)
