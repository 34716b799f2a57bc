"""Second pass: references, addresses, time order and reach."""

from __future__ import annotations

from range.errors import Problem
from range.load.judging import judging
from range.load.parts import Names, Parts
from range.load.reach import reach
from range.load.story import story
from range.load.topology import topology


def references(parts: Parts) -> list[Problem]:
    """Every mistake of the second pass."""
    names = Names(parts)
    topology(names)
    story(names)
    judging(names)
    reach(names)
    return names.problems
