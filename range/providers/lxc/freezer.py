"""Holding a guest still: none of its processes runs, those of the control path in it neither."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from range.errors import ProvisioningFailed
from range.providers.lxc.cgroups import ROOT, guest_group

_WITHIN = 10.0  # seconds until every process stands still
# Lets the guest go on when its standard input closes: also when who held it was killed.
_GUARD = 'cat >/dev/null; echo "$2" >"$1"'


@dataclass(frozen=True)
class _Freezer:
    """The file that holds a guest, what is written to it, and how it says that all stand still."""

    file: Path
    hold: str
    release: str
    state: Path
    still: str

    def is_still(self) -> bool:
        return self.still in self.state.read_text()


@contextmanager
def held(init: int) -> Iterator[None]:
    """Hold a guest while the block runs, and not one moment longer; ProvisioningFailed.

    Kill -9 of this process lets it go as well.
    """
    freezer = _freezer_of(init)
    argv = ["sh", "-c", _GUARD, "cyder-thaw", str(freezer.file), freezer.release]
    guard = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _hold(freezer)
        yield
    finally:
        assert guard.stdin is not None
        guard.stdin.close()
        guard.wait()


def let_go(init: int) -> None:
    """Let a guest go on that somebody left held; one that runs, or is gone, is fine."""
    with contextlib.suppress(OSError, ProvisioningFailed):
        freezer = _freezer_of(init)
        if freezer.file.read_text().strip() != freezer.release:  # held, or about to be
            freezer.file.write_text(freezer.release)


def _hold(freezer: _Freezer) -> None:
    try:
        freezer.file.write_text(freezer.hold)
        _wait(freezer)
    except OSError as error:
        raise ProvisioningFailed(f"the guest cannot be held: {error}") from error


def _wait(freezer: _Freezer) -> None:
    deadline, pause = time.monotonic() + _WITHIN, threading.Event()
    while not freezer.is_still():  # a process in a call to the kernel stops when that ends
        if time.monotonic() > deadline:
            raise ProvisioningFailed(f"the guest does not stand still within {_WITHIN:g} s")
        pause.wait(0.005)


def _freezer_of(init: int) -> _Freezer:
    """Return the guest's freezer: of version 1 where the host has it, else of version 2."""
    for line in Path(f"/proc/{init}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        group = ROOT / "freezer" / path.strip("/")
        if controllers == "freezer" and "lxc" in path and group.is_dir():
            file = group / "freezer.state"
            return _Freezer(file, "FROZEN", "THAWED", file, "FROZEN")
    group = guest_group(init)
    return _Freezer(group / "cgroup.freeze", "1", "0", group / "cgroup.events", "frozen 1")
