"""A container's files kept and brought back: its upper directory, copied while it stands still.

What a guest had in memory is not kept: brought back, it boots as after a power cut at that moment.
"""

from __future__ import annotations

from range.errors import ProvisioningFailed
from range.plan.model import LabPlan, NodePlan
from range.providers.lxc.container import find
from range.providers.lxc.freezer import held
from range.providers.lxc.nodes import spec_of
from range.providers.lxc.restoring import copied, intend
from range.providers.snapshots import Shelf, room_for_copy, size_of
from range.settings import Settings

_SPARE = 2 << 30  # bytes that stay free on the host


def keep(settings: Settings, lab: LabPlan, node: NodePlan, name: str) -> None:
    """Put a node as it is now on the lab's shelf; ProvisioningFailed, SnapshotRefused."""
    spec = spec_of(settings, lab, node)
    upper = spec.work / "upper"
    if not upper.is_dir():
        raise ProvisioningFailed(f"{node.name} of {lab.team} was not made")
    with Shelf(settings, lab).adding(node.name, name) as place:
        room_for_copy(upper, settings.labs, _SPARE)
        running = find(spec.name, spec.uid_base)
        if running is None:  # switched off: nobody writes
            copied(upper, place)
            return
        with held(running.init):
            copied(upper, place)


def intend_revert(settings: Settings, lab: LabPlan, node: NodePlan, name: str) -> None:
    """Write down which snapshot a node shall be: whoever boots it next makes it so."""
    contents = Shelf(settings, lab).contents(node.name, name)
    work = spec_of(settings, lab, node).work
    if not work.is_dir():
        raise ProvisioningFailed(f"{node.name} of {lab.team} was not made")
    # Its own files go first; what others of the lab have filled meanwhile is not there for it.
    room_for_copy(contents, work, -size_of(work / "upper"))
    intend(work, contents)
