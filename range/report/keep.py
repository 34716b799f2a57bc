"""`python -m range.report.keep FOLDER`: keep the standings of an exercise, to be opened at once.

A process of its own, because folding and packing would hold up whoever does it: the engine has it
done as the log grows. It may be killed at any moment; the kept fold before it stays.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from range.errors import CyderError
from range.events.folder import ExerciseFolder
from range.report.standings import Standings

_NICE = 10


def main(folder: Path) -> int:
    """Keep what is new, if it is much; returns the exit code. Complaints go to stderr."""
    os.nice(_NICE)
    exercise = ExerciseFolder(folder)
    try:
        with exercise.read() as log:
            Standings.of(exercise, log)
    except CyderError as error:
        print(error.message, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
