"""`load_scenario`: from a folder, or a name, to a frozen bundle; or every mistake at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from range.errors import InvalidInput, Problem
from range.load.collector import uncollected
from range.load.parts import Parts
from range.load.procedures import read_procedures, used_procedures
from range.load.references import references
from range.load.roles import find_role
from range.load.shape import salvage
from range.load.source import find_folder, read_source
from range.scenario.scenario import SECTIONS, Bundle, Scenario
from range.settings import Settings

TEXT = {"ja": "-", "en": "-"}
# Stand-ins for what is wrong, so that the second pass can look at the rest.
_HEAD: dict[str, Any] = {
    "cyder": 1,
    "name": "unknown",
    "title": TEXT,
    "organization": "none",
    "level": "-",
    "duration": 172_800,
    "summary": TEXT,
    "briefing": TEXT,
    "objectives": {"unknown": {"phase": "observe", "title": TEXT}},
    "checks": {"unknown": {"title": TEXT, "objective": "unknown", "rubric": TEXT}},
}


@dataclass(frozen=True)
class Loaded:
    """A scenario without mistakes. `digest` changes when the meaning of its files does."""

    bundle: Bundle
    folder: Path
    role_folders: dict[str, Path]
    digest: str

    @property
    def scenario(self) -> Scenario:
        """The scenario itself."""
        return self.bundle.scenario


@dataclass(frozen=True)
class Examined:
    """A folder as far as it could be understood. `loaded` is None when there are problems."""

    folder: Path
    data: Mapping[str, Any]  # as written: also names what is broken
    unreadable: frozenset[str]
    scenario: Scenario | None
    loaded: Loaded | None
    problems: tuple[Problem, ...]


def load_scenario(name: Path | str, settings: Settings) -> Loaded:
    """Load a scenario's folder (or scenario.yaml, or name); InvalidInput carries all mistakes."""
    examined = examine(name, settings)
    if examined.loaded is None:
        raise InvalidInput(examined.problems)
    return examined.loaded


def examine(name: Path | str, settings: Settings) -> Examined:
    """Read a scenario and find every mistake; InvalidInput only when there is no such folder."""
    folder = find_folder(name, settings)
    with uncollected():
        return _examine(folder, settings)


def _examine(folder: Path, settings: Settings) -> Examined:
    problems: list[Problem] = []
    source = read_source(folder, problems)
    scenario: Scenario | None = None
    if source.readable:
        stand_ins = {name: _HEAD[name] for name in source.unreadable & _HEAD.keys()}
        data = source.data | stand_ins
        scenario = salvage(Scenario, data, source.problem, problems, sections=SECTIONS, head=_HEAD)
    used = used_procedures(source.data)
    own = folder / "procedures"
    shared = settings.playbooks / "procedures"
    procedures, documents = read_procedures(own, shared, used, problems)
    loaded = None
    if scenario is not None:
        folders = (folder / "roles", settings.playbooks / "roles")
        roles = {use.role: None for node in scenario.nodes.values() for use in node.roles}
        role_folders = {role: found for role in roles if (found := find_role(role, folders))}
        parts = Parts(
            scenario=scenario,
            source=source,
            procedures=procedures,
            documents=documents,
            known_procedures=_names((own, shared), "*.yaml"),
            role_folders=role_folders,
            known_roles=_names(folders, "*"),
            known_images=_names((settings.recipes,), "*"),
        )
        problems += references(parts)
        if not problems:
            kept = {name: procedures[name] for name in sorted(used)}
            loaded = _loaded(Bundle(scenario=scenario, procedures=kept), folder, role_folders)
    return Examined(folder, source.data, source.unreadable, scenario, loaded, tuple(problems))


def _loaded(bundle: Bundle, folder: Path, role_folders: dict[str, Path]) -> Loaded:
    digest = hashlib.sha256(bundle.model_dump_json(by_alias=True).encode()).hexdigest()
    return Loaded(bundle, folder, role_folders, digest)


def _names(folders: tuple[Path, ...], pattern: str) -> tuple[str, ...]:
    found = {path.stem for folder in folders if folder.is_dir() for path in folder.glob(pattern)}
    return tuple(sorted(found))
