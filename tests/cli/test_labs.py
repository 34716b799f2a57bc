"""The verbs for labs, as someone types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.guests

SMALL = Path(__file__).parent.parent / "scenarios" / "small"
NAME = f"test-cli-{os.getpid()}"


def cyder(*argv: str) -> subprocess.CompletedProcess[str]:
    main = "from range.cli.main import main; main()"
    return subprocess.run([sys.executable, "-c", main, *argv], capture_output=True, text=True)


@pytest.fixture(scope="module")
def up(host) -> Iterator[dict]:
    done = cyder("up", str(SMALL), "--teams", "2", "--name", NAME, "--json")
    assert done.returncode == 0, done.stderr
    yield json.loads(done.stdout)
    cyder("down", NAME)


def test_up_says_how_many_guests_it_made_and_in_what_time(up):
    assert (up["deployment"], up["guests"], up["teams"]) == (NAME, 6, ["team1", "team2"])
    assert up["seconds_per_guest"] == pytest.approx(up["seconds"] / 6, abs=0.001)


def test_up_again_finds_the_same_labs(up):
    done = cyder("up", str(SMALL), "--name", NAME)
    assert done.returncode == 0
    assert "6 guests up" in done.stdout


def test_up_with_other_teams_is_refused_with_what_to_do(up):
    done = cyder("up", str(SMALL), "--name", NAME, "--teams", "3")
    assert done.returncode == 1
    assert f"cyder down {NAME}" in done.stderr


def test_status_shows_every_node_and_how_it_is(up):
    told = json.loads(cyder("status", NAME, "--json").stdout)["deployments"][0]
    assert {node["state"] for node in told["nodes"]} == {"running"}
    assert len(told["nodes"]) == 6
    assert "6 of 6 nodes are running" in cyder("status", NAME).stdout


def test_shell_runs_a_command_as_root_of_the_node_and_passes_its_exit_code_on(up):
    done = cyder("shell", NAME, "team1", "web", "--", "sh", "-c", "hostname; id -u; exit 5")
    assert (done.returncode, done.stdout.split()) == (5, ["web", "0"])


def test_reset_gives_the_node_back_as_it_was_baked(up):
    cyder("shell", NAME, "team1", "web", "--", "touch", "/srv/mark")
    told = json.loads(cyder("reset", NAME, "team1", "web", "--json").stdout)
    assert (told["team"], told["node"]) == ("team1", "web")
    assert cyder("shell", NAME, "team1", "web", "--", "ls", "/srv/mark").returncode == 2


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["status", "no-such"], NAME),
        (["down", "no-such"], NAME),
        (["reset", NAME, "team9", "web"], "team1, team2"),
        (["shell", NAME, "team1", "no-such"], "web, desk, attacker"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(up, argv, told):
    done = cyder(*argv)
    assert done.returncode == 2
    assert told in done.stderr


def test_down_says_how_many_guests_it_removed():
    name = f"{NAME}-2"
    cyder("up", str(SMALL), "--name", name)
    told = json.loads(cyder("down", name, "--json").stdout)["removed"][0]
    assert (told["deployment"], told["guests"]) == (name, 3)
