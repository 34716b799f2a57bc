"""A scenario's files put together: one mapping, in which each part remembers its file and place."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from range.errors import InvalidInput, Problem
from range.load.document import Document, read
from range.scenario.scenario import SECTIONS
from range.settings import Settings

Path_ = tuple[str | int, ...]


class Source:
    """`data` is the whole mapping; `unreadable` are sections of which nothing is known."""

    def __init__(
        self, head: Document, sections: dict[str, Document], unreadable: frozenset[str]
    ) -> None:
        self._head = head
        self._sections = sections
        self.unreadable = unreadable
        self.data: dict[str, Any] = dict(head.data) if isinstance(head.data, dict) else {}
        self.readable = isinstance(head.data, dict)
        for name, document in sections.items():
            self.data[name] = {} if document.data is None else document.data
            if name in unreadable:
                self.data.pop(name)

    def problem(self, path: Sequence[str | int], message: str, *, key: bool = False) -> Problem:
        """A mistake at the value (or key) at `path`."""
        section = self._sections.get(path[0]) if path and isinstance(path[0], str) else None
        if section is not None:
            return section.problem(path[1:], message, key=key)
        return self._head.problem(path, message, key=key)


def shown(path: Path) -> str:
    """A path as a user would type it: relative where it is below the current folder."""
    absolute = path.absolute()
    here = Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(path)


def find_folder(name: Path | str, settings: Settings) -> Path:
    """Return the folder of a scenario given as a folder, its scenario.yaml, or a name."""
    path = Path(name)
    if path.name == "scenario.yaml" and path.is_file():
        return path.parent
    if (path / "scenario.yaml").is_file():
        return path
    if len(path.parts) == 1 and (settings.scenarios / path / "scenario.yaml").is_file():
        return settings.scenarios / path
    if path.is_dir():
        raise InvalidInput([Problem(shown(path), 0, 0, "no scenario.yaml in this folder; add it")])
    names = sorted(file.parent.name for file in settings.scenarios.glob("*/scenario.yaml"))
    close = get_close_matches(str(name), names, 1)
    known = f"did you mean '{close[0]}'?" if close else f"known: {', '.join(names) or 'none'}"
    raise InvalidInput([Problem(str(name), 0, 0, f"no such scenario or folder; {known}")])


def read_source(folder: Path, problems: list[Problem]) -> Source:
    """Read scenario.yaml and the sections that stand in files of their own."""
    head_file = shown(folder / "scenario.yaml")
    head = read(folder / "scenario.yaml", head_file, problems, inside=(folder,))
    if head.data is None and not problems:
        problems.append(Problem(head_file, 1, 1, "empty; write a scenario, from 'cyder: 1' on"))
    elif head.data is not None and not isinstance(head.data, dict):
        problems.append(head.problem((), "must be a mapping (key: value)"))
    sections: dict[str, Document] = {}
    unreadable: set[str] = set()
    for name in SECTIONS:
        path = folder / f"{name}.yaml"
        if not (path.exists() or path.is_symlink()):
            continue
        if isinstance(head.data, dict) and name in head.data:
            message = f"'{name}' is also given in {name}.yaml; keep one of them"
            problems.append(head.problem((name,), message, key=True))
        before = len(problems)
        sections[name] = read(path, shown(path), problems, inside=(folder,))
        if sections[name].data is None and len(problems) > before:
            unreadable.add(name)
    return Source(head, sections, frozenset(unreadable))
