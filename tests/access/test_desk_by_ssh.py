"""The desk on a terminal: plain OpenSSH, a real pty, a confined process behind it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal import Terminal

from range.access.gateway.terminal import known_term
from range.access.gateway.wire import member_of


def _mother(way):
    """Her pid; 0 while there is none."""
    supervisor = int(way.point._pid_file.read_text())
    for pid in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split():
        if b"tui.desk.mother" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return int(pid)
    return 0


def _desks(way):
    mother = _mother(way)
    if not mother:
        return []
    return [int(pid) for pid in
            Path(f"/proc/{mother}/task/{mother}/children").read_text().split()]  # fmt: skip


def _until(holds, within=15.0):
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


@pytest.fixture
def desk(way, sample):
    """Hanako's desk, in Japanese, past the welcome."""
    _until(lambda: not _desks(way))
    with Terminal(way.desk_command(), environment={"LANG": "ja_JP.UTF-8"}) as terminal:
        terminal.wait_for("デスクに入る")
        terminal.send("enter")
        terminal.wait_for("[1 概要]", "hanako")
        yield terminal


def _open_nodes(desk, node):
    desk.settle()
    desk.send("7")
    desk.wait_for("[7 ノード]")
    desk.settle()
    for _ in range(5):
        if f"Enter で {node} " in desk.text():
            break
        desk.send("down")
        desk.settle()
    desk.wait_for(f"Enter で {node} ")


def test_a_desk_is_there_in_less_than_a_second_and_a_half(way, sample):
    with Terminal(way.desk_command()) as first:  # may have to wait for the mother
        first.wait_for("デスクに入る", within=60)
    began = time.monotonic()
    with Terminal(way.desk_command()) as terminal:
        terminal.wait_for("デスクに入る")
    assert time.monotonic() - began < 1.5  # 0.25 s where nothing else runs


def _open_form(terminal):
    terminal.settle()
    terminal.send("4")
    terminal.wait_for("[4 様式]", "第一報")
    terminal.settle()
    terminal.send("enter")
    terminal.wait_for("情報政策課長")
    terminal.settle()


def test_a_report_in_japanese_is_handed_in_from_the_desk(way, sample, desk):
    _open_form(desk)
    desk.send("住民課の端末が感染しました。")
    desk.wait_for("感染しました")
    desk.settle()
    desk.send("tab", "down", "down", "enter", "tab")
    desk.settle()
    desk.send("調査中です")
    desk.wait_for("調査中です")
    desk.settle()
    desk.send("ctrl+s")
    desk.wait_for("提出しますか")
    desk.settle()
    desk.send("backtab")
    desk.wait_for("> 提出する <")
    desk.send("enter")
    _until(lambda: way.desk.submitted())
    (handed,) = way.desk.submitted()
    assert (handed["by"], handed["form"]) == ("team1+hanako", "first-report")
    assert handed["answers"]["host"].endswith("住民課の端末が感染しました。")


def test_a_draft_is_there_again_after_the_connection_was_lost(way, sample, desk):
    _open_form(desk)
    desk.send("途中まで書いた報告")
    _until(lambda: "途中まで" in str(sample.drafts))
    os.kill(desk.pid, signal.SIGKILL)  # as a class room's Wi-Fi would
    _until(lambda: not _desks(way))
    with Terminal(way.desk_command(), environment={"LANG": "ja_JP.UTF-8"}) as again:
        again.wait_for("デスクに入る")
        again.send("enter")
        again.wait_for("[1 概要]")
        _open_form(again)
        again.wait_for("途中まで書いた報告")


def test_a_node_is_visited_from_the_desk_and_the_desk_is_back_afterwards(way, desk):
    _open_nodes(desk, "pc-1")
    desk.send("enter")
    desk.wait_for("pc-1 に入ります", "$ ")
    desk.send('echo "$TERM-$(stty size | tr " " x)-$(id -u)"\r')
    desk.wait_for("xterm-256color-24x80-65534")
    desk.resize(100, 30)
    desk.settle()
    desk.send("echo now-$(stty size | tr ' ' x)\r")
    desk.wait_for("now-30x100")
    desk.send("exit\r")
    desk.wait_for("[7 ノード]", "^q")
    desk.settle()
    desk.send("ctrl+q")
    assert desk.ended() == 0


def test_a_node_that_does_not_answer_is_told_in_words(way, desk):
    _open_nodes(desk, "pc-2")  # no SSH server runs there
    desk.send("enter")
    desk.wait_for("pc-2 に入れません", "Connection refused", "何かキーを押すと")
    desk.settle()
    desk.send(" ")
    desk.wait_for("^q")
    assert "100.64" not in desk.raw.decode(errors="replace")  # nor what the story does not know


def test_a_desk_takes_the_size_of_its_window(way, desk):
    desk.resize(120, 40)
    desk.wait_until(lambda shown: "ログアウト" in shown.split("\n")[39], 10, "the footer below")


def test_english_comes_with_the_client_s_locale(way, sample):
    command = [*way.desk_command(), "-o", "SendEnv=LANG"]
    with Terminal(command, environment={"LANG": "en_GB.UTF-8"}) as terminal:
        terminal.wait_for("Enter the desk")


def test_who_logs_in_without_a_name_is_asked_and_the_name_goes_along(way, sample):
    with Terminal(way.desk_command("team1")) as terminal:
        terminal.wait_for("お名前")
        terminal.settle()
        terminal.send("花子")
        terminal.wait_for("花子")
        terminal.send("enter")
        terminal.wait_for("[1 概要]")
        _until(lambda: any(asked["by"] == "team1+花子" for asked in way.desk.asked))
    assert {asked["by"] for asked in way.desk.asked} <= {"team1", "team1+花子"}


