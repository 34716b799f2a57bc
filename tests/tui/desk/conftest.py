"""Fixtures of the desk's tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from desk_room import player
from stage import Stage


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., Awaitable[Stage]]:
    """Play a script in an exercise of two teams whose clock runs in real time."""
    return player(tmp_path)
