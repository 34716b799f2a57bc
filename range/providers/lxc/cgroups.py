"""Limits that libvirt does not set or does not keep: first of all the number of processes.

On a host with cgroup v1, libvirt makes a group per guest for memory, cpu and others, but not for
pids; there the guest gets a group below `pids/cyder`. On a unified host the limit is written into
the guest's own group.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from range.errors import ProvisioningFailed

ROOT = Path("/sys/fs/cgroup")
_V1_PIDS = ROOT / "pids"
_V2 = ROOT / "unified" if (ROOT / "unified" / "cgroup.procs").exists() else ROOT
_DELEGATED = ("cgroup.procs", "cgroup.threads", "cgroup.subtree_control")


def limit(name: str, init: int, processes: int) -> None:
    """Hold the guest called `name`, which has just started, to its limits; ProvisioningFailed."""
    group = guest_group(init)
    _keep_from_guest(group)
    if not (_V1_PIDS / "cgroup.procs").exists():
        try:
            _enable_pids(group)
            (group / "pids.max").write_text(str(processes))
        except OSError as error:
            raise ProvisioningFailed(
                f"processes of {name} cannot be limited: {error}",
                hint="`cyder doctor` looks at the host's control groups.",
            ) from error
        return
    group = _V1_PIDS / "cyder" / name
    group.mkdir(parents=True, exist_ok=True)
    (group / "pids.max").write_text(str(processes))
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


def guest_group(init: int) -> Path:
    """Return the guest's outermost group of version 2: the first with libvirt's name."""
    lines = Path(f"/proc/{init}/cgroup").read_text().splitlines()
    path = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), "")
    group = _V2
    for part in path.strip("/").split("/"):
        group = group / part
        if "lxc" in part:
            return group
    raise ProvisioningFailed(
        f"libvirt has made no control group for a guest (it is in {path!r})",
        hint="`cyder doctor` looks at the host's control groups.",
    )


def _keep_from_guest(group: Path) -> None:
    """Leave the guest what it needs to make groups of its own; libvirt gives it its limits, too."""
    for file in group.iterdir():
        if file.is_file() and file.name not in _DELEGATED:
            os.chown(file, 0, 0)


def _enable_pids(group: Path) -> None:
    missing = [parent for parent in group.parents if parent == _V2 or _V2 in parent.parents]
    for parent in reversed(missing):
        enabled = (parent / "cgroup.subtree_control").read_text().split()
        if "pids" not in enabled:
            (parent / "cgroup.subtree_control").write_text("+pids")
