"""A scenario's whole folder: the scenario, and every responder beside it."""

from __future__ import annotations

from pathlib import Path

from range.errors import InvalidInput
from range.load.expected import read_expected
from range.load.responder import read_responder
from range.load.scenario import Loaded, examine
from range.settings import Settings


def responder_files(folder: Path) -> tuple[Path, ...]:
    """`solution.yaml` and every `wrong-*.yaml`."""
    solution = folder / "solution.yaml"
    wrong = sorted(folder.glob("wrong-*.yaml"))
    return ((solution,) if solution.exists() else ()) + tuple(wrong)


def load_folder(name: Path | str, settings: Settings) -> Loaded:
    """Load a scenario and check its responders; InvalidInput carries the mistakes of all files."""
    examined = examine(name, settings)
    problems = list(examined.problems)
    if examined.scenario is not None:
        responders = responder_files(examined.folder)
        for path in responders:
            read_responder(path, examined.scenario, examined.data, problems, examined.unreadable)
        checks = examined.data.get("checks")
        known = checks if isinstance(checks, dict) else None
        read_expected(examined.folder, responders, known, problems)
    if problems or examined.loaded is None:
        raise InvalidInput(problems)
    return examined.loaded
