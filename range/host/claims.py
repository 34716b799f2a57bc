"""Numbers that are the host's, not a state folder's: who has which.

A slot names devices, uids and ports, so two state folders must never give out the same one. A claim
is a small file outside all state folders. It names its mark, a file inside one of them, and holds
as long as that mark says the same number: whoever removes the mark, in whichever way, gives the
number back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Claims:
    """The claims of one kind. Use `claims` to have them for oneself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def held(self) -> dict[int, Path]:
        """Number -> mark, of all claims that hold."""
        found = {}
        for entry in self._folder.iterdir():
            if entry.name.isdigit():
                mark = Path(os.fsdecode(entry.read_bytes()))
                if _says(mark, int(entry.name)):
                    found[int(entry.name)] = mark
        return found

    def take(self, number: int, mark: Path) -> None:
        """Claim a number and write its mark, an absolute path.

        The caller has seen that nobody else has the number.
        """
        _write(self._folder / str(number), os.fsencode(mark))
        _write(mark, str(number).encode())


@contextmanager
def claims(folder: Path) -> Iterator[Claims]:
    """Have the claims in `folder` for oneself; others wait."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Claims(folder)
    finally:
        os.close(descriptor)


def _says(mark: Path, number: int) -> bool:
    try:
        return mark.read_text() == str(number)
    except (OSError, ValueError):
        return False


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)
