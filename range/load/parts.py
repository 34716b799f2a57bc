"""What the second pass looks at: as much of a scenario as could be understood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from range.load.source import Source
from range.scenario.inject import Procedure
from range.scenario.scenario import Scenario


@dataclass(frozen=True)
class Parts:
    """`known_*` also name what is there but broken: it is not missing, so nobody is told so."""

    scenario: Scenario
    source: Source
    procedures: dict[str, Procedure]
    known_procedures: tuple[str, ...]
    role_folders: dict[str, Path]
    known_roles: tuple[str, ...]
