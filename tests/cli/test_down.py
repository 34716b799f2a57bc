"""Taking labs down that an exercise still uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from range.cli.down import command
from range.errors import CyderError
from range.events.log import Log
from range.exercise.create import Options
from range.exercise.prepare import prepare
from range.providers import deployments
from range.settings import Settings

REHEARSAL = Path(__file__).parent.parent / "exercise" / "rehearsal"


def test_labs_of_a_running_exercise_are_not_taken_from_under_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYDER_HOME", str(tmp_path))
    here = Settings(home=tmp_path)
    exercise = prepare(here, str(REHEARSAL), 1, [], Options(provider="memory"))
    with Log.open(exercise.log):  # as its engine has
        done = CliRunner().invoke(command, [exercise.id])
    assert isinstance(done.exception, CyderError)
    assert "running exercise" in done.exception.message
    assert deployments.names(here) == [exercise.id]
