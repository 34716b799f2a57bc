"""Errors as values: each has an exit code and, where there is one, a hint for its mending."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class CyderError(Exception):
    """A failure that a user is told in one sentence, never as a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in an input file. `line` and `column` count from 1; 0 means the whole file."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class InvalidInput(CyderError):
    """Input files are wrong. Carries every problem found, sorted by place."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], *, hint: str = "") -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)), hint=hint)


class HostNotReady(CyderError):
    """This host lacks something (libvirt, memory, disk, rights)."""

    exit_code = 3


class ProvisioningFailed(CyderError):
    """Making a lab or an image failed; the evidence is kept where the message says."""

    exit_code = 4
