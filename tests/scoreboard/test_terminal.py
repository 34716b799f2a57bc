"""The board on a real terminal, as a process of its own beside one that writes the log."""

import os
import signal
import subprocess
import sys

import boards
import pytest
from terminal import Terminal

from range.settings import PROJECT

CODE = "from range.cli.main import main; main()"


@pytest.fixture
def folder(tmp_path):
    return boards.exercise(tmp_path, 6, until=7200.0)


def board(folder, *words: str, **size: int) -> Terminal:
    home = str(folder.path.parent.parent)
    environment = {"CYDER_HOME": home, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", CODE, "scoreboard", "e1", *words]
    return Terminal(command, environment=environment, **size)


def test_it_opens_follows_the_log_changes_its_size_and_closes(folder):
    with board(folder, "--language", "en") as terminal:
        terminal.wait_for("東部広域チーム", "72.66", "running")
        boards.append(folder, [boards.seen("team1", "cut", 7300.0, True)])
        terminal.wait_until(lambda shown: "72.66" not in shown, 20, "a new score")
        terminal.resize(160, 50)
        terminal.wait_for("Services", "First to detect")
        terminal.send("f2")
        terminal.wait_for("サービス", "一番乗り")
        terminal.send("ctrl+q")
        assert terminal.ended() == 0
    assert b"\x1b[?1049l" in terminal.raw, "the terminal is given back as it was"


def test_nobody_sees_more_of_a_frozen_board_when_it_is_killed_and_opened_again(folder):
    with board(folder, "--freeze", "T+01:59:30", "--language", "en") as terminal:
        boards.append(folder, [boards.seen("team1", "cut", 7190.0, True)])
        terminal.wait_for("FROZEN", "72.66")
        os.kill(terminal.pid, signal.SIGKILL)
    boards.append(folder, [boards.seen("team6", "cut", 7400.0, True)])
    with board(folder, "--freeze", "T+01:59:30", "--language", "en") as terminal:
        terminal.wait_for("FROZEN", "72.66", "27.15")


def test_the_log_goes_on_when_the_board_is_killed(folder):
    with board(folder) as terminal:
        terminal.wait_for("東部広域チーム")
        os.kill(terminal.pid, signal.SIGKILL)
    boards.append(folder, [boards.seen("team1", "cut", 7300.0, True)])
    with folder.read() as log:
        log.verify()


def test_a_pipe_is_no_terminal(folder):
    done = subprocess.run(
        [sys.executable, "-c", CODE, "scoreboard", "e1"], capture_output=True, text=True,
        check=False, stdin=subprocess.DEVNULL, cwd=PROJECT,
        env={**os.environ, "CYDER_HOME": str(folder.path.parent.parent)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "--once" in done.stderr
