"""What the loader says about a folder; the small scenario that tests copy and break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from range.errors import InvalidInput
from range.load.folder import load_folder
from range.settings import Settings

SMALL = Path(__file__).parents[1] / "scenarios" / "small"

Mistakes = Callable[..., list[str]]


def lines(folder: Path) -> list[str]:
    """`file:line:column: message` of each mistake, files relative to the scenario's folder."""
    try:
        load_folder(folder, Settings(home=folder.parent / "home"))
    except InvalidInput as error:
        return [str(problem).removeprefix("small/") for problem in error.problems]
    return []
