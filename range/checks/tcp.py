"""A TCP connection."""

from __future__ import annotations

from typing import Any

from range.checks.outside import from_outside
from range.checks.view import LabView
from range.scenario.probe import TcpProbe


def tcp(probe: TcpProbe, view: LabView) -> dict[str, Any]:
    """Connect."""
    args = {"host": probe.host, "port": probe.port}
    nothing = {"connected": False, "banner": ""}
    return from_outside("tcp", args, probe.from_, probe.timeout, view, nothing)
