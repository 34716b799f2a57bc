"""Starting the engine's own process, detached: closing whatever started it harms nothing."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from range.errors import CyderError
from range.events.event import Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log, is_written
from range.providers import deployments
from range.settings import PROJECT, Settings

_END_WITHIN = 20.0  # seconds


def output_of(exercise: ExerciseFolder) -> Path:
    """Where the engine's own complaints go."""
    return exercise.path / "engine.log"


def spawn(exercise: ExerciseFolder, settings: Settings) -> subprocess.Popen[bytes]:
    """Start an engine for an exercise, in a session of its own."""
    with output_of(exercise).open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "range.exercise", str(exercise.path)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=PROJECT,
        )


def go_on(settings: Settings, exercise: ExerciseFolder) -> subprocess.Popen[bytes]:
    """Start an engine where the last one died; CyderError when one lives or nothing is left to do.

    An exercise that is over is gone on with only while its labs stand.
    """
    if is_written(exercise.log):
        raise CyderError(
            f"the engine of {exercise.id} is alive", hint=f"cyder ctl {exercise.id} status"
        )
    with Log.open(exercise.log, read_only=True) as log:
        over = any(log.only(Kind.ENDED))
    if over and deployments.load(settings, exercise.id) is None:
        raise CyderError(f"{exercise.id} is over", hint=f"cyder score {exercise.id}")
    return spawn(exercise, settings)


def stop(exercise: ExerciseFolder) -> bool:
    """End the engine of an exercise wherever it stands; False when none lives.

    For a bring-up that nobody wants any more: `go_on` still goes on with it. CyderError when the
    engine does not end.
    """
    if not is_written(exercise.log):
        return False
    mine = [b"-m", b"range.exercise", str(exercise.path).encode()]
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")[-3:] == mine:
                _end(int(entry.name))
    if is_written(exercise.log):
        raise CyderError(f"the engine of {exercise.id} does not end")
    return True


def _end(pid: int) -> None:
    """Ask a process to end, and wait until it is gone."""
    process = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(process, signal.SIGTERM)
        select.select([process], [], [], _END_WITHIN)
    finally:
        os.close(process)


def complaint(exercise: ExerciseFolder) -> str:
    """Return the last line that an engine left, or ""."""
    try:
        lines = output_of(exercise).read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:500] if lines else ""
