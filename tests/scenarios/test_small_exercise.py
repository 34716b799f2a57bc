"""The smallest whole exercise on real guests: solved and idle, side by side."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.load.expected import read_expected
from range.settings import Settings

SMALL = Path(__file__).parent / "small"


@pytest.mark.guests
@pytest.mark.slow
def test_the_solution_solves_it_the_idle_team_earns_nothing_and_nothing_is_left(
    host: Settings, debian: str
) -> None:
    result = subprocess.run(
        [
            sys.executable, "-c", "from range.cli.main import main; main()",
            "run", str(SMALL), "--teams", "2", "--headless", "--speed", "jump", "--json",
            "--responder", "team1=solution", "--responder", "team2=idle",
        ],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-2000:]
    graded = json.loads(result.stdout)
    scores = {team["team"]: team["score"] for team in graded["teams"]}
    expected = read_expected(SMALL, [SMALL / "solution.yaml"], {}, [])
    assert expected["solution"].score is not None
    assert expected["idle"].score is not None
    assert scores["team1"] >= (expected["solution"].score.at_least or 0)
    assert scores["team2"] <= (expected["idle"].score.at_most or 0)

    folder = ExerciseFolder(host.exercises / graded["exercise"])
    with Log.open(folder.log, read_only=True) as log:
        ended = {
            (event.team, event.data["inject"]): event.data
            for event in log.read()
            if event.kind == "inject.ended"
        }
    assert ended["team1", "A01"]["outcome"] == ended["team2", "A01"]["outcome"] == "succeeded"
    assert ended["team1", "A02"]["outcome"] == "prevented"
    assert ended["team1", "A02"]["blocked_by"]
    assert int(ended["team1", "A01"]["facts"]["bytes"]) > 30

    domains = subprocess.run(
        ["virsh", "-c", "lxc:///system", "list", "--name"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert graded["exercise"] not in domains.stdout
