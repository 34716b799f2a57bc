"""Limits that libvirt does not set: the number of a guest's processes.

On a host with cgroup v1, libvirt makes a group per guest for memory, cpu and others, but not for
pids; there the guest gets a group below `pids/cyder`. On a unified host the limit is written into
the guest's own group.
"""

from __future__ import annotations

from pathlib import Path

from range.errors import ProvisioningFailed

ROOT = Path("/sys/fs/cgroup")
_V1_PIDS = ROOT / "pids"
_ROUNDS = 50  # of moving processes, while the guest may be making new ones


def limit_processes(name: str, init: int, members: tuple[int, ...], maximum: int) -> None:
    """Hold the guest called `name` to `maximum` processes; `members` are those it has now."""
    if not (_V1_PIDS / "cgroup.procs").exists():
        _guest_group_v2(init).joinpath("pids.max").write_text(str(maximum))
        return
    group = _V1_PIDS / "cyder" / name
    group.mkdir(parents=True, exist_ok=True)
    (group / "pids.max").write_text(str(maximum))
    _move(group, (init, *members))


def adopt(name: str, members: tuple[int, ...]) -> bool:
    """Move processes that were born outside the guest's group into it; True when some were."""
    group = _V1_PIDS / "cyder" / name
    if not group.exists():
        return False
    inside = {int(pid) for pid in (group / "cgroup.procs").read_text().split()}
    strays = tuple(pid for pid in members if pid not in inside)
    _move(group, strays)
    return bool(strays)


def _move(group: Path, members: tuple[int, ...]) -> None:
    for pid in members:
        try:
            (group / "cgroup.procs").write_text(str(pid))
        except ProcessLookupError:
            continue  # it ended meanwhile


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
