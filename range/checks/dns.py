"""A DNS query."""

from __future__ import annotations

from typing import Any

from range.checks.outside import from_outside
from range.checks.view import LabView
from range.scenario.probe import DnsProbe


def dns(probe: DnsProbe, view: LabView) -> dict[str, Any]:
    """Ask."""
    name = probe.name.replace("{nonce}", view.nonce)
    args = {"server": probe.server, "name": name, "type": probe.type}
    return from_outside("dns", args, probe.from_, probe.timeout, view, {})
