from __future__ import annotations

from pathlib import Path

from range.network.guard import render

GOLDEN = Path(__file__).with_name("golden")


def test_the_rules_of_a_lab_are_those_of_the_golden_file(plan_two_segments):
    found = render(plan_two_segments("test", slot=7, teams=("team1",)))
    assert found == (GOLDEN / "guard.nft").read_text()


def test_only_legs_of_nodes_with_several_may_send_foreign_sources(plan_two_segments):
    plan = plan_two_segments("test", teams=("team1",))
    forwarding = [line for line in render(plan).splitlines() if "ip saddr !=" in line]
    router = plan.labs[0].node("fw")
    assert [line.split('"')[1] for line in forwarding] == [nic.device for nic in router.nics]


def test_deployments_have_tables_of_their_own(plan_two_segments):
    first, second = (render(plan_two_segments("test", slot=slot)) for slot in (1, 2))
    assert "table bridge cyder_01 {" in first
    assert 'iifname != "cy01*" accept' in first
    assert "cy01" not in second
