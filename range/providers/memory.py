"""A provider without guests: nodes are folders. For unit tests and for rehearsing timelines.

It keeps the same promises as the real ones, also across a kill of the process that uses it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from range.errors import ProvisioningFailed
from range.guest.base import Guest, GuestUnreachable
from range.plan.model import LabPlan, Plan
from range.providers.base import Progress, Report
from range.providers.memory_guest import MemoryGuest
from range.providers.snapshots import Shelf, Snapshot
from range.settings import Settings


class MemoryProvider:
    """Keeps each node as a folder under the deployment's own."""

    name = "memory"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._labs = settings.labs

    def up(self, plan: Plan, report: Report) -> None:
        """Make the folder of every node; at once, and again without harm."""
        for lab in plan.labs:
            for node in lab.nodes:
                try:
                    self.folder(lab, node.name).mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise ProvisioningFailed(f"{node.domain}: {error}") from error
                report(Progress(lab.team, node.name, "running"))

    def down(self, deployment: str) -> int:
        """Remove the folders; returns how many nodes there were."""
        root = self._root(deployment)
        nodes = sum(1 for _ in root.glob("*/*")) if root.is_dir() else 0
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(self._labs / deployment / "snapshots", ignore_errors=True)
        return nodes

    def status(self, plan: Plan) -> Iterable[Progress]:
        """Say which nodes exist."""
        for lab in plan.labs:
            for node in lab.nodes:
                there = self.folder(lab, node.name).is_dir()
                yield Progress(lab.team, node.name, "running" if there else "absent")

    def reset(self, lab: LabPlan, node: str) -> None:
        """Empty a node's folder."""
        folder = self.folder(lab, node)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def snapshot(self, lab: LabPlan, node: str, name: str) -> None:
        """Copy a node's folder."""
        folder = self.folder(lab, node)
        if not folder.is_dir():
            raise ProvisioningFailed(f"{node} of {lab.team} was not made")
        with Shelf(self._settings, lab).adding(node, name) as place:
            shutil.copytree(folder, place, symlinks=True)

    def revert(self, lab: LabPlan, node: str, name: str) -> None:
        """Put a copy back, whole or not at all."""
        kept = Shelf(self._settings, lab).contents(node, name)
        folder = self.folder(lab, node)
        aside, old = folder.with_name(f".{node}.new"), folder.with_name(f".{node}.old")
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(kept, aside, symlinks=True)
        if folder.is_dir():  # else one before this was interrupted here
            shutil.rmtree(old, ignore_errors=True)
            folder.rename(old)
        aside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)

    def snapshots(self, lab: LabPlan) -> tuple[Snapshot, ...]:
        """List the copies, oldest first."""
        return Shelf(self._settings, lab).listed()

    def watch(self, plan: Plan, report: Report) -> AbstractContextManager[object]:
        """Nothing here ever reboots."""
        return nullcontext()

    def guest(self, lab: LabPlan, node: str) -> Guest:
        """Return the node's folder as a guest; GuestUnreachable when it was not made."""
        folder = self.folder(lab, node)
        if not folder.is_dir():
            raise GuestUnreachable(f"{lab.team} {node} does not run")
        return MemoryGuest(node, folder, {other.name: self.folder(lab, other.name)
                                          for other in lab.nodes})  # fmt: skip

    def network_namespace(self, lab: LabPlan, place: str) -> str:
        """Return a name; there is nothing behind it that could be entered."""
        return f"/memory/{lab.deployment}/{lab.team}/{place}"

    def folder(self, lab: LabPlan, node: str) -> Path:
        """Folder of one node."""
        return self._root(lab.deployment) / lab.team / node

    def _root(self, deployment: str) -> Path:
        return self._labs / deployment / "memory"


def journal(settings: Settings, deployment: str) -> Iterator[tuple[str, str, str]]:
    """Yield (team, node, receipt) for each script that really ran, node by node."""
    root = settings.labs / deployment / "memory"
    for file in sorted(root.glob("*/*/.journal")):
        for line in file.read_text().splitlines():
            yield file.parent.parent.name, file.parent.name, line
