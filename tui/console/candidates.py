"""The scenarios that one can choose from: read once each, with every mistake of broken ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from range.errors import CyderError
from range.load.scenario import Loaded, load_scenario
from range.scenario.scenario import Scenario
from range.settings import Settings


@dataclass(frozen=True)
class Candidate:
    """A scenario folder: loaded, or the error that says what is wrong with it."""

    folder: Path
    loaded: Loaded | None = None
    error: CyderError | None = None

    @property
    def scenario(self) -> Scenario | None:
        """The scenario, where it has no mistakes."""
        return self.loaded.scenario if self.loaded is not None else None

    def matches(self, wanted: str) -> bool:
        """True when every word of `wanted` occurs in what is known of it."""
        told = [self.folder.name]
        if self.scenario is not None:
            s = self.scenario
            told += [s.title.ja, s.title.en, s.summary.ja, s.summary.en, s.level, s.organization]
        text = " ".join(told).casefold()
        return all(word in text for word in wanted.casefold().split())


def candidate(folder: Path, settings: Settings) -> Candidate:
    """Load one folder; what is wrong with it becomes part of the answer."""
    try:
        return Candidate(folder, load_scenario(folder, settings))
    except CyderError as error:
        return Candidate(folder, error=error)


def candidates(settings: Settings, more: tuple[Path, ...] = ()) -> Iterator[Candidate]:
    """Yield the shipped scenarios by name, then the folders of `more`."""
    shipped = sorted(path.parent for path in settings.scenarios.glob("*/scenario.yaml"))
    for folder in dict.fromkeys((*shipped, *more)):
        yield candidate(folder, settings)
