"""Where things are: the one place that reads the environment. See design section 11."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Folders of one installation. `home` is the state folder, `project` the checkout.

    `host` is what all state folders of a host share, and therefore no environment can move it.
    """

    home: Path = Path("/var/lib/cyder")
    project: Path = PROJECT
    host: Path = Path("/var/lib/cyder-host")

    @property
    def images(self) -> Path:
        """Base systems and baked layers."""
        return self.home / "images"

    def system(self, id_: str) -> Path:
        """Root folder of a base system."""
        return self.images / "systems" / id_ / "root"

    def layer(self, id_: str) -> Path:
        """Root folder of a baked layer: an overlay upper directory, owned by host uids from 0."""
        return self.images / "layers" / id_ / "root"

    @property
    def labs(self) -> Path:
        """One folder per deployment: upper directories, seeds, state."""
        return self.home / "labs"

    @property
    def exercises(self) -> Path:
        """One folder per exercise: frozen scenario, log, report."""
        return self.home / "exercises"

    @property
    def run(self) -> Path:
        """Sockets and locks; may be emptied at a reboot."""
        return self.home / "run"

    @property
    def scenarios(self) -> Path:
        """The scenarios that come with the project."""
        return self.project / "scenarios"

    @property
    def slots(self) -> Path:
        """Which deployment of which state folder has which slot of this host."""
        return self.host / "slots"

    @property
    def recipes(self) -> Path:
        """Recipes of base systems: a folder for each image that nodes can name."""
        return self.project / "range" / "images" / "systems"

    @property
    def playbooks(self) -> Path:
        """Roles and procedures that all scenarios share."""
        return self.project / "playbooks"


def settings() -> Settings:
    """Read `CYDER_HOME`; every other folder follows from it."""
    home = os.environ.get("CYDER_HOME")
    return Settings(home=Path(home).resolve()) if home else Settings()
