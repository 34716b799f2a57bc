"""A file of the node, read from outside."""

from __future__ import annotations

from typing import Any

from range.checks.view import LabView
from range.scenario.probe import FileProbe
from range.text import clean

CONTENT = 65_536  # bytes; the start of the file


def file(probe: FileProbe, view: LabView) -> dict[str, Any]:
    """Look at a path. `owner` is the uid as the guest sees it; `mode` is octal text."""
    claim = view.guest(probe.node).read(probe.path, limit=CONTENT)
    if claim.type == "absent":
        return {"exists": False}
    seen: dict[str, Any] = {
        "exists": True,
        "type": claim.type,
        "size": claim.size,
        "owner": claim.uid,
        "mode": f"{claim.mode:04o}",
    }
    if claim.type == "file":
        seen["content"] = clean(claim.content, CONTENT)
        seen["sha256"] = claim.sha256
    return seen
