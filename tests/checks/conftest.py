"""Two hollow labs to look at and to break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hollow import HollowLabs, hollow_pair

from range.network.agent.agent import Agents


@pytest.fixture(scope="session")
def labs(plan_two_segments: Callable[..., Any]) -> Iterator[HollowLabs]:
    """Two labs without guests."""
    with hollow_pair(plan_two_segments, "checks") as made:
        yield made


@pytest.fixture(scope="session")
def agents() -> Iterator[Agents]:
    """The process that probes start from."""
    with Agents() as made:
        yield made
