"""Second pass: references, addresses, time order and reach."""

from __future__ import annotations

from range.errors import Problem
from range.load.parts import Parts


def references(parts: Parts) -> list[Problem]:
    """Every mistake of the second pass."""
    problems: list[Problem] = []
    return problems
