"""What is done to nodes by hand is not done behind the back of an engine, which logs it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from range.errors import CyderError
from range.events.log import Log
from range.exercise.create import Options
from range.exercise.prepare import prepare
from range.settings import Settings

REHEARSAL = Path(__file__).parent.parent / "exercise" / "rehearsal"


@pytest.mark.parametrize("verb", ["reset", "snapshot", "revert"])
def test_nodes_of_a_running_exercise_are_its_engines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setenv("CYDER_HOME", str(tmp_path))
    exercise = prepare(Settings(home=tmp_path), str(REHEARSAL), 1, [], Options(provider="memory"))
    command = importlib.import_module(f"range.cli.{verb}").command
    with Log.open(exercise.log):  # as its engine has
        done = CliRunner().invoke(command, [exercise.id, "team1", "pc"])
    assert isinstance(done.exception, CyderError)
    assert f"cyder ctl {exercise.id} {verb} team1 pc" in done.exception.hint
