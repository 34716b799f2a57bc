"""The way in and the proof, on real guests: what hollow labs cannot show."""

from __future__ import annotations

import subprocess

import pytest

from range.access.client import NoWayIn, TeamClient
from range.access.point import AccessPoint
from range.access.sheet import write_sheet
from range.checks.preflight import preflight
from range.providers.base import Progress
from range.providers.lxc.provider import LxcProvider

pytestmark = [pytest.mark.guests, pytest.mark.slow]


@pytest.fixture(scope="module")
def city(host, plan_real):
    """Two labs of real guests, with the way into the first."""
    plan = plan_real("access")
    provider = LxcProvider(host)
    provider.up(plan, lambda progress: _must_not_fail(progress))
    point = AccessPoint.start(plan.labs[0], host, listen="127.0.0.1")
    yield plan, provider, point
    point.stop()


def _must_not_fail(progress: Progress) -> None:
    assert progress.state != "failed", progress.detail


@pytest.fixture
def client(city):
    made = TeamClient(city[0].labs[0])
    yield made
    made.close()


def test_a_trainee_is_an_administrator_of_every_node_of_the_organisation(city, client):
    for node in city[0].labs[0].nodes:
        if node.reachable:
            ran = client.run(node.name, "hostname; id -un; sudo -n id -u")
            assert ran.stdout == f"{node.name}\ntrainee\n0\n"
    with pytest.raises(NoWayIn):
        client.run("attacker", "true")


def test_a_node_that_is_cut_off_from_its_network_can_still_be_entered(client):
    assert client.run("pc-1", "sudo ip link set eth0 down").exit == 0
    assert "DOWN" in client.run("pc-1", "ip -br link show eth0").stdout
    assert client.run("pc-1", "sudo systemctl restart networking").exit == 0


def test_root_of_a_node_finds_nothing_at_the_access_point_and_no_other_node_behind_it(city, client):
    lab = city[0].labs[0]
    others = [str(n.access.address) for n in lab.nodes if n.access and n.name != "pc-1"]
    for address in [str(lab.access.address), *others]:
        script = f"sudo timeout 2 bash -c 'echo > /dev/tcp/{address}/22'"
        assert client.run("pc-1", script).exit != 0
        assert client.run("pc-1", f"ping -c 1 -W 1 {address}").exit != 0


def test_the_sheet_is_enough_for_openssh(city, host):
    folder = write_sheet(host, city[0].labs[0], "127.0.0.1")
    done = subprocess.run(
        ["ssh", "-F", "ssh_config", "-o", "BatchMode=yes", "pc-2", "hostname"],
        cwd=folder, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "pc-2\n", done.stderr


def test_real_labs_are_proven_sealed_off(city):
    plan, provider, _ = city
    findings = preflight(plan, provider)
    assert all(found.ok for found in findings), "\n".join(map(str, findings))


def test_a_guest_that_routes_by_hand_over_its_access_leg_is_still_sealed_off(city, client):
    plan, provider, _ = city
    routes = (
        "sudo ip route add 192.0.2.0/24 via 100.64.0.1; sudo ip route add 198.18.0.0/15 dev access"
    )
    assert client.run("pc-1", routes).exit == 0
    findings = preflight(plan, provider)
    assert all(found.ok for found in findings), "\n".join(map(str, findings))
