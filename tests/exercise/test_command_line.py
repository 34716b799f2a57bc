"""`cyder run`, `resume` and `ctl` as people use them, on the provider without guests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from range.events.folder import ExerciseFolder, exercises
from range.events.log import is_written
from range.settings import Settings

REHEARSAL = Path(__file__).parent / "rehearsal"
CYDER = (sys.executable, "-c", "from range.cli.main import main; main()")


def begin(settings: Settings, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*CYDER, *words], env={**os.environ, "CYDER_HOME": str(settings.home)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_as_from_a_terminal,
    )  # fmt: skip


def _as_from_a_terminal() -> None:
    """Take Ctrl-C, also when the tests themselves were started in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def cyder(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    process = begin(settings, *words)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def run(settings: Settings, *words: str) -> tuple[str, ...]:
    return ("run", str(REHEARSAL), "--provider", "memory", "--speed", "jump", *words)


def only(settings: Settings) -> ExerciseFolder:
    (exercise,) = exercises(settings)
    return exercise


def test_a_headless_run_prints_the_result_and_leaves_nothing_standing(
    settings: Settings, tmp_path: Path
) -> None:
    done = cyder(settings, *run(
        settings, "--teams", "2", "--headless", "--responder", "idle", "--responder",
        "team1=solution", "--name", "team1=東部チーム", "--out", str(tmp_path / "out"), "--json",
    ))  # fmt: skip
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert set(result) == {"exercise", "scenario", "teams"}
    assert result["scenario"] == "rehearsal"
    first, second = result["teams"]
    assert set(first) == {"team", "name", "score", "max", "provisional", "phases"}
    assert (first["name"], second["name"]) == ("東部チーム", "team2")
    assert list(first["phases"]) == ["observe", "orient", "decide", "act"]
    assert first["score"] > 80 > second["score"]
    assert json.loads((tmp_path / "out/result.json").read_text()) == result
    assert "東部チーム" in (tmp_path / "out/report/debrief.ja.md").read_text()
    assert "東部チーム" in cyder(settings, "score", "last").stdout
    assert not list(settings.labs.glob("*/plan.json"))
    assert cyder(settings, "resume", "last").returncode == 1  # it is over


def test_an_engine_killed_under_its_run_is_told_and_resumed(settings: Settings) -> None:
    running = begin(settings, *run(settings, "--headless", "--responder", "solution"))
    assert running.stderr is not None
    for line in running.stderr:
        if "A01" in line:
            break
    _kill(only(settings))
    _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "cyder resume" in err
    resumed = cyder(settings, "resume", "last", "--json")
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads(resumed.stdout)["teams"][0]["score"] > 80


def test_interrupting_a_headless_run_ends_it_in_order(settings: Settings) -> None:
    running = begin(settings, *run(settings, "--headless", "--speed", "1"))
    assert running.stderr is not None
    for line in running.stderr:
        if "STARTEX" in line:
            break
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert json.loads(only(settings).result.read_text())["teams"]
    assert not list(settings.labs.glob("*/plan.json"))


def test_an_interactive_run_is_steered_by_ctl_and_outlives_its_window(settings: Settings) -> None:
    running = begin(settings, *run(settings, "--speed", "1"))
    assert running.stderr is not None
    for line in running.stderr:
        if "ctl" in line:
            break
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert cyder(settings, "ctl", "last", "start").returncode == 0
    assert cyder(settings, "resume", "last").returncode == 1  # its engine is alive
    refused = cyder(settings, "ctl", "last", "fire", "X99")
    assert refused.returncode == 1
    assert "there is no inject X99" in refused.stderr
    status = json.loads(cyder(settings, "ctl", "last", "status", "--json").stdout)
    assert status["state"] == "running"
    said = cyder(settings, "ctl", "last", "status").stdout
    assert "running, T+00:00" in said
    assert "T+00:05 A01" in said
    assert cyder(settings, "ctl", "last", "end").returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--responder", "nobody.yaml"), "no such file"),
        (("--responder", "team7=idle"), "no team team7; teams are team1"),
        (("--speed", "warp"), "a rate from 0.1 to 1000, or jump"),
    ],
)
def test_mistakes_are_told_in_one_line_with_code_2(
    settings: Settings, words: tuple[str, ...], said: str
) -> None:
    done = cyder(settings, *run(settings, *words))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(settings.labs.glob("*/slot"))


@pytest.fixture(autouse=True)
def _no_engine_is_left(settings: Settings) -> Iterator[None]:
    yield
    for exercise in exercises(settings):
        if is_written(exercise.log):
            _kill(exercise)


def _kill(exercise: ExerciseFolder) -> None:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"range.exercise" in words and str(exercise.path).encode() in words:
            os.kill(int(entry.name), signal.SIGKILL)
            return
    raise AssertionError("no engine")
