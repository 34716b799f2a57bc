"""A whole exercise as a user runs it: by the command line, with the lab's wires tapped."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from range.events.event import Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.plan.model import LabPlan, Plan
from range.providers import deployments
from range.settings import settings

CYDER = (sys.executable, "-c", "from range.cli.main import main; main()")
WITHIN = 1500.0  # seconds for a whole exercise, images included


def cyder(*words: str, timeout: float = WITHIN) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(
        [*CYDER, *words],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@dataclass
class Rehearsal:
    """An exercise under way or over."""

    process: subprocess.Popen[str]
    exercise: ExerciseFolder
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return deployments.need(settings(), self.exercise.id)

    def lab(self, team: str) -> LabPlan:
        return next(lab for lab in self.plan.labs if lab.team == team)

    def events(self) -> list[Event]:
        with Log.open(self.exercise.log, read_only=True) as log:
            return list(log.read())

    def outcomes(self, team: str) -> dict[str, dict[str, Any]]:
        """Inject -> data of how it ended for a team."""
        return {
            event.data["inject"]: dict(event.data)
            for event in self.events()
            if event.kind is Kind.INJECTED and event.team == team
        }

    def score(self, team: str) -> float:
        [row] = [row for row in self.result["teams"] if row["team"] == team]
        return float(row["score"])

    def wait(self) -> None:
        """Wait for the end and take in the result."""
        output, complaints = self.process.communicate(timeout=WITHIN)
        assert self.process.returncode == 0, complaints[-3000:]
        self.result = json.loads(output)

    def ready(self) -> bool:
        """Whether a led exercise can be started."""
        return any(
            event.kind is Kind.BRINGUP and event.data["node"] == "exercise"
            for event in self.events()
        )

    def started(self) -> bool:
        return any(event.kind is Kind.STARTED for event in self.events())

    def over(self) -> bool:
        return any(event.kind is Kind.ENDED for event in self.events())


def begin(scenario: str, *words: str, led: bool = False) -> Rehearsal:
    """Start an exercise whose labs are kept.

    Headless and on the jumping clock; one that is `led` waits for its white cell's STARTEX.
    """
    how = () if led else ("--headless", "--speed", "jump", "--keep")
    command = [*CYDER, "run", scenario, "--json", *how, *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return Rehearsal(process, _made_by(process))


def _made_by(process: subprocess.Popen[str]) -> ExerciseFolder:
    """The exercise that the command says it made, on its first line."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        words = line.split()
        if words[:1] == ["exercise"]:
            return ExerciseFolder(settings().exercises / words[1])
    raise AssertionError("no exercise was made: " + "".join(said)[-2000:])


def remove(rehearsal: Rehearsal) -> None:
    """End what is left of it."""
    if rehearsal.process.poll() is None:
        rehearsal.process.send_signal(signal.SIGINT)
        try:
            rehearsal.process.wait(60)
        except subprocess.TimeoutExpired:
            rehearsal.process.kill()
    cyder("down", "--force", rehearsal.exercise.id)


def engine_pid(exercise: ExerciseFolder) -> int | None:
    """The engine's process, found by its command line."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"range.exercise" in words and str(exercise.path).encode() in words:
            return int(entry.name)
    return None


def kill_and_resume(rehearsal: Rehearsal, times: int, dice: random.Random) -> int:
    """Kill the engine -9 at `times` random moments and resume it; returns how often it was hit."""
    hits = 0
    while hits < times:
        # Between a moment after the start and a few seconds of work: acts take 0.1 to 5 s.
        time.sleep(dice.uniform(0.2, 9))
        if rehearsal.over():
            break
        pid = engine_pid(rehearsal.exercise)
        if pid is None or not rehearsal.started():
            assert rehearsal.process.poll() is None or rehearsal.over(), "the engine is gone"
            continue
        os.kill(pid, signal.SIGKILL)
        hits += 1
        rehearsal.process.communicate(timeout=60)
        rehearsal.process = subprocess.Popen(
            [*CYDER, "resume", rehearsal.exercise.id, "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    return hits


@contextmanager
def capture(rehearsal: Rehearsal, team: str, node: str, network: str, file: Path) -> Iterator[None]:
    """Record what crosses a node's leg in a segment, from when the leg exists.

    Not the bridge itself: the guard lets it take nothing of what it forwards.
    """
    legs = rehearsal.lab(team).node(node).nics
    leg = next(nic.device for nic in legs if nic.network == network)
    device = Path("/sys/class/net") / leg
    end = time.monotonic() + WITHIN
    while not device.exists():
        assert rehearsal.process.poll() is None, "the exercise ended before its labs were made"
        assert time.monotonic() < end, f"{leg} never appeared"
        time.sleep(0.1)
    recorder = subprocess.Popen(
        ["tcpdump", "-Z", "root", "-i", leg, "-U", "-s", "0", "-w", str(file), "tcp"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        recorder.terminate()
        recorder.wait(20)


def spoken(file: Path, expression: str = "") -> str:
    """What a capture holds, as text."""
    done = subprocess.run(
        ["tcpdump", "-r", str(file), "-A", "-n", *expression.split()],
        capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode(errors="replace")
