"""Receipts: a script runs once under its key, whatever dies in between. On the host's own shell."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from range.guest.base import Completed
from range.guest.once import is_lost, once_argv


def run(key: str, script: str, receipts: Path) -> Completed:
    done = subprocess.run(
        once_argv(key, script, receipts=str(receipts)), capture_output=True, timeout=20, check=False
    )
    return Completed(done.returncode, done.stdout, done.stderr)


def test_the_second_call_runs_nothing_and_answers_the_same(tmp_path: Path) -> None:
    script = f"echo ran >> {tmp_path}/count; echo out; echo err >&2; exit 3"
    first, second = run("k", script, tmp_path / "r"), run("k", script, tmp_path / "r")
    assert first == second == Completed(3, b"out\n", b"err\n")
    assert (tmp_path / "count").read_text() == "ran\n"


def test_other_keys_are_other_receipts(tmp_path: Path) -> None:
    assert run("a", "echo a", tmp_path).stdout == b"a\n"
    assert run("b", "echo b", tmp_path).stdout == b"b\n"


def test_a_caller_that_died_finds_the_script_still_running_and_waits(tmp_path: Path) -> None:
    script = f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo done"
    with subprocess.Popen(once_argv("k", script, receipts=str(tmp_path / "r"))) as first:
        begun(tmp_path / "r/k/pid")
        with subprocess.Popen(
            once_argv("k", "echo other", receipts=str(tmp_path / "r")), stdout=subprocess.PIPE
        ) as second:
            (tmp_path / "go").touch()
            out, _ = second.communicate(timeout=20)
        assert out == b"done\n"
        assert first.wait(timeout=20) == 0


def test_a_script_that_died_half_way_is_lost_not_run_again(tmp_path: Path) -> None:
    with subprocess.Popen(once_argv("k", "exec sleep 60", receipts=str(tmp_path))) as first:
        begun(tmp_path / "k/pid")
        first.send_signal(signal.SIGKILL)
        first.wait(timeout=20)
    assert is_lost(run("k", "echo again", tmp_path))


def test_its_output_is_bounded(tmp_path: Path) -> None:
    done = run("k", "head -c 1000000 /dev/zero", tmp_path)
    assert len(done.stdout) == 262_144


def begun(receipt: Path) -> None:
    """Wait for a receipt; five seconds at most."""
    until = time.monotonic() + 5
    while not receipt.exists() or not receipt.read_text():
        assert time.monotonic() < until, "the script never began"
        time.sleep(0.01)
