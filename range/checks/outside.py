"""Asking an agent: what all probes from outside have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from range.checks.view import LabView
from range.network.agent.agent import AgentLate


def from_outside(
    op: str, args: Mapping[str, Any], place: str, timeout: int, view: LabView,
    nothing: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return what an agent at `place` saw. What it had no time for is `nothing`, and a time-out."""
    try:
        return view.agent(place).ask(op, {"resolver": view.resolver(place), **args}, timeout)
    except AgentLate:
        return {**nothing, "error": "timeout", "ms": timeout * 1000}
