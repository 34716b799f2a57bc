"""Lines of a log of the node, read from outside."""

from __future__ import annotations

import re
from typing import Any

from range.checks.view import LabView
from range.scenario.probe import LogProbe
from range.text import clean

READ = 4_194_304  # bytes of each file: its end
_LINE = 2000  # characters of a line that are looked at
_SHOWN = 20


def log(probe: LogProbe, view: LabView) -> dict[str, Any]:
    """Count the lines that match, in the log and in what was rotated away last."""
    guest = view.guest(probe.node)
    found: list[str] = []
    count, there = 0, False
    pattern = re.compile(probe.matches)
    for path in (f"{probe.path}.1", probe.path):
        claim = guest.read(path, limit=READ, tail=True)
        there = there or claim.type == "file"
        for raw in claim.content.splitlines():
            line = clean(raw, _LINE)
            if pattern.search(line):
                count += 1
                found.append(line)
        del found[:-_SHOWN]
    return {"count": count, "lines": found} | ({} if there else {"error": "absent"})
