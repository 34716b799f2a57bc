"""Limits that libvirt does not set: the number of a guest's processes.

On a host with cgroup v1, libvirt makes a group per guest for memory, cpu and others, but not for
pids; there the guest gets a group below `pids/cyder`. On a unified host the limit is written into
the guest's own group.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from range.errors import ProvisioningFailed

ROOT = Path("/sys/fs/cgroup")
_V1_PIDS = ROOT / "pids"


def limit_processes(name: str, init: int, maximum: int) -> None:
    """Hold the guest called `name`, which has just started, to `maximum` processes."""
    if not (_V1_PIDS / "cgroup.procs").exists():
        _guest_group_v2(init).joinpath("pids.max").write_text(str(maximum))
        return
    group = _V1_PIDS / "cyder" / name
    group.mkdir(parents=True, exist_ok=True)
    (group / "pids.max").write_text(str(maximum))
    moved: set[int] = set()
    # Children of those that are inside are born inside, so this ends soon.
    while strays := [pid for pid in _with_children(init) if pid not in moved]:
        for pid in strays:
            moved.add(pid)
            with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
                (group / "cgroup.procs").write_text(str(pid))


def _with_children(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    found, position = [pid], 0
    while position < len(found):
        tasks = Path(f"/proc/{found[position]}/task")
        with contextlib.suppress(OSError):
            for children in tasks.glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
        position += 1
    return found


def forget(name: str) -> None:
    """Remove the guest's group; nothing there is fine."""
    group = _V1_PIDS / "cyder" / name
    try:
        group.rmdir()
    except FileNotFoundError:
        return
    except OSError as error:
        raise ProvisioningFailed(f"the group {group} still has processes") from error


def _guest_group_v2(init: int) -> Path:
    """Return the guest's outermost group on a unified host: the first with libvirt's name."""
    path = Path(f"/proc/{init}/cgroup").read_text().strip().split(":", 2)[2]
    group = ROOT
    for part in path.strip("/").split("/"):
        group = group / part
        if "lxc" in part:
            return group
    raise ProvisioningFailed(f"no group of libvirt's in {path!r}")
