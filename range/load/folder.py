"""A scenario's whole folder: the scenario, and every responder beside it."""

from __future__ import annotations

from pathlib import Path

from range.errors import InvalidInput, Problem
from range.load.scenario import Loaded, load_responder, load_scenario
from range.settings import Settings


def responder_files(folder: Path) -> tuple[Path, ...]:
    """`solution.yaml` and every `wrong-*.yaml`."""
    solution = folder / "solution.yaml"
    wrong = sorted(folder.glob("wrong-*.yaml"))
    return ((solution,) if solution.exists() else ()) + tuple(wrong)


def load_folder(name: Path | str, settings: Settings) -> Loaded:
    """Load a scenario and check its responders; InvalidInput carries the mistakes of all files."""
    loaded = load_scenario(name, settings)
    problems: list[Problem] = []
    for path in responder_files(loaded.folder):
        try:
            load_responder(path, loaded.bundle)
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)
    return loaded
