"""A file share, used as staff do."""

from __future__ import annotations

from typing import Any

from range.checks.outside import from_outside
from range.checks.view import LabView
from range.scenario.probe import SmbProbe


def smb(probe: SmbProbe, view: LabView) -> dict[str, Any]:
    """Log on; write and read the nonce, or read a file."""
    args = {
        "host": probe.host,
        "share": probe.share,
        "user": view.text(probe.user),
        "password": view.text(probe.password),
        "path": probe.path,
        "nonce": view.nonce,
    }
    nothing = {"wrote": False, "read": False}
    return from_outside("smb", args, probe.from_, probe.timeout, view, nothing)
