"""What the second pass looks at: as much of a scenario as could be understood, and every name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from range.errors import Problem
from range.load.document import Document
from range.load.wording import short, suggest
from range.scenario.inject import Procedure
from range.scenario.model import FactRef, SecretRef
from range.scenario.scenario import Scenario
from range.scenario.topology import expand

Path_ = Sequence[str | int]
MAX_TOLD = 500
_NOUNS = {"people": "person"}


class Placed(Protocol):
    """Raw data by section, and the places of its parts."""

    @property
    def data(self) -> Mapping[str, Any]:
        """Sections as they were written."""

    @property
    def unreadable(self) -> frozenset[str]:
        """Sections of which nothing is known: what refers to them may be right."""

    def problem(self, path: Path_, message: str, *, key: bool = False) -> Problem:
        """A mistake at the value (or key) at `path`."""


@dataclass(frozen=True)
class Parts:
    """`known_*` also name what is there but broken: it is not missing, so nobody is told so."""

    scenario: Scenario
    source: Placed
    procedures: dict[str, Procedure]
    documents: dict[str, Document]  # of the procedures
    known_procedures: tuple[str, ...]
    role_folders: dict[str, Path]
    known_roles: tuple[str, ...]
    known_images: tuple[str, ...]


class Names:
    """Looks names up and collects what is wrong. What is broken has a known name all the same."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.scenario = parts.scenario
        self.problems: list[Problem] = []
        self._of: dict[str, dict[str, None]] = {}
        self.node_names = {
            name: base
            for base, node in parts.scenario.nodes.items()
            for name in expand(base, node.count)
        }
        self._broken_nodes = tuple(self.known("nodes").keys() - parts.scenario.nodes.keys())

    def tell(self, path: Path_, message: str, *, key: bool = False) -> None:
        """Add a mistake at the value (or key) at `path`; of very many only some are told."""
        if len(self.problems) > MAX_TOLD:
            return
        if len(self.problems) == MAX_TOLD:
            message = "and more mistakes; mend the others first"
        self.problems.append(self.parts.source.problem(path, message, key=key))

    def known(self, section: str) -> dict[str, None]:
        """Names in a section, in its order."""
        if section not in self._of:
            entries = self.parts.source.data.get(section)
            self._of[section] = dict.fromkeys(entries) if isinstance(entries, Mapping) else {}
        return self._of[section]

    def unreadable(self, section: str) -> bool:
        """True when nothing is known of a section, so that any name may be right."""
        source = self.parts.source
        broken = section in source.data and not isinstance(source.data[section], Mapping)
        return broken or section in source.unreadable

    def need(self, section: str, name: str, path: Path_) -> bool:
        """Tell if a section lacks `name`; return whether it is there."""
        known = self.known(section)
        if name in known or self.unreadable(section):
            return True
        if len(self.problems) > MAX_TOLD:
            return False  # looking for what was meant takes time
        noun = _NOUNS.get(section, section.removesuffix("s"))
        self.tell(path, f"no {noun} {short(name)}; {suggest(name, known)}")
        return False

    def is_node(self, name: str) -> bool:
        """True for a node (of a count: pc-1), also for one that may be part of something broken."""
        if name in self.node_names or self.unreadable("nodes"):
            return True
        return any(
            name == base or name.removeprefix(f"{base}-").isdigit() for base in self._broken_nodes
        )

    def need_node(self, name: str, path: Path_) -> bool:
        """Tell if there is no such node, or if the name stands for several."""
        if self.is_node(name):
            return True
        node = self.scenario.nodes.get(name)
        if len(self.problems) > MAX_TOLD:
            return False
        if node is not None:
            copies = expand(name, node.count)
            self.tell(path, f"'{name}' stands for {node.count} nodes; name one, like '{copies[0]}'")
        else:
            self.tell(path, f"no node {short(name)}; {suggest(name, self.node_names)}")
        return False

    def need_place(self, name: str, path: Path_) -> bool:
        """Tell if `name` is neither a network nor a node."""
        if name in self.known("networks") or self.unreadable("networks"):
            return True
        if self.is_node(name):
            return True
        if name in self.scenario.nodes:
            return self.need_node(name, path)
        if len(self.problems) > MAX_TOLD:
            return False
        known = [*self.known("networks"), *self.node_names]
        self.tell(path, f"no network or node {short(name)}; {suggest(name, known)}")
        return False

    def value(self, value: object, path: Path_) -> None:
        """Look up the secret or fact that a value stands for."""
        if isinstance(value, SecretRef):
            self.need("secrets", value.secret, [*path, "secret"])
        elif isinstance(value, FactRef):
            self._fact(value, path)

    def _fact(self, fact: FactRef, path: Path_) -> None:
        if not self.need("injects", fact.inject, [*path, "inject"]):
            return
        inject = self.scenario.injects.get(fact.inject)
        if inject is None:
            return
        if inject.use is None:
            self.tell(
                [*path, "inject"], f"inject '{fact.inject}' is a message and records no facts"
            )
            return
        procedure = self.parts.procedures.get(inject.use.procedure)
        if procedure is None:
            return
        recorded = [name for step in procedure.steps for name in step.facts]
        if fact.fact not in recorded:
            self.tell(
                [*path, "fact"],
                f"procedure '{procedure.procedure}' of inject '{fact.inject}' records no fact "
                f"{short(fact.fact)}; {suggest(fact.fact, recorded, 'it records')}",
            )
