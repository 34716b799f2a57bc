"""A team's view in the middle of an exercise, as the engine's desk tells it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from desk_lines import TableLine

_FILE = Path(__file__).with_name("desk_sample.json")


def view() -> dict[str, Any]:
    """Op -> result, and `nodes`."""
    known: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return known


NODES: tuple[str, ...] = tuple(view()["nodes"])


def sample(**changed: Any) -> TableLine:
    """A line to that view; `changed` replaces answers by op."""
    return TableLine({**view(), **changed})