@pytest.mark.parametrize(
    ("by", "member"),
    [("team1", ""), ("team1+", ""), ("team1+a\x1b[31mb\u202e\n c", "a[31mb c"),
     ("team2+x+team1", "x team1"), ("team1+" + "あ" * 99, "あ" * 39 + "…")],
)  # fmt: skip
def test_what_a_desk_says_of_its_member_is_cleaned_and_its_team_does_not_count(by, member):
    assert member_of(by) == member


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_can_show_nothing_gets_a_greeting(way, sample, term):
    with Terminal([*way.desk_command(), "-t"], environment={"TERM": term or "unknown"}) as terminal:
        terminal.wait_for("desk: briefing, inbox")
        assert terminal.ended() == 0
    assert not _desks(way)


def test_without_a_terminal_there_is_a_greeting(way, sample):
    done = way.ssh()
    assert done.returncode == 0
    assert "desk: briefing, inbox" in done.stdout


def test_words_with_a_terminal_are_a_request_still(way, sample):
    with Terminal([*way.options(), "-tt", *way.desk_command()[len(way.options()) :], "forms"]) as t:
        assert t.ended() == 0
        assert '"fields"' in t.raw.decode()


def test_terminals_have_known_names():
    assert known_term("tmux-256color") == "tmux-256color"
    assert known_term("nobody-knows;$(id)") == "xterm-256color"
    assert known_term("dumb") is None


def test_a_desk_has_no_rights_no_files_and_no_network(way, desk):
    (pid,) = _desks(way)
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    assert set(status["Uid"].split()) == {str(800_000 + way.port)}
    assert status["Groups"].strip() == ""
    assert status["NoNewPrivs"] == "1"
    assert all(int(status[f"Cap{kind}"], 16) == 0 for kind in ("Inh", "Prm", "Eff", "Amb"))
    root = Path(f"/proc/{pid}/root")
    found = {re.sub(r"\d+", "N", str(path.relative_to(root))) for path in root.rglob("*")}
    assert found == {"dev", "dev/ptmx", "dev/pts", "dev/pts/ptmx", "dev/pts/N"}
    links = subprocess.run(
        ["nsenter", f"--net=/proc/{pid}/ns/net", "ip", "-o", "link"], capture_output=True, text=True
    ).stdout.splitlines()
    assert len(links) == 1
    assert "state DOWN" in links[0]
    inherited = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}  # noqa: PTH115, PTH208
    assert not [name for name in inherited if name.startswith("/") and "/dev/pts/" not in name]


def test_a_desk_that_crashes_ends_its_session_with_a_sentence_and_nothing_else(way, desk):
    (pid,) = _desks(way)
    os.kill(pid, signal.SIGABRT)
    desk.wait_for("もう一度接続してください")
    assert desk.ended() == 1
    assert "Traceback" not in desk.raw.decode(errors="replace")
    assert b"\x1b[?1049l" in desk.raw[-2000:]
    assert way.ssh("inbox").returncode == 0


def test_an_error_in_a_desk_is_logged_and_not_shown(tmp_path):
    """In a program of its own: the desk of the project has no error to show."""
    program = tmp_path / "failing.py"
    program.write_text(_FAILING)
    told = tmp_path / "told"
    with Terminal([sys.executable, str(program), str(told)]) as terminal:
        terminal.ended()
        shown = terminal.raw.decode(errors="replace")
    assert "Traceback" not in shown
    assert "the secret" not in shown
    assert "the secret" in json.loads(told.read_text())["end"]["crashed"]


_FAILING = """
import io, json, socket, sys
from pathlib import Path
from textual.app import App
import tui.desk.sit

class Failing(App):
    def __init__(self, *_, **__):
        super().__init__()
    def on_mount(self):
        raise RuntimeError("the secret")

tui.desk.sit.DeskApp = Failing
ours, theirs = socket.socketpair()
start = dict.fromkeys(("team", "member", "language", "door", "term"), "x")
start |= {"nodes": [], "true_colour": False, "wide_ambiguous": False, "kept": {}}
ours.sendall(json.dumps(start).encode() + b"\\n")
sys.stderr = io.StringIO()
tui.desk.sit.sit(theirs, sys.stderr)
Path(sys.argv[1]).write_bytes(ours.recv(100_000))
"""


def test_a_desk_ends_with_its_connection(way, desk):
    (pid,) = _desks(way)
    os.kill(desk.pid, signal.SIGKILL)
    _until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_mother_that_is_killed_takes_her_desks_along_and_is_there_again(way, desk):
    before = _mother(way)
    os.kill(before, signal.SIGKILL)
    desk.wait_for("もう一度接続してください")
    assert desk.ended() == 1
    _until(lambda: _mother(way) not in (0, before))
    with Terminal(way.desk_command()) as terminal:
        terminal.wait_for("デスクに入る", within=60)


def test_one_team_has_a_bounded_number_of_desks(way, sample, monkeypatch):
    from contextlib import ExitStack

    from range.access.gateway.budget import DESKS

    with ExitStack() as stack:
        for _ in range(DESKS):
            one = stack.enter_context(Terminal(way.desk_command()))
            one.wait_for("デスクに入る", within=60)
        more = stack.enter_context(Terminal(way.desk_command()))
        more.wait_for("すべて使われています")
        assert more.ended() == 1
    _until(lambda: not _desks(way))


def test_a_watch_that_waits_holds_up_nobody(way, sample, desk):
    _until(lambda: any(asked["op"] == "watch" for asked in way.desk.asked))
    began = time.monotonic()
    assert way.ssh("inbox").returncode == 0
    desk.send("3")
    desk.wait_for("[3 受信箱")
    assert time.monotonic() - began < 10  # a watch takes 25
