"""What a plan takes, and hosts that are too small."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from range.cli.main import main
from range.errors import HostNotReady
from range.host.facts import HostFacts
from range.images.room import Room
from range.load.scenario import load_scenario
from range.plan.estimate import estimate, lacks
from range.plan.make import make_plan, team_names
from range.plan.model import Plan
from range.settings import Settings

SMALL = Path(__file__).parents[1] / "scenarios" / "small"
BUNDLE = load_scenario(SMALL, Settings()).bundle
MIB = 2**20


def planned(teams: int) -> Plan:
    return make_plan(
        BUNDLE,
        role_digests={"small_web": "aa"},
        systems={"debian-12": "sys"},
        deployment="test",
        slot=0,
        teams=team_names(teams),
        seed="00" * 32,
        first_port=2201,
    )


def test_twice_the_teams_need_twice_the_memory_but_no_further_bakes() -> None:
    one, two = (estimate(planned(teams), present=(), cpus=2) for teams in (1, 2))
    assert (two.guests, two.memory) == (2 * one.guests, 2 * one.memory)
    assert (two.bakes, two.systems) == (one.bakes, one.systems) == (1, 1)


def test_what_is_baked_already_takes_neither_disk_nor_time() -> None:
    plan = planned(1)
    fresh = estimate(plan, present=(), cpus=2)
    again = estimate(plan, present={"sys", plan.layers[0].id}, cpus=2)
    assert (again.bakes, again.systems, again.bake_seconds) == (0, 0, 0)
    assert again.disk < fresh.disk
    assert again.boot_seconds == fresh.boot_seconds


def test_a_guest_is_never_thought_to_use_more_than_its_limit() -> None:
    roles = tuple(replace(planned(1).layers[0], id=str(number)) for number in range(40))
    plan = planned(1)
    nodes = tuple(replace(node, stack=roles) for node in plan.labs[0].nodes)
    full = replace(plan, labs=(replace(plan.labs[0], nodes=nodes),))
    assert estimate(full, present=(), cpus=1).memory == (3 * 128 + 64) * MIB


def test_a_host_that_is_too_small_says_what_it_lacks() -> None:
    wanted = estimate(planned(50), present=(), cpus=2)
    assert lacks(wanted, memory_available=2**40, disk_free=2**40) == ()
    short = lacks(wanted, memory_available=1024 * MIB, disk_free=2**40)
    assert short == ("150 guests need about 7.0 GiB of memory; 1.0 GiB is free",)
    facts = HostFacts(1024 * MIB, 1024 * MIB, 2**40, 2)
    with pytest.raises(HostNotReady, match="this host is too small: 150 guests need") as caught:
        Room(wanted, facts, (), short).require()
    assert caught.value.exit_code == 3


def _plan(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from range.cli.main import main; main()", "plan", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_prints_the_plan_as_json() -> None:
    result = _plan(str(SMALL), "--teams", "2", "--json")
    shown = json.loads(result.stdout)
    assert result.returncode == (0 if shown["fits"] else 3)
    assert shown["teams"] == ["team1", "team2"]
    assert shown["guests"] == 6
    assert [n["name"] for n in shown["nodes"]] == ["web", "desk", "attacker"]
    assert shown["nodes"][0]["interfaces"] == [{"network": "lan", "address": "198.51.100.10/24"}]
    assert set(shown["estimate"]) == {"memory", "disk", "bakes", "bake_seconds", "boot_seconds"}


def test_a_scenario_with_mistakes_has_no_plan() -> None:
    result = _plan(str(Path(__file__).parents[1] / "load" / "broken"))
    assert result.returncode == 2
    assert "unknown key 'titel'" in result.stderr


def test_the_command_ends_with_exit_code_3_on_a_host_that_is_too_small(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = HostFacts(memory_total=2**29, memory_available=2**29, disk_free=2**29, cpus=1)
    monkeypatch.setattr("range.images.room.host_facts", lambda home: tiny)
    monkeypatch.setattr("sys.argv", ["cyder", "plan", str(SMALL), "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    told = capsys.readouterr()
    assert json.loads(told.out)["fits"] is False
    assert "this host is too small: 3 guests need about" in told.err
