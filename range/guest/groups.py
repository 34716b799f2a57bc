"""The control groups of a guest, so that what the control path starts counts against its limits."""

from __future__ import annotations

from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


def groups_of(init: int) -> tuple[Path, ...]:
    """Return the `cgroup.procs` files of a process, in all hierarchies that this host has mounted.

    Raises FileNotFoundError or ProcessLookupError when there is no such process.
    """
    groups = []
    for line in Path(f"/proc/{init}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if path == "/" or ".." in path.split("/"):
            continue
        for hierarchy in _hierarchies(controllers):
            procs = ROOT / hierarchy / path.lstrip("/") / "cgroup.procs"
            if procs.exists():
                groups.append(procs)
                break
    return tuple(groups)


def _hierarchies(controllers: str) -> tuple[str, ...]:
    """Return where a hierarchy may be mounted below the root of them all."""
    if not controllers:  # version 2
        return ("unified", "")
    return (controllers.removeprefix("name="), *controllers.split(","))
