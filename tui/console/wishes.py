"""What an instructor wants: all that makes an exercise, and the one way of making it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from range.errors import InvalidInput, Problem
from range.events.folder import ExerciseFolder
from range.exercise.create import Options
from range.exercise.names import display_names
from range.exercise.prepare import prepare
from range.exercise.spawn import spawn
from range.load.scenario import Loaded
from range.plan.make import MAX_LABS, team_names
from range.scenario.model import Language
from range.settings import Settings

# What can be chosen: key of its word -> speed. Rehearsals jump.
PACES: Mapping[str, float | str] = {
    "pace-real": 1.0, "pace-2": 2.0, "pace-4": 4.0, "pace-10": 10.0, "pace-jump": "jump",
}  # fmt: skip
RESPONDERS = ("people", "idle", "solution")
_SEED = re.compile(r"([0-9a-f]{2}){1,64}")


@dataclass
class Wishes:
    """The form's state. `names` are typed by people, one for each team; "" for its id."""

    loaded: Loaded
    teams: int = 2
    names: list[str] = field(default_factory=list)
    language: Language = "ja"
    pace: str = "pace-real"
    responder: str = "people"
    provider: str = "lxc"
    seed: str = ""
    users: bool = True
    preflight: bool = True

    def options(self) -> Options:
        """How the exercise is run. It waits for its start, and for instructors in its course."""
        return Options(
            provider=self.provider,
            speed=PACES[self.pace],
            language=self.language,
            users=self.users,
            preflight=self.preflight,
        )

    def given_names(self) -> dict[str, str]:
        """Names that differ from ids, by team."""
        pairs = zip(team_names(self.teams), self.names, strict=False)
        return {team: name.strip() for team, name in pairs if name.strip()}

    def shown_names(self) -> dict[str, str]:
        """What each team will be called; InvalidInput."""
        return display_names(team_names(self.teams), self.given_names())

    def check(self) -> None:
        """Raise InvalidInput with everything that cannot be."""
        problems = []
        if not 1 <= self.teams <= MAX_LABS:
            problems.append(Problem("--teams", 0, 0, f"give 1 to {MAX_LABS} teams"))
        extra = [name for name in self.names[self.teams :] if name.strip()]
        if extra:
            problems.append(
                Problem("--name", 0, 0, f"{self.teams + len(extra)} names for {self.teams} teams")
            )
        if self.seed and not _SEED.fullmatch(self.seed):
            problems.append(
                Problem("--seed", 0, 0, "write pairs of the digits 0-9 and a-f, or nothing")
            )
        if problems:
            raise InvalidInput(problems)
        self.shown_names()

    def make(self, settings: Settings) -> tuple[ExerciseFolder, subprocess.Popen[bytes]]:
        """Make the exercise and start its engine, as `cyder run` does. Blocking; CyderError."""
        chosen = () if self.responder == "people" else (self.responder,)
        exercise = prepare(
            settings, str(self.loaded.folder), self.teams, chosen, self.options(),
            seed=self.seed, names=self.given_names(),
        )  # fmt: skip
        return exercise, spawn(exercise, settings)

    def command(self, settings: Settings) -> list[str]:
        """The command line that does the same."""
        folder = self.loaded.folder
        shipped = folder.parent == settings.scenarios
        words = ["cyder", "run", folder.name if shipped else str(folder), "--teams",
                 str(self.teams)]  # fmt: skip
        for team, name in self.given_names().items():
            words += ["--name", f"{team}={name}"]
        options = self.options()
        if options.speed != 1.0:
            words += ["--speed", str(options.speed).removesuffix(".0")]
        if self.responder != "people":
            words += ["--responder", self.responder]
        if self.provider != "lxc":
            words += ["--provider", self.provider]
        if self.language != "ja":
            words += ["--language", self.language]
        if self.seed:
            words += ["--seed", self.seed]
        words += [] if self.users else ["--no-users"]
        return words if self.preflight else [*words, "--no-preflight"]
