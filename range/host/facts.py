"""What this machine has to give: measured, never configured."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class HostFacts:
    """Memory and disk in bytes; `cpus` that this process may use."""

    memory_total: int
    memory_available: int
    disk_free: int
    cpus: int


def host_facts(home: Path) -> HostFacts:
    """Measure; `home` is the state folder, whose file system holds images and labs."""
    memory = {}
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, _, rest = line.partition(":")
        memory[name] = int(rest.split()[0]) * 1024
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    return HostFacts(
        memory_total=memory["MemTotal"],
        memory_available=memory["MemAvailable"],
        disk_free=shutil.disk_usage(existing).free,
        cpus=len(os.sched_getaffinity(0)),
    )
