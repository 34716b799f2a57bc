"""The console on a real terminal: started by its command, killed, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from before_stage import HERE
from rehearsal import CYDER
from tmux import Tmux

from range.events.folder import exercises
from range.events.log import is_written
from range.exercise.spawn import stop
from range.settings import PROJECT, Settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]
COMMAND = [*CYDER, "tui", "--language", "en"]


def test_a_console_that_is_killed_leaves_the_exercise_going_on(tmp_path: Path) -> None:
    here = Settings(home=tmp_path)
    environment = {"CYDER_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT)}
    with Tmux(COMMAND, columns=100, rows=40, environment=environment) as terminal:
        terminal.wait_for("There is no exercise yet", within=60)
        terminal.send("n")
        terminal.wait_for("City of Aozora", within=60)
        terminal.send("f")
        terminal.wait_for("Type the path")
        terminal.type(str(HERE / "town"))
        terminal.send("Enter")
        terminal.wait_for("Town of Midori")
        terminal.send("Enter")
        terminal.wait_for("Labs are made of", "GiB")
        choose_memory(terminal)
        terminal.send("C-s")
        terminal.wait_for("--provider memory")
        terminal.send("m")
        terminal.wait_for("Everything is up", within=60)
        (folder,) = exercises(here)
        try:
            terminal.send("s")
            terminal.wait_for("Start the exercise (STARTEX)?")
            terminal.send("y")
            terminal.wait_for("MSEL", "M01", within=60)
            kill_console(tmp_path)
            assert is_written(folder.log), "the engine ended with the console"
            with Tmux([*COMMAND, "last"], environment=environment) as again:
                again.wait_for("MSEL", "M01", within=60)
        finally:
            stop(folder)


def choose_memory(terminal: Tmux) -> None:
    """Go to the field of providers and turn it."""
    if os.geteuid() != 0:
        return  # it is chosen already
    terminal.send("Tab", "Tab", "Tab", "Tab", "Tab", "Enter")
    terminal.wait_for("memory: no nodes")
    terminal.send("Down", "Enter")
    terminal.wait_until(lambda shown: "lxc:" not in shown, "memory chosen")


def kill_console(home: Path) -> None:
    """Kill the one console of this state folder, as a crash would."""
    mark = f"CYDER_HOME={home}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            mine = mark in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if mine and b"tui" in words and words[0] == CYDER[0].encode():
            found.append(int(entry.name))
    assert len(found) == 1, subprocess.run(["ps", "ax"], capture_output=True, check=False).stdout
    os.kill(found[0], signal.SIGKILL)
