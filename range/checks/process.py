"""Processes of the node, seen from the host: a guest cannot hide them by a changed `ps`."""

from __future__ import annotations

import re
from typing import Any

from range.checks.view import LabView
from range.scenario.probe import ProcessProbe
from range.text import line

_SHOWN = 20
_COMMAND = 2000  # characters


def process(probe: ProcessProbe, view: LabView) -> dict[str, Any]:
    """Count processes whose command line matches."""
    pattern = re.compile(probe.matches)
    commands = [
        line(" ".join(known.command), _COMMAND) for known in view.guest(probe.node).processes()
    ]
    found = [command for command in commands if pattern.search(command)]
    return {"count": len(found), "commands": found[:_SHOWN]}
