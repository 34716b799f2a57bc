"""A plan is complete, repeatable, the same for every team, and never meets another plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from range.errors import InvalidInput
from range.load.scenario import load_scenario
from range.plan.make import MAX_SLOTS, make_plan, team_names
from range.plan.model import LabPlan, Plan
from range.scenario.model import Text
from range.scenario.scenario import Bundle
from range.scenario.topology import Interface, Network, Node, RoleUse, Route
from range.settings import Settings

SMALL = Path(__file__).parents[1] / "scenarios" / "small"
BUNDLE = load_scenario(SMALL, Settings()).bundle
TITLE = Text(ja="-", en="-")
DIGESTS = {"small_web": "aa", "common": "bb"}


def planned(bundle: Bundle = BUNDLE, **changes: object) -> Plan:
    given: dict = {
        "role_digests": DIGESTS,
        "systems": {"debian-12": "debian-12-0123456789abcdef"},
        "deployment": "test",
        "slot": 3,
        "teams": team_names(2),
        "seed": "5a" * 32,
        "first_port": 2201,
    }
    return make_plan(bundle, **(given | changes))


def with_(**sections: object) -> Bundle:
    return BUNDLE.model_copy(update={"scenario": BUNDLE.scenario.model_copy(update=sections)})


def network(cidr: str, **more: object) -> Network:
    return Network(title=TITLE, cidr=IPv4Network(cidr), **more)


def node(*interfaces: Interface, **more: object) -> Node:
    return Node(title=TITLE, interfaces=interfaces, **more)


def devices(lab: LabPlan) -> list[str]:
    found = [nic.device for node in lab.nodes for nic in (*node.nics, node.access) if nic]
    found += [probe.device for probe in lab.probes]
    return [*found, lab.access.device, *(bridge.name for bridge in lab.bridges)]


def test_the_same_inputs_give_the_same_plan() -> None:
    assert planned() == planned()


def test_labs_have_the_same_addresses_and_secrets_of_their_own() -> None:
    first, second = planned().labs
    assert [[nic.address for nic in n.nics] for n in first.nodes] == [
        [nic.address for nic in n.nics] for n in second.nodes
    ]
    assert first.seed != second.seed
    assert not {n.machine_id for n in first.nodes} & {n.machine_id for n in second.nodes}
    assert (first.access.port, second.access.port) == (2201, 2202)


@given(
    slots=st.sets(st.integers(0, MAX_SLOTS - 1), min_size=2, max_size=3), teams=st.integers(1, 60)
)
def test_no_two_deployments_share_a_device_a_mac_or_a_uid(slots: set[int], teams: int) -> None:
    plans = [planned(slot=slot, teams=team_names(teams)) for slot in slots]
    labs = [lab for plan in plans for lab in plan.labs]
    names = [device for lab in labs for device in devices(lab)]
    assert max(Counter(names).values()) == 1
    assert max(map(len, names)) <= 15
    macs = [
        nic.mac
        for lab in labs
        for holder in (*lab.nodes, *lab.probes, lab.access)
        for nic in (
            [*holder.nics, *filter(None, [holder.access])] if hasattr(holder, "nics") else [holder]
        )
    ]
    assert max(Counter(macs).values()) == 1
    assert all(int(mac[:2], 16) & 3 == 2 for mac in macs)  # locally administered, one station
    bases = sorted(n.uid_base for lab in labs for n in lab.nodes)
    assert all(later - sooner >= 65_536 for sooner, later in pairwise(bases))
    assert bases[-1] + 65_536 <= 2**32


def test_uids_fit_in_32_bits_in_the_last_slot_when_it_is_full() -> None:
    plan = planned(
        with_(nodes={"pc": node(Interface(network="lan"), count=93)}),
        slot=MAX_SLOTS - 1,
        teams=team_names(11),
    )
    assert max(n.uid_base for lab in plan.labs for n in lab.nodes) + 65_536 <= 2**32


def test_copies_of_a_node_count_up_names_addresses_and_host_names() -> None:
    address = IPv4Address("198.51.100.101")
    interface = Interface(network="lan", address=address)
    plan = planned(with_(nodes={"pc": node(interface, count=3, fqdn="pc.city.example")}))
    found = [(n.name, n.base, str(n.nics[0].address), n.fqdn) for n in plan.labs[0].nodes]
    assert found == [
        ("pc-1", "pc", "198.51.100.101", "pc-1.city.example"),
        ("pc-2", "pc", "198.51.100.102", "pc-2.city.example"),
        ("pc-3", "pc", "198.51.100.103", "pc-3.city.example"),
    ]


def test_picked_addresses_avoid_those_that_are_given() -> None:
    lan = network("10.1.1.0/28", gateway=IPv4Address("10.1.1.1"))
    given_address = Interface(network="lan", address=IPv4Address("10.1.1.2"))
    plan = planned(
        with_(
            networks={"lan": lan},
            nodes={"pc": node(Interface(network="lan"), count=9), "web": node(given_address)},
        )
    )
    addresses = [n.nics[0].address for n in plan.labs[0].nodes]
    assert len(set(addresses)) == 10
    assert IPv4Address("10.1.1.1") not in addresses
    probe = plan.labs[0].probes[0]
    assert probe.addresses
    assert not set(probe.addresses) & {*addresses, IPv4Address("10.1.1.1")}
    assert all(address in lan.cidr for address in probe.addresses)
    assert IPv4Address("10.1.1.15") not in (*addresses, *probe.addresses)


def test_probe_addresses_differ_between_labs_so_that_no_team_can_whitelist_anothers() -> None:
    first, second = (lab.probes[0].addresses for lab in planned().labs)
    assert len(first) == len(second) == 6
    assert first != second


def test_the_default_route_is_the_first_gateway_that_is_not_the_node_itself() -> None:
    lan = network("10.1.1.0/24", gateway=IPv4Address("10.1.1.1"))
    wan = network("203.0.113.0/24", gateway=IPv4Address("203.0.113.2"))
    router = node(
        Interface(network="wan", address=IPv4Address("203.0.113.2")),
        Interface(network="lan", address=IPv4Address("10.1.1.1")),
    )
    own = node(
        Interface(network="lan"),
        routes=(Route(to=IPv4Network("0.0.0.0/0"), via=IPv4Address("10.1.1.9")),),
    )
    plan = planned(
        with_(
            networks={"lan": lan, "wan": wan},
            nodes={"fw": router, "pc": node(Interface(network="lan")), "own": own},
        )
    )
    routes = {n.name: [(str(r.to), str(r.via)) for r in n.routes] for n in plan.labs[0].nodes}
    assert routes == {
        "fw": [],
        "pc": [("0.0.0.0/0", "10.1.1.1")],
        "own": [("0.0.0.0/0", "10.1.1.9")],
    }


def test_only_nodes_that_trainees_may_enter_have_a_leg_in_the_access_network() -> None:
    lab = planned().labs[0]
    legs = {n.name: n.access for n in lab.nodes}
    assert legs["attacker"] is None
    assert legs["web"] is not None
    assert legs["web"].bridge == lab.access.bridge == lab.bridges[0].name
    cidr = IPv4Network("100.64.0.0/16")
    addresses = [lab.access.address, *(leg.address for leg in legs.values() if leg)]
    assert len(set(addresses)) == 3
    assert all(address in cidr for address in addresses)


def test_the_access_network_gives_way_to_a_network_of_the_scenario() -> None:
    bundle = with_(
        networks={"lan": network("100.64.0.0/16")}, nodes={"pc": node(Interface(network="lan"))}
    )
    assert planned(bundle).labs[0].access.address in IPv4Network("100.65.0.0/16")


def test_nodes_with_the_same_roles_and_variables_share_layers() -> None:
    uses = (RoleUse(role="common"), RoleUse(role="small_web", vars={"b": 1, "a": [2]}))
    same = (RoleUse(role="common"), RoleUse(role="small_web", vars={"a": [2], "b": 1}))
    other = (RoleUse(role="common"), RoleUse(role="small_web", vars={"a": [3], "b": 1}))
    lan = Interface(network="lan")
    plan = planned(
        with_(
            nodes={
                "a": node(lan, roles=uses),
                "b": node(lan, roles=same),
                "c": node(lan, roles=other),
            }
        )
    )
    assert [layer.role for layer in plan.layers] == ["common", "small_web", "small_web"]
    a, b, c = (n.stack for n in plan.labs[0].nodes)
    assert a == b
    assert a[0] == c[0]
    assert a[1].id != c[1].id
    assert a[1].parent == a[0].id
    assert a[0].parent == "debian-12-0123456789abcdef"


def test_a_layer_is_named_by_the_role_s_files_and_by_what_lies_below() -> None:
    usual = planned().layers[0].id
    assert planned(role_digests=DIGESTS | {"small_web": "cc"}).layers[0].id != usual
    assert planned(systems={"debian-12": "another"}).layers[0].id != usual
    assert planned(deployment="other", slot=9, seed="00" * 32).layers[0].id == usual


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"teams": ()}, "0 teams; give 1 to 255"),
        ({"teams": ("a", "a")}, "two teams have the same name; give each its own"),
        ({"teams": ("A b",)}, "'A b' cannot name a team"),
        ({"slot": 64}, "slot 64; give 0 to 63"),
        ({"systems": {}}, "no image 'debian-12'; known: none"),
        ({"first_port": 65_536}, "no 2 TCP ports from 65536 on; start lower"),
        ({"deployment": "../x"}, "'../x' cannot name a deployment"),
        (
            {
                "bundle": with_(nodes={"pc": node(Interface(network="lan"), count=100)}),
                "teams": team_names(11),
            },
            "1100 guests in one deployment; 1023 at most, so take fewer teams",
        ),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence(changes: dict, message: str) -> None:
    with pytest.raises(InvalidInput, match=r"^small:0:0: ") as caught:
        planned(**changes)
    assert message in str(caught.value)


def test_a_scenario_without_nodes_has_a_plan_without_guests() -> None:
    plan = planned(with_(nodes={}, networks={}))
    assert plan.labs[0].nodes == ()
    assert plan.layers == ()


def test_a_plan_can_be_read_again_from_what_was_saved() -> None:
    from pydantic import TypeAdapter

    adapter = TypeAdapter(Plan)
    plan = planned()
    assert adapter.validate_json(adapter.dump_json(plan)) == plan
    assert replace(plan, slot=4) != plan
