from __future__ import annotations

from pathlib import Path

from range.providers.lxc.domain import domain_xml
from range.providers.lxc.nodes import spec_of
from range.settings import Settings

GOLDEN = Path(__file__).with_name("golden")


def test_the_domain_of_a_router_is_that_of_the_golden_file(plan_two_segments):
    lab = plan_two_segments("test", slot=7).labs[0]
    spec = spec_of(Settings(home=Path("/state")), lab, lab.node("fw"))
    assert domain_xml(spec, 65_536) == (GOLDEN / "router.xml").read_text()


def test_a_route_goes_through_the_leg_on_whose_segment_its_router_is(plan_two_segments):
    lab = plan_two_segments("test").labs[0]
    spec = spec_of(Settings(home=Path("/state")), lab, lab.node("attacker"))
    assert [(route.leg, str(route.via)) for route in spec.routes] == [("eth0", "203.0.113.2")]


def test_no_two_guests_of_any_deployment_share_uids(plan_two_segments):
    bases = [
        node.uid_base
        for slot in (0, 1, 63)
        for lab in plan_two_segments("test", slot=slot).labs
        for node in lab.nodes
    ]
    assert len(set(bases)) == len(bases)
    assert all(base % 65_536 == bases[0] % 65_536 for base in bases)
