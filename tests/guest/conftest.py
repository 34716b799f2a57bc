from __future__ import annotations

from collections.abc import Iterator

import pytest

from range.guest.container import ContainerGuest
from range.providers.lxc.provider import LxcProvider


@pytest.fixture(scope="module")
def guest(host, plan_real) -> Iterator[ContainerGuest]:
    """A staff machine of a lab of its own."""
    plan = plan_real("guest", teams=("team1",))
    provider = LxcProvider(host)
    provider.up(plan, lambda told: None)
    yield provider.guest(plan.labs[0], "pc-1")
    provider.down(plan.deployment)
