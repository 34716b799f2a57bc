"""What a host must have, what would help, and how each lack is mended."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from range.errors import CyderError
from range.host.facts import host_facts
from range.host.kvm import probe_kvm
from range.host.leftovers import leftovers
from range.host.libvirtd import ensure_libvirt, libvirt_answers
from range.host.limits import LIMITS, raise_limits
from range.settings import Settings

# `lack` stops labs from being made; `note` is something to know.
State = Literal["ok", "lack", "note"]
_GIB = 2**30
_LOOPS = Path("/dev/loop-control")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `mend` tells a person, `fix` (where there is one) does it."""

    name: str
    state: State
    detail: str
    mend: str = ""
    fix: Callable[[], object] | None = None


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, in the order in which lacks are best mended."""
    yield _rights()
    yield _packages()
    yield _libvirt(settings)
    yield _cgroups()
    yield _limits()
    yield _memory(settings)
    yield _disk(settings)
    yield _loops()
    yield _kvm(settings)
    yield _leftovers(settings)


def _rights() -> Finding:
    if os.geteuid() == 0:
        return Finding("rights", "ok", "root")
    return Finding("rights", "lack", "not root", "Labs need root: sudo ./cyder doctor")


def _packages() -> Finding:
    names = [
        line.strip()
        for line in (Path(__file__).parent / "packages.txt").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    if shutil.which("dpkg-query") is None:
        return Finding("packages", "note", "not a Debian: have these or their like: "
                       + " ".join(names))  # fmt: skip
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    present = {line.split()[0] for line in query.stdout.splitlines() if line.endswith(" installed")}
    missing = [name for name in names if name not in present]
    if not missing:
        return Finding("packages", "ok", f"{len(names)} present")
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    return Finding("packages", "lack", f"missing: {' '.join(missing)}", " ".join(install),
                   lambda: subprocess.run(install, check=True, capture_output=True))  # fmt: skip


def _libvirt(settings: Settings) -> Finding:
    def start() -> None:
        ensure_libvirt(settings)

    try:
        if libvirt_answers():
            return Finding("libvirt", "ok", "the LXC driver answers")
        detail = "the LXC driver does not answer"
    except ImportError as error:
        detail = f"its Python binding does not load: {error}"
    return Finding("libvirt", "lack", detail, "sudo ./cyder doctor --fix starts it", start)


def _cgroups() -> Finding:
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists():
        controllers = (root / "cgroup.controllers").read_text().split()
        layout = "version 2"
    else:
        controllers = [entry.name for entry in root.iterdir()] if root.is_dir() else []
        layout = "hybrid"
    missing = [name for name in ("cpu", "memory", "pids") if name not in controllers]
    if not missing:
        return Finding("cgroups", "ok", layout)
    return Finding(
        "cgroups",
        "lack",
        f"{layout}, without {', '.join(missing)}: a guest could exhaust the host",
        "Enable these controllers on the kernel's command line.",
    )


def _limits() -> Finding:
    low = [limit for limit in LIMITS if not limit.holds]
    if not low:
        return Finding("limits", "ok", "inotify, keys, bridges")
    detail = "; ".join(f"{limit.name} is {limit.current}: {limit.why}" for limit in low)
    mend = " ".join(f"{limit.name}={limit.wanted}" for limit in low)
    return Finding("limits", "lack", detail, f"sysctl {mend}", raise_limits)


def _memory(settings: Settings) -> Finding:
    free = host_facts(settings.home).memory_available / _GIB
    if free < 4:
        return Finding("memory", "lack", f"{free:.1f} GiB available; two teams need about 4",
                       "End what uses it, or take a larger machine.")  # fmt: skip
    return Finding("memory", "ok", f"{free:.1f} GiB available")


def _disk(settings: Settings) -> Finding:
    free = host_facts(settings.home).disk_free / _GIB
    if free < 8:
        detail = f"{free:.1f} GiB free for {settings.home}; images and labs need 8"
        return Finding("disk", "lack", detail, "Run `cyder image prune`, or set CYDER_HOME.")
    return Finding("disk", "ok", f"{free:.1f} GiB free for {settings.home}")


def _loops() -> Finding:
    if _LOOPS.exists():
        return Finding("loops", "ok", "each lab has a disk of its own")
    detail = "no loop devices: a guest that fills its disk fills this host's"
    return Finding("loops", "note", detail, "modprobe loop; in a container, hand /dev/loop* in.")


def _kvm(settings: Settings) -> Finding:
    if os.geteuid() != 0:
        return Finding("kvm", "note", "not probed: needs root")
    probe = probe_kvm(settings.home / "kvm.json")
    if probe.works:
        return Finding("kvm", "ok", probe.detail)
    return Finding("kvm", "note", f"not usable, virtual machines are emulated: {probe.detail}")


def _leftovers(settings: Settings) -> Finding:
    try:
        found = leftovers(settings)
    except ImportError:
        found = []
    if not found:
        return Finding("leftovers", "ok", "none")

    def remove() -> None:
        for leftover in found:
            leftover.remove()

    names = ", ".join(f"{leftover.kind} {leftover.name}" for leftover in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return Finding("leftovers", "note", names + more, "sudo ./cyder doctor --fix", remove)


def mend(finding: Finding) -> Finding:
    """Do what mends it; the finding returned says how that went."""
    if finding.fix is None:
        return finding
    try:
        finding.fix()
    except (CyderError, OSError, subprocess.CalledProcessError) as error:
        return Finding(finding.name, finding.state, f"could not be mended: {error}", finding.mend)
    return Finding(finding.name, "ok", f"mended; was: {finding.detail}")
