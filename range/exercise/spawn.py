"""Starting the engine's own process, detached: closing whatever started it harms nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from range.events.folder import ExerciseFolder
from range.settings import PROJECT, Settings


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


def complaint(exercise: ExerciseFolder) -> str:
    """Return the last line that an engine left, or ""."""
    try:
        lines = output_of(exercise).read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:500] if lines else ""
