"""A guest as the control path sees it. What it answers is an untrusted claim: always bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from range.errors import CyderError


class GuestUnreachable(CyderError):
    """The guest does not run, or did not answer in time. An ERROR of the checker, never a FAIL."""


@dataclass(frozen=True)
class Completed:
    """How a program in a guest ended. Output is cut at the limit, then `truncated` is True."""

    exit: int
    stdout: bytes
    stderr: bytes
    truncated: bool = False


@dataclass(frozen=True)
class FileClaim:
    """What lies at a path of the guest, read without following links out of its root."""

    type: str  # file, directory, link, other, absent
    size: int = 0
    mode: int = 0  # permission bits
    uid: int = 0  # as the guest sees it
    gid: int = 0
    mtime: float = 0
    content: bytes = b""  # at most `limit` bytes: the last ones if `tail`, else the first
    sha256: str = ""  # of the whole file if it is not larger than 64 MiB


@dataclass(frozen=True)
class Process:
    """A process of the guest, seen from the host."""

    pid: int  # on the host
    command: tuple[str, ...]


class Guest(Protocol):
    """The control path into one running guest. Blocking; every call ends by its timeout."""

    @property
    def node(self) -> str:
        """The node's name."""

    @property
    def network_namespace(self) -> str:
        """A path that setns accepts: probes `from` this node start there."""

    def run(
        self,
        argv: Sequence[str],
        *,
        user: str = "root",
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        timeout: float = 30,
        limit: int = 65_536,
    ) -> Completed:
        """Run a program; raises GuestUnreachable when it cannot be started or exceeds `timeout`."""

    def read(self, path: str, *, limit: int = 65_536, tail: bool = False) -> FileClaim:
        """Look at a path from outside, not by the guest's programs."""

    def write(self, path: str, content: bytes, *, mode: int = 0o644, uid: int = 0) -> None:
        """Put a file into the guest, parents included."""

    def processes(self) -> tuple[Process, ...]:
        """List the guest's processes from the host."""
