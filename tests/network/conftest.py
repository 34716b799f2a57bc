from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from range.guest.base import Completed, Guest
from range.plan.model import LabPlan, Plan
from range.providers.lxc.provider import LxcProvider


@dataclass(frozen=True)
class Labs:
    """Two labs with the same addresses, running."""

    plan: Plan
    provider: LxcProvider

    def lab(self, number: int) -> LabPlan:
        return self.plan.labs[number]

    def guest(self, node: str, lab: int = 0) -> Guest:
        return self.provider.guest(self.plan.labs[lab], node)

    def sh(self, node: str, script: str, lab: int = 0) -> Completed:
        return self.guest(node, lab).run(["sh", "-c", script], timeout=20)

    def pings(self, node: str, address: object, lab: int = 0, options: str = "") -> bool:
        return self.sh(node, f"ping -c1 -W1 {options} {address}", lab).exit == 0


@pytest.fixture(scope="package")
def labs(host, plan_real) -> Iterator[Labs]:
    plan = plan_real("network")
    provider = LxcProvider(host)
    provider.up(plan, lambda told: None)
    yield Labs(plan, provider)
    provider.down(plan.deployment)
