"""`load_scenario`: from a folder, or a name, to a frozen bundle; or every mistake at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from range.errors import InvalidInput, Problem
from range.load.document import read
from range.load.parts import Parts
from range.load.procedures import read_procedures, used_procedures
from range.load.references import references
from range.load.responder import responder_references
from range.load.roles import find_role
from range.load.shape import salvage
from range.load.source import find_folder, read_source, shown
from range.scenario.responder import Responder
from range.scenario.scenario import SECTIONS, Bundle, Scenario
from range.settings import Settings

_TEXT = {"ja": "-", "en": "-"}
# Stand-ins for what is wrong, so that the second pass can look at the rest.
_HEAD: dict[str, Any] = {
    "cyder": 1,
    "name": "unknown",
    "title": _TEXT,
    "organization": "none",
    "level": "-",
    "duration": 172_800,
    "summary": _TEXT,
    "briefing": _TEXT,
    "objectives": {"unknown": {"phase": "observe", "title": _TEXT}},
    "checks": {"unknown": {"title": _TEXT, "objective": "unknown", "rubric": _TEXT}},
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


def load_scenario(name: Path | str, settings: Settings) -> Loaded:
    """Load a scenario's folder (or scenario.yaml, or name); InvalidInput carries all mistakes."""
    folder = find_folder(name, settings)
    problems: list[Problem] = []
    source = read_source(folder, problems)
    scenario: Scenario | None = None
    if source.readable:
        scenario = salvage(
            Scenario, source.data, source.problem, problems, sections=SECTIONS, head=_HEAD
        )
    used = used_procedures(source.data)
    own = folder / "procedures"
    shared = settings.playbooks / "procedures"
    procedures, documents = read_procedures(own, shared, used, problems)
    if scenario is None:
        raise InvalidInput(problems)
    roles = (folder / "roles", settings.playbooks / "roles")
    used_roles = dict.fromkeys(use.role for node in scenario.nodes.values() for use in node.roles)
    role_folders = {role: found for role in used_roles if (found := find_role(role, roles))}
    parts = Parts(
        scenario=scenario,
        source=source,
        procedures=procedures,
        documents=documents,
        known_procedures=_names((own, shared), "*.yaml"),
        role_folders=role_folders,
        known_roles=_names(roles, "*"),
        known_images=_names((settings.recipes,), "*"),
    )
    problems += references(parts)
    if problems:
        raise InvalidInput(problems)
    bundle = Bundle(scenario=scenario, procedures={name: procedures[name] for name in sorted(used)})
    digest = hashlib.sha256(bundle.model_dump_json(by_alias=True).encode()).hexdigest()
    return Loaded(bundle, folder, role_folders, digest)


def _names(folders: tuple[Path, ...], pattern: str) -> tuple[str, ...]:
    found = {path.stem for folder in folders if folder.is_dir() for path in folder.glob(pattern)}
    return tuple(sorted(found))


def load_responder(path: Path, bundle: Bundle) -> Responder:
    """Load a responder file such as `solution.yaml`; InvalidInput carries all mistakes."""
    problems: list[Problem] = []
    document = read(path, shown(path), problems, inside=(path.parent,))
    if document.data is None:
        if not problems:
            problems.append(document.problem((), "empty; write a responder's steps"))
        raise InvalidInput(problems)
    responder = None
    if isinstance(document.data, dict):
        responder = salvage(
            Responder,
            document.data,
            document.problem,
            problems,
            sections=("steps",),
            head={"responder": "unknown", "title": _TEXT, "steps": {}},
        )
    else:
        problems.append(document.problem((), "must be a mapping (key: value)"))
    if responder is not None:
        problems += responder_references(responder, bundle, document)
    if problems or responder is None:
        raise InvalidInput(problems)
    return responder
