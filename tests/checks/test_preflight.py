"""Preflight says `sealed` of sealed labs only: each wall is taken away once, and it must notice."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from range.checks.preflight import preflight
from range.guest.base import GuestUnreachable
from range.network.bridges import isolate
from range.network.guard import guard, remove_guard
from range.network.tools import in_namespace, ip_batch

TESTS = (
    "control: canaries",
    "control: frames",
    "other labs and the host",
    "anywhere outside",
    "odd and forged frames",
    "access network",
)


def outcomes(labs, provider=None):
    """Outcomes by team and test."""
    findings = preflight(labs.plan, provider or labs)
    return {(found.team, found.test): found for found in findings}


@pytest.fixture
def without_guard(labs):
    """The guard is gone; what the host then forwards is kept from leaving it."""
    remove_guard(labs.plan.slot)
    with no_forwarding():
        yield labs
    guard(labs.plan)


@contextmanager
def no_forwarding():
    table = "cyder_test_h7"
    text = (
        f"table inet {table} {{ chain forward {{ "
        'type filter hook forward priority -300; iifname "cy*" drop; }; }'
    )
    in_namespace("/proc/self/ns/net", ["nft", "-f", "-"], text)
    try:
        yield
    finally:
        in_namespace("/proc/self/ns/net", ["nft", "-f", "-"], f"delete table inet {table}")


def test_labs_behind_their_guard_are_sealed_off(labs):
    found = outcomes(labs)
    assert {key: one.outcome for key, one in found.items()} == {
        (team, test): "sealed" for team in ("team1", "team2") for test in TESTS
    }


def test_without_the_guard_frames_reach_the_host_and_the_neighbours(without_guard):
    found = outcomes(without_guard)
    for team in ("team1", "team2"):
        assert found[team, "anywhere outside"].outcome == "leaks"
        assert found[team, "odd and forged frames"].outcome == "leaks"
        assert found[team, "control: canaries"].ok
        assert found[team, "control: frames"].ok
    bridge = without_guard.plan.labs[0].bridges[1].name
    assert bridge in found["team1", "anywhere outside"].detail


def test_a_host_with_an_address_in_a_segment_is_found(without_guard):
    bridge = next(b.name for b in without_guard.plan.labs[0].bridges if b.network == "inside")
    ip_batch([f"addr add 10.9.1.250/24 dev {bridge}"])
    try:
        found = outcomes(without_guard)
    finally:
        ip_batch([f"addr del 10.9.1.250/24 dev {bridge}"])
    assert found["team1", "other labs and the host"].outcome == "leaks"
    assert "reaches the host at 10.9.1.250" in found["team1", "other labs and the host"].detail


def test_a_wire_between_two_labs_is_found_by_both(labs):
    one, two = (
        next(b.name for b in lab.bridges if b.network == "inside") for lab in labs.plan.labs
    )
    ip_batch([
        "link add h7wire0 type veth peer name h7wire1",
        f"link set h7wire0 addrgenmode none master {one} up",
        f"link set h7wire1 addrgenmode none master {two} up",
    ])  # fmt: skip
    try:
        with no_forwarding():
            found = outcomes(labs)
    finally:
        ip_batch(["link del h7wire0"])
    for team, other in (("team1", "team2"), ("team2", "team1")):
        assert found[team, "anywhere outside"].outcome == "leaks"
        assert f"pc-1 reaches {other} at 10.9.1." in found[team, "other labs and the host"].detail


def test_nodes_that_reach_one_another_by_the_access_network_are_found(labs, without_guard):
    lab = labs.plan.labs[0]
    devices = [node.access.device for node in lab.nodes if node.access]
    ip_batch([f"link set {device} type bridge_slave isolated off" for device in devices])
    try:
        found = outcomes(labs)
    finally:
        isolate(devices)
    assert found["team1", "access network"].outcome == "leaks"
    assert any(device in found["team1", "access network"].detail for device in devices)


def test_a_leg_that_is_down_leaves_the_proof_incomplete(labs):
    lab = labs.plan.labs[0]
    path = labs.network_namespace(lab, "pc-2")
    in_namespace(path, ["ip", "link", "set", "eth0", "down"])
    try:
        found = outcomes(labs)
    finally:
        in_namespace(path, ["ip", "link", "set", "eth0", "up"])
    assert found["team1", "control: frames"].outcome == "unproven"
    assert "pc-2 eth0" in found["team1", "control: frames"].detail
    assert found["team2", "control: frames"].ok


def test_a_canary_that_nobody_hears_leaves_the_proof_incomplete(labs):
    lab = labs.plan.labs[0]
    probe = next(probe for probe in lab.probes if probe.network == "inside")
    ip_batch([f"link set {probe.device} down"])
    try:
        found = outcomes(labs)
    finally:
        ip_batch([f"link set {probe.device} up"])
    assert found["team1", "control: canaries"].outcome == "unproven"
    assert "inside" in found["team1", "control: canaries"].detail


def test_a_node_that_does_not_run_leaves_the_proof_incomplete(labs):
    class WithoutAttacker:
        def network_namespace(self, lab, place):
            if place == "attacker":
                raise GuestUnreachable("attacker does not run")
            return labs.network_namespace(lab, place)

    found = outcomes(labs, WithoutAttacker())
    assert found["team1", "control: canaries"].outcome == "unproven"
    assert "attacker does not run" in found["team1", "control: canaries"].detail


def test_preflight_leaves_the_labs_as_they_were(labs):
    lab = labs.plan.labs[0]

    def state():
        import subprocess

        path = labs.network_namespace(lab, "pc-1")
        return [
            subprocess.run(
                ["nsenter", f"--net={path}", "ip", *what.split()], capture_output=True, check=True
            ).stdout
            for what in ("-o addr", "route show table all", "rule", "-o link show up")
        ]

    before = state()
    preflight(labs.plan, labs)
    for then, now in zip(before, state(), strict=True):
        assert now.decode() == then.decode()
