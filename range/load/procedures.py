"""Procedures that a scenario uses: its own, and those that all scenarios share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from range.errors import Problem
from range.load.document import Document, read
from range.load.shape import validate
from range.load.source import shown
from range.scenario.inject import Procedure

_NAME = re.compile(r"[a-z0-9-]{1,24}")


def used_procedures(data: dict[str, Any]) -> set[str]:
    """Names of procedures that a scenario's data mentions, right or wrong."""
    uses: list[Any] = []
    for section, keys in (("injects", ("attack", "event")), ("users", ("",))):
        entries = data.get(section)
        for entry in entries.values() if isinstance(entries, dict) else ():
            if isinstance(entry, dict):
                uses += [entry if key == "" else entry.get(key) for key in keys]
    names = [use.get("procedure") for use in uses if isinstance(use, dict)]
    return {name for name in names if isinstance(name, str) and _NAME.fullmatch(name)}


def read_procedures(
    own: Path, shared: Path, used: set[str], problems: list[Problem]
) -> tuple[dict[str, Procedure], dict[str, Document]]:
    """Read all of the scenario's own, and those of the shared ones that it uses."""
    paths = {path.stem: path for path in sorted(own.glob("*.yaml"))} if own.is_dir() else {}
    for name in sorted(used - paths.keys()):
        if (path := shared / f"{name}.yaml").is_file():
            paths[name] = path
    documents: dict[str, Document] = {}
    procedures: dict[str, Procedure] = {}
    for name, path in paths.items():
        document = read(path, shown(path), problems, inside=(own.parent, shared))
        documents[name] = document
        procedure = _procedure(document, name, problems)
        if procedure is not None:
            procedures[name] = procedure
    return procedures, documents


def _procedure(document: Document, name: str, problems: list[Problem]) -> Procedure | None:
    if document.data is None:
        if not any(problem.file == document.file for problem in problems):
            problems.append(document.problem((), "empty; write a procedure, or remove the file"))
        return None
    procedure = validate(Procedure, document.data, document.problem, problems)
    if procedure is not None and procedure.procedure != name:
        message = f"the file is called {name}.yaml; write procedure: {name}, or rename the file"
        problems.append(document.problem(("procedure",), message))
        return None
    return procedure
