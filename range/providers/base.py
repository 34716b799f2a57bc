"""What a provider of labs must do. Fakes and real ones pass the same contract tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from range.guest.base import Guest
from range.plan.model import LabPlan, Plan
from range.providers.snapshots import Snapshot

NodeState = Literal["absent", "made", "booting", "running", "degraded", "failed"]


@dataclass(frozen=True)
class Progress:
    """One node moved on. `detail` says why when it failed."""

    team: str
    node: str
    state: NodeState
    detail: str = ""


Report = Callable[[Progress], None]


class Provider(Protocol):
    """Makes plans real. Every verb is idempotent and converges after an interruption."""

    name: str

    def up(self, plan: Plan, report: Report) -> None:
        """Make all labs of a plan and wait until each guest is fully up; ProvisioningFailed."""

    def down(self, deployment: str) -> int:
        """Remove every trace of a deployment, also of one half made; returns guests removed."""

    def status(self, plan: Plan) -> Iterable[Progress]:
        """Say how each node is."""

    def reset(self, lab: LabPlan, node: str) -> None:
        """Return a node to its baked state."""

    def snapshot(self, lab: LabPlan, node: str, name: str) -> None:
        """Keep a node as it is at one moment, under a name that it has not used; CyderError."""

    def revert(self, lab: LabPlan, node: str, name: str) -> None:
        """Return a node to a snapshot of its own; NoSuchSnapshot lists what there is."""

    def snapshots(self, lab: LabPlan) -> tuple[Snapshot, ...]:
        """List what is kept of a lab, oldest first. `down` removes it all."""

    def watch(self, plan: Plan, report: Report) -> AbstractContextManager[object]:
        """While the context is open, start guests again that reboot themselves."""

    def guest(self, lab: LabPlan, node: str) -> Guest:
        """Return the control path into a running node; GuestUnreachable."""

    def network_namespace(self, lab: LabPlan, place: str) -> str:
        """Return the namespace of a node, of a network's probe point, or of `access`."""
