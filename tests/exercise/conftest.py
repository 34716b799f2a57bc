"""Exercises of the rehearsal scenario on the provider without guests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from stage import Stage

from range.exercise.create import Options
from range.exercise.prepare import prepare
from range.settings import Settings

HERE = Path(__file__).parent


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def stage(settings: Settings, tmp_path: Path) -> Callable[..., Stage]:
    """Make an exercise of the rehearsal scenario; `edit` changes the text of its scenario.yaml."""

    def make(
        *responders: str,
        teams: int = 1,
        edit: Callable[[str], str] = str,
        seed: str = "5e" * 32,
        names: Mapping[str, str] | None = None,
        **chosen: Any,
    ) -> Stage:
        folder = tmp_path / "rehearsal"
        if not folder.exists():
            shutil.copytree(HERE / "rehearsal", folder)
            file = folder / "scenario.yaml"
            file.write_text(edit(file.read_text().replace("dwell: 1s", "dwell: 0s")))
        given = Options(
            **{"provider": "memory", "speed": "jump", "headless": True, "users": False, **chosen}
        )
        exercise = prepare(settings, str(folder), teams, responders, given, seed=seed, names=names)
        return Stage(settings, exercise)

    return make
