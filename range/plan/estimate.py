"""What a plan will take, before anything is made. Rough, from measured figures, never too rosy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from range.plan.model import NodePlan, Plan

MIB = 2**20
# Seen: 23 MiB for each of the city's guests an hour after the start, and 9 for what runs it.
_GUEST_MEMORY = 20 * MIB
_ROLE_MEMORY = 10 * MIB
_LAB_MEMORY = 64 * MIB  # the way in, the places that probes start from
_GUEST_DISK = 8 * MIB
_LAYER_DISK = 160 * MIB
_SYSTEM_DISK = 700 * MIB
KEPT_FREE = 512 * MIB  # of memory and of disk, for everything else on the host
_GUEST_CPU = 0.4  # seconds of one processor until it is fully up
_ROLE_CPU = 0.35
_LAYER_SECONDS = 45.0
_BAKES_AT_ONCE = 2
_SYSTEM_SECONDS = 60.0


@dataclass(frozen=True)
class Estimate:
    """Memory and disk in bytes, times in seconds; `bakes` and `systems` are still to be made."""

    guests: int
    memory: int
    disk: int
    bakes: int
    systems: int
    bake_seconds: float
    boot_seconds: float


def estimate(plan: Plan, *, present: Collection[str], cpus: int) -> Estimate:
    """Estimate a plan; `present` are ids of systems and layers that need not be made."""
    nodes = [node for lab in plan.labs for node in lab.nodes]
    bakes = sum(layer.id not in present for layer in plan.layers)
    systems = len({node.system for node in nodes} - set(present))
    cpu = sum(_GUEST_CPU + _ROLE_CPU * len(node.stack) for node in nodes)
    return Estimate(
        guests=len(nodes),
        memory=sum(map(_memory, nodes)) + len(plan.labs) * _LAB_MEMORY,
        disk=len(nodes) * _GUEST_DISK + bakes * _LAYER_DISK + systems * _SYSTEM_DISK,
        bakes=bakes,
        systems=systems,
        bake_seconds=systems * _SYSTEM_SECONDS + bakes * _LAYER_SECONDS / _BAKES_AT_ONCE,
        boot_seconds=cpu / max(cpus, 1),
    )


def _memory(node: NodePlan) -> int:
    return min(node.memory, _GUEST_MEMORY + _ROLE_MEMORY * len(node.stack))


def lacks(wanted: Estimate, *, memory_available: int, disk_free: int) -> tuple[str, ...]:
    """What the host has too little of, in sentences; empty when the plan fits."""
    found = []
    for what, need, have in (
        ("memory", wanted.memory, memory_available),
        ("disk", wanted.disk, disk_free),
    ):
        if need + KEPT_FREE > have:
            found.append(
                f"{wanted.guests} guests need about {_size(need + KEPT_FREE)} of {what}; "
                f"{_size(have)} is free"
            )
    return tuple(found)


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
