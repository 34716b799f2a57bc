"""The folder of one exercise: frozen scenario, log, results. All names of its files stand here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from range.errors import CyderError
from range.events.log import Log
from range.scenario.responder import Responder
from range.scenario.scenario import Bundle
from range.settings import Settings


@dataclass(frozen=True)
class ExerciseFolder:
    """`exercises/<id>/`. The scenario in it is a copy that later edits do not reach."""

    path: Path

    @property
    def id(self) -> str:
        """Id of the exercise; ids sort by time."""
        return self.path.name

    @property
    def scenario(self) -> Path:
        """The frozen scenario folder, with procedures and responders."""
        return self.path / "scenario"

    @property
    def log(self) -> Path:
        """The log."""
        return self.path / "log.sqlite"

    @property
    def result(self) -> Path:
        """JSON result as it was when the exercise ended."""
        return self.path / "result.json"

    @property
    def report(self) -> Path:
        """Folder of the debrief."""
        return self.path / "report"

    @property
    def projections(self) -> Path:
        """Folds that were kept; may be deleted at any time."""
        return self.path / "projections"

    def save_bundle(self, bundle: Bundle) -> None:
        """Write down what the exercise is graded by, durably."""
        write_durably(self.path / "bundle.json", bundle.model_dump_json(by_alias=True, indent=1))

    def bundle(self) -> Bundle:
        """Read what the exercise is graded by; CyderError when it is missing or damaged."""
        try:
            return Bundle.model_validate_json((self.path / "bundle.json").read_bytes())
        except OSError as error:
            raise CyderError(f"{self.path / 'bundle.json'}: {error.strerror}") from error
        except ValidationError as error:
            raise CyderError(
                f"{self.path / 'bundle.json'} is damaged: {error.error_count()} mistakes",
                hint="Grade by the scenario's folder: cyder regrade EXERCISE --scenario FOLDER",
            ) from error

    def responder(self, team: str) -> Responder | None:
        """Return what stood in for a team in a rehearsal; None where people did, or unreadable."""
        try:
            text = (self.path / "responders" / f"{team}.json").read_bytes()
            return Responder.model_validate_json(text)
        except (OSError, ValidationError):
            return None

    def read(self) -> Log:
        """Open the log to read; CyderError when there is none."""
        return Log.open(self.log, read_only=True)


def exercises(settings: Settings) -> Iterator[ExerciseFolder]:
    """Every exercise that has a log, oldest first."""
    if settings.exercises.is_dir():
        for path in sorted(settings.exercises.iterdir()):
            if (path / "log.sqlite").is_file():
                yield ExerciseFolder(path)


def find(settings: Settings, name: str) -> ExerciseFolder:
    """Return the exercise called `name`: its id, the path of its folder, or `last`.

    CyderError lists the newest ids when there is no such exercise.
    """
    known = list(exercises(settings))
    if name == "last" and known:
        return known[-1]
    for folder in known:
        if folder.id == name:
            return folder
    if "/" in name and (Path(name) / "log.sqlite").is_file():
        return ExerciseFolder(Path(name).resolve())
    newest = ", ".join(folder.id for folder in known[-5:])
    raise CyderError(
        f"there is no exercise {name}",
        hint=f"The newest are {newest}." if newest else "No exercise has been run here yet.",
    )


def write_durably(path: Path, text: str) -> None:
    """Replace a file by `text`: readers see the old or the new one, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
