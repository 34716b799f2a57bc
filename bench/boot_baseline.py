"""What the root file systems of a plan need to boot, with as little around them as there can be.

Each guest is the same stack of layers with the same files of its own, booted in namespaces by
unshare: no libvirt, bridges, limits or guard. Its legs are veth pairs that end in nothing, so
that services find their addresses. As many boot at a time as the provider boots.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from range.plan.model import LabPlan, NodePlan, Plan
from range.providers.lxc.clone import own_files, write_files
from range.providers.lxc.container import RunningContainer, prepare, wait_until_up
from range.providers.lxc.domain import ContainerSpec
from range.providers.lxc.mounts import mount_overlay, unmount, user_namespace
from range.providers.lxc.nodes import spec_of
from range.settings import Settings

SETUP = Path(__file__).with_name("boot_bare.sh")
GROUPS = next(
    path
    for path in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))
    if (path / "cgroup.procs").exists()
)

SHARE = Path("/sys/fs/cgroup/cpu/bare")


@dataclass
class Bare:
    """A guest that was booted bare."""

    spec: ContainerSpec
    group: Path
    process: subprocess.Popen[bytes]
    init: int = 0


def boot_bare(settings: Settings, plan: Plan, at_once: int) -> float:
    """Boot every guest of a plan, `at_once` at a time, and end them; seconds until all are up."""
    everything = [(lab, node) for lab in plan.labs for node in lab.nodes]
    bare: list[Bare] = []
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(lambda place: _boot(settings, *place, bare.append), everything))
        return time.monotonic() - began
    finally:
        _end(bare)


def _boot(
    settings: Settings, lab: LabPlan, node: NodePlan, started: Callable[[Bare], None]
) -> None:
    spec = spec_of(settings, lab, node)
    upper = prepare(spec)
    write_files(upper, spec.lowers, spec.uid_base, own_files(lab, node))
    root = mount_overlay(spec.lowers, spec.work, spec.uid_base)
    group = GROUPS / f"bare-{node.domain}"
    group.mkdir()
    for name in ("", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"):
        os.chown(group / name, spec.uid_base, spec.uid_base)
    groups = [str(group / "cgroup.procs"), *_share()]
    with user_namespace(spec.uid_base) as namespace:
        process = subprocess.Popen(
            ["sh", "-c", 'while [ "$1" ]; do echo $$ >"$1"; shift; done; shift; exec "$@"', "bare",
             *groups, "",
             "nsenter", f"--user=/proc/{os.getpid()}/fd/{namespace}", "-S", "0", "-G", "0", "--",
             "unshare", "--pid", "--fork", "--kill-child=SIGKILL", "--mount", "--uts", "--ipc",
             "--net", "--cgroup", "--", "sh", str(SETUP), str(root)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        bare = Bare(spec, group, process)
        started(bare)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(_legs(spec).encode())
        process.stdin.close()
        process.stdout.readline()  # the namespaces are entered, the init is about to start
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    bare.init = int(children[0])
    unmount(root)
    wait_until_up(RunningContainer(spec.name, process.pid, bare.init, spec.uid_base))


def _share() -> list[str]:
    """Return the group that has the share of the processors that libvirt gives to its guests."""
    if not (SHARE.parent / "cgroup.procs").exists():
        return []
    SHARE.mkdir(exist_ok=True)
    return [str(SHARE / "cgroup.procs")]


def _legs(spec: ContainerSpec) -> str:
    lines = ["link set lo up"]
    for number, leg in enumerate(spec.legs):
        lines.append(f"link add {leg.name} address {leg.mac} type veth peer name end{number}")
        lines += [f"link set {leg.name} up", f"link set end{number} up"]
        lines.append(f"addr add {leg.address}/{leg.prefix} dev {leg.name}")
    lines += [f"route add {route.to} via {route.via}" for route in spec.routes]
    return "\n".join(lines) + "\n"


def _end(bare: list[Bare]) -> None:
    ends = [os.pidfd_open(guest.init) for guest in bare if guest.init]
    for guest in bare:
        guest.process.kill()  # its init is killed with it
    for end in ends:
        select.select([end], [], [], 30)  # an init ends after all others of its namespace
        os.close(end)
    for guest in bare:
        guest.process.wait(30)
        unmount(guest.spec.work / "root")
        shutil.rmtree(guest.spec.work)
        for folder, _, _ in os.walk(guest.group, topdown=False):
            Path(folder).rmdir()
    if SHARE.exists():
        SHARE.rmdir()
