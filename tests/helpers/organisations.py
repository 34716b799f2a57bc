"""What the tests of roles and procedures share: the shipped scenarios' organisations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from range.scenario.model import Name
from range.scenario.topology import Node
from range.settings import PROJECT

ROLES = PROJECT / "playbooks" / "roles"
PROCEDURES = PROJECT / "playbooks" / "procedures"


@dataclass(frozen=True)
class Organisation:
    """The nodes of a shipped scenario and the names of its secrets."""

    name: str
    nodes: dict[str, Node]
    secrets: frozenset[str]


def organisations() -> list[Organisation]:
    """Read what every shipped scenario says about its nodes."""
    found = []
    for file in sorted((PROJECT / "scenarios").glob("*/scenario.yaml")):
        head = yaml.safe_load(file.read_text())
        beside = file.with_name("nodes.yaml")
        nodes = yaml.safe_load(beside.read_text()) if beside.exists() else head.get("nodes", {})
        secrets = frozenset(head.get("secrets", {}))
        read = TypeAdapter(dict[Name, Node]).validate_python(nodes)
        found.append(Organisation(file.parent.name, read, secrets))
    return found


def shell_variables(script: str) -> set[str]:
    """Return the upper-case variables that a shell script reads, comments aside."""
    code = re.sub(r"(?m)^\s*#.*$", "", script)
    return set(re.findall(r"\$\{?([A-Z][A-Z0-9_]*)", code))


def shell_assignments(script: str) -> set[str]:
    """Return the upper-case variables that a shell script sets itself."""
    return set(re.findall(r"\b([A-Z][A-Z0-9_]*)=", script))


def role_folders() -> list[Path]:
    """Return every shared role."""
    return sorted(path for path in ROLES.iterdir() if path.is_dir())


def procedure_files() -> list[Path]:
    """Return every shared procedure."""
    return sorted(PROCEDURES.glob("*.yaml"))
