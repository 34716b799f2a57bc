"""Whether this host can hold a plan, asked before anything is made."""

from __future__ import annotations

from dataclasses import dataclass

from range.errors import HostNotReady
from range.host.facts import HostFacts, host_facts
from range.images.store import exists
from range.plan.estimate import Estimate, estimate, lacks
from range.plan.model import Plan
from range.settings import Settings


@dataclass(frozen=True)
class Room:
    """A plan's needs beside what the host has. `missing` are ids of layers still to be baked."""

    wanted: Estimate
    host: HostFacts
    missing: tuple[str, ...]
    lacks: tuple[str, ...]

    def require(self) -> None:
        """Raise HostNotReady if something is too small."""
        if self.lacks:
            raise HostNotReady(
                f"this host is too small: {'; '.join(self.lacks)}",
                hint="Take fewer teams, or remove other labs (cyder status, cyder down).",
            )


def room_for(plan: Plan, settings: Settings) -> Room:
    """Measure the host and estimate the plan."""
    host = host_facts(settings.home)
    systems = {node.system for lab in plan.labs for node in lab.nodes}
    layers = [layer.id for layer in plan.layers]
    present = {id_ for id_ in systems if exists(settings, "system", id_)}
    missing = tuple(id_ for id_ in layers if not exists(settings, "layer", id_))
    wanted = estimate(plan, present=present | (set(layers) - set(missing)), cpus=host.cpus)
    short = lacks(wanted, memory_available=host.memory_available, disk_free=host.disk_free)
    return Room(wanted, host, missing, short)
