"""A trainee on another computer with what everybody has: OpenSSH, and the folder handed out.

Two teams of a small exercise on real guests; the trainee's computer is a network namespace.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from terminal import Terminal

from range.access.sheet import write_sheet
from range.events.event import Event, Kind
from range.events.folder import ExerciseFolder
from range.exercise.control import control, socket_path
from range.exercise.create import Options
from range.exercise.prepare import prepare
from range.exercise.rooms import take_down
from range.exercise.spawn import go_on, output_of, spawn
from range.plan.model import Plan
from range.providers import deployments
from range.settings import Settings

pytestmark = [pytest.mark.guests, pytest.mark.slow]

SMALL = Path(__file__).parents[1] / "scenarios/small"
CHOSEN = Options(speed=1.0, users=False, preflight=False)
HOST, TRAINEE = "198.18.250.1", "198.18.250.2"
UP_WITHIN = 300.0
DESK = "team-desk"  # the small scenario has a node that is called desk


def _until(holds: Callable[[], bool], within: float = 30.0, what: str = "it") -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.1)


@dataclass
class Computer:
    """The trainee's: its namespace, and the folder of team1 on it."""

    name: str
    folder: Path
    plan: Plan
    exercise: ExerciseFolder
    engine: subprocess.Popen[bytes]

    def words(self, *words: str) -> list[str]:
        """A command as it is run there."""
        return ["ip", "netns", "exec", self.name, *words]

    def run(self, *words: str, within: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command there to its end."""
        return subprocess.run(
            self.words(*words), cwd=self.folder, capture_output=True, text=True, timeout=within,
            env={**os.environ, "LANG": "ja_JP.UTF-8"},
        )  # fmt: skip

    def events(self, kind: Kind) -> list[Event]:
        """What the exercise's log has of a kind."""
        with self.exercise.read() as log:
            return list(log.only(kind))


@pytest.fixture(scope="module")
def computer(host: Settings, debian: str) -> Iterator[Computer]:
    """A computer beside the host; the exercise is running."""
    exercise = prepare(host, str(SMALL), 2, ["idle"], CHOSEN)
    name = f"cy-trainee-{os.getpid()}"
    engine = spawn(exercise, host)
    try:
        _ready(host, exercise)
        control(host, exercise.id, "start", {})
        plan = deployments.need(host, exercise.id)
        with _beside_the_host(name):
            folder = write_sheet(host, plan.labs[0], HOST)
            computer = Computer(name, folder, plan, exercise, engine)
            yield computer
            engine = computer.engine
        control(host, exercise.id, "end", {})
    finally:
        engine.kill()
        engine.wait()
        take_down(host, exercise, CHOSEN)


def _ready(host: Settings, exercise: ExerciseFolder) -> None:
    def up() -> bool:
        with contextlib.suppress(Exception), exercise.read() as log:
            known = [event.data["node"] for event in log.only(Kind.BRINGUP)]
            return "exercise" in known and socket_path(host, exercise.id).exists()
        return False

    try:
        _until(up, UP_WITHIN, "the exercise")
    except AssertionError:
        raise AssertionError(output_of(exercise).read_text()) from None


@contextlib.contextmanager
def _beside_the_host(name: str) -> Iterator[None]:
    device = f"cyt{os.getpid() % 100_000}"
    for line in (
        f"netns add {name}",
        f"link add {device} type veth peer name eth0 netns {name}",
        f"addr add {HOST}/30 dev {device}",
        f"link set {device} up",
        f"-n {name} addr add {TRAINEE}/30 dev eth0",
        f"-n {name} link set eth0 up",
        f"-n {name} link set lo up",
    ):
        subprocess.run(["ip", *line.split()], check=True)
    try:
        yield
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


@contextlib.contextmanager
def _forward(computer: Computer, *words: str) -> Iterator[None]:
    program = subprocess.Popen(
        computer.words("ssh", "-F", "ssh_config", "-o", "ExitOnForwardFailure=yes", "-N", *words),
        cwd=computer.folder,
    )
    try:
        yield
    finally:
        program.kill()
        program.wait()


def _fetched(computer: Computer, port: int) -> str:
    script = f"exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
    deadline = time.monotonic() + 30
    while True:
        done = computer.run("bash", "-c", script)
        if "HTTP/1" in done.stdout or time.monotonic() > deadline:
            return done.stdout
        time.sleep(0.2)


def test_a_report_in_japanese_is_handed_in_from_the_desk(computer: Computer) -> None:
    command = computer.words("ssh", "-F", "ssh_config", DESK)
    before = len(computer.events(Kind.SUBMITTED))
    here = Path.cwd()
    os.chdir(computer.folder)
    try:
        terminal = Terminal(command, environment={"LANG": "ja_JP.UTF-8"})
    finally:
        os.chdir(here)
    with terminal as desk:
        desk.wait_for("デスクに入る", within=60)
        desk.settle()
        desk.send("花子")
        desk.wait_for("花子")
        desk.send("enter")
        desk.wait_for("[1 概要]", "公開サーバー")
        desk.settle()
        desk.send("4")
        desk.wait_for("[4 様式]", "対処の決定")
        desk.settle()
        desk.send("enter")
        desk.wait_for("攻撃元のアドレス")
        desk.settle()
        desk.send("調査中の端末「198.51.100.66」")
        desk.wait_for("調査中の端末")
        desk.send("tab")
        desk.settle()
        desk.send("予算案 /drafts/budget.txt")
        desk.settle()
        desk.send("tab")
        desk.settle()
        desk.send("2026-05-12 09:40")
        desk.settle()
        desk.send("tab", "down", "enter")
        desk.settle()
        desk.send("ctrl+s")
        desk.wait_for("提出しますか")
        desk.settle()
        desk.send("backtab")
        desk.wait_for("> 提出する <")
        desk.send("enter")
        _until(lambda: len(computer.events(Kind.SUBMITTED)) > before, 30, desk.text())
        handed = computer.events(Kind.SUBMITTED)[-1]
        desk.settle()
        desk.send("ctrl+q")
        assert desk.ended() == 0
    assert (handed.team, handed.data["by"]) == ("team1", "team1+花子")
    assert handed.data["answers"]["source"] == "調査中の端末「198.51.100.66」"


def test_two_nodes_are_entered_through_the_gateway(computer: Computer) -> None:
    for node in ("web", "desk"):
        done = computer.run("ssh", "-F", "ssh_config", node, "hostname; id -un; sudo -n id -u")
        assert done.stdout == f"{node}\ntrainee\n0\n", done.stderr


def test_a_log_is_copied_both_ways(computer: Computer) -> None:
    with _forward(computer, "-L", "18082:web:80", DESK):
        assert "Welcome" in _fetched(computer, 18_082)
    log = "web:/var/log/small-web/access.log"
    done = computer.run("scp", "-F", "ssh_config", log, "fetched.log")
    assert done.returncode == 0, done.stderr
    assert "GET / " in (computer.folder / "fetched.log").read_text()
    (computer.folder / "memo.txt").write_text("覚え書き", encoding="utf-8")
    assert computer.run("scp", "-F", "ssh_config", "memo.txt", "desk:").returncode == 0
    done = computer.run("ssh", "-F", "ssh_config", "desk", "cat memo.txt")
    assert done.stdout == "覚え書き"
    done = subprocess.run(
        computer.words("sftp", "-F", "ssh_config", "-b", "-", "web"), cwd=computer.folder,
        input="get /etc/hostname got\n", capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (computer.folder / "got").read_text() == "web\n"


def test_a_web_page_of_the_lab_is_fetched_through_a_forward(computer: Computer) -> None:
    gateway = ["-L", "18080:web:80", DESK]  # by the gateway itself
    with _forward(computer, *gateway):
        assert "Welcome" in _fetched(computer, 18_080)
    with _forward(computer, "-L", "18081:198.51.100.10:80", "desk"):  # from inside, by a node
        assert "Welcome" in _fetched(computer, 18_081)


def test_other_teams_the_host_and_the_attacker_cannot_be_reached(computer: Computer) -> None:
    own, other = computer.plan.labs
    node = other.node("web").access
    assert node is not None
    with socket.create_server((HOST, 0)) as ear:  # what else there may be on the host
        port = ear.getsockname()[1]
        places = [
            f"{HOST}:{port}", f"127.0.0.1:{port}", f"localhost:{port}", "team2:22", "attacker:22",
            "198.51.100.66:22", f"{HOST}:{other.access.port}", f"{HOST}:{own.access.port}",
            "192.0.2.1:80",
        ]  # fmt: skip
        for place in places:
            done = computer.run("ssh", "-F", "ssh_config", "-W", place, DESK)
            assert done.returncode != 0
            assert "administratively prohibited" in done.stderr, (place, done.stderr)
        ear.settimeout(0.2)
        with pytest.raises(TimeoutError):
            ear.accept()
    # The same access address leads each team to its own node.
    done = computer.run("ssh", "-F", "ssh_config", "-W", f"{node.address}:22", DESK)
    assert done.stdout.startswith("SSH-2.0-")
    # Team1's key does not open team2's gateway.
    done = computer.run(
        "ssh", "-F", "ssh_config", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes",
        "-p", str(other.access.port), "-l", "team2", DESK, "inbox",
    )  # fmt: skip
    assert done.returncode == 255
    assert "Permission denied" in done.stderr or "HOST IDENTIFICATION" in done.stderr


def _desk_of(computer: Computer, member: str) -> list[str]:
    return computer.words(
        "ssh", "-F", "none", "-i", f"{computer.folder}/key", "-o", "IdentitiesOnly=yes",
        "-o", f"UserKnownHostsFile={computer.folder}/known_hosts", "-o", "BatchMode=yes",
        "-p", str(computer.plan.labs[0].access.port), f"team1+{member}@{HOST}",
    )  # fmt: skip


def test_an_engine_that_is_killed_and_goes_on_finds_the_desk_open(
    computer: Computer, host: Settings
) -> None:
    with Terminal(_desk_of(computer, "jiro")) as desk:
        desk.wait_for("デスクに入る", within=60)
        desk.send("enter")
        desk.wait_for("[1 概要]", "jiro", "演習中")
        computer.engine.kill()
        computer.engine.wait()
        desk.wait_for("再接続しています", within=60)
        computer.engine = go_on(host, computer.exercise)
        desk.wait_gone("再接続しています", within=120)
        desk.wait_for("jiro", "演習中")
    done = computer.run("ssh", "-F", "ssh_config", DESK, "inbox")
    assert done.returncode == 0


def test_a_shell_on_a_node_is_opened_from_the_desk(computer: Computer) -> None:
    with Terminal(_desk_of(computer, "taro")) as desk:
        desk.wait_for("デスクに入る", within=60)
        desk.send("enter")
        desk.wait_for("[1 概要]", "taro")
        desk.settle()
        desk.send("7")
        desk.wait_for("[7 ノード]", "Enter で")
        desk.settle()
        desk.send("enter")
        desk.wait_for("trainee@", within=30)
        desk.settle()
        desk.send("echo $(stty size | tr ' ' x) $TERM $(id -un)\r")
        desk.wait_for("24x80 xterm-256color trainee")
        desk.send("exit\r")
        desk.wait_for("^q", "Enter で", within=30)
