"""Trainees come in with what they have: OpenSSH, a key or a password."""

from __future__ import annotations

import asyncssh
import paramiko
import pytest

from range.access.client import DeskRefused, NoWayIn, TeamClient
from range.access.credentials import password


def test_a_trainee_jumps_to_a_node_with_plain_openssh(way):
    jump = " ".join([*way.options(), "-W", "%h:%p", "-p", str(way.port), "team1@127.0.0.1"])
    words = [*way.options(), "-o", f"ProxyCommand={jump}", "trainee@pc-1", "echo inside; exit 4"]
    import subprocess

    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (4, "inside\n"), done.stderr


@pytest.mark.parametrize("called", ["pc-1", "PC-1.office.example", "10.9.1.100", "100.64.0.17"])
def test_a_node_answers_to_its_names_and_addresses(way, called):
    node = way.lab.node("pc-1")
    assert str(node.access.address) == "100.64.0.17"
    assert str(node.nics[0].address) == "10.9.1.100"
    banner = way.ssh("-W", f"{called}:22")
    assert banner.stdout.startswith("SSH-2.0-"), banner.stderr


async def test_the_password_of_the_sheet_opens_the_gateway(way):
    async with asyncssh.connect(
        "127.0.0.1", way.port, username="team1+taro", password=password(way.lab),
        client_keys=None, known_hosts=None,
    ) as connection:  # fmt: skip
        done = await connection.run("inbox")
    assert done.exit_status == 0
    assert way.desk.asked[-1]["by"] == "team1+taro"


@pytest.mark.parametrize("user", ["team2", "root", "team1+", "team1+a b", "team11", "", "TEAM1"])
async def test_nobody_else_comes_in_even_with_the_right_password(way, user):
    with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
        await asyncssh.connect(
            "127.0.0.1", way.port, username=user, password=password(way.lab),
            client_keys=None, known_hosts=None,
        )  # fmt: skip


def test_the_other_team_s_key_does_not_fit(way):
    stranger = TeamClient(way.other)
    from range.access import credentials

    transport = paramiko.Transport(("127.0.0.1", way.port))
    try:
        transport.start_client(timeout=10)
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_publickey("team1", stranger._key)
    finally:
        transport.close()
    assert credentials.trainee_private(way.lab) != credentials.trainee_private(way.other)


def test_a_script_s_end_and_both_outputs_come_back(client):
    ran = client.run("pc-1", "echo out; echo err >&2; exit 7")
    assert (ran.exit, ran.stdout, ran.stderr) == (7, "out\n", "err\n")


def test_what_a_node_prints_is_bounded_and_without_control_characters(client):
    ran = client.run(
        "pc-1", "printf '\\033[31mred\\033[0m\\n'; head -c 3000000 /dev/zero | tr '\\0' a"
    )
    assert ran.stdout.startswith("[31mred[0m\n")
    assert len(ran.stdout) <= 1_048_576


def test_a_script_that_does_not_end_is_left_behind(client):
    with pytest.raises(NoWayIn, match="no end within 1 s"):
        client.run("pc-1", "sleep 20", timeout=1)


def test_without_the_access_point_a_responder_has_no_way_in(way, client):
    assert client.run("pc-1", "true").exit == 0
    way.point.stop()
    with pytest.raises(NoWayIn):
        client.run("pc-1", "true")
    with pytest.raises(NoWayIn):
        client.desk("inbox")


def test_a_client_comes_back_once_the_access_point_does(way, client):
    from range.access.point import AccessPoint
    from range.settings import settings

    assert client.run("pc-1", "true").exit == 0
    again = AccessPoint.start(way.lab, settings(), listen="127.0.0.1")  # in place of the other
    assert client.run("pc-1", "true").exit == 0
    again.stop()


def test_the_desk_answers_and_refuses_in_both_languages(way, client):
    assert client.desk("submit", {"form": "report", "answers": {"a": [1, "x"]}, "key": "k1"}) | {
        "id": 0
    } == {"id": 0, "op": "submit", "by": "team1+responder", "form": "report",
          "answers": {"a": [1, "x"]}, "key": "k1"}  # fmt: skip
    way.desk.answer = lambda request: {"ok": False, "error": {"ja": "だめ", "en": "no"}}
    with pytest.raises(DeskRefused) as refused:
        client.desk("inbox")
    assert refused.value.text == {"ja": "だめ", "en": "no"}
