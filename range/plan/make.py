"""`make_plan`: a scenario times its teams becomes names, addresses and bytes. Pure and repeatable.

Every lab of a deployment has the same addresses. Names of devices start with `cy`, slot and lab in
hexadecimal, so that they stay within the kernel's 15 bytes and no two deployments meet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from range.errors import InvalidInput, Problem
from range.plan.addresses import Addresses, access_network, probe_addresses
from range.plan.layers import stack
from range.plan.model import (
    AccessPlan,
    BridgePlan,
    LabPlan,
    Layer,
    Nic,
    NodePlan,
    Plan,
    ProbePoint,
    RoutePlan,
)
from range.plan.secrets import derive
from range.scenario.scenario import Bundle, Scenario
from range.scenario.topology import Node, expand

MAX_SLOTS = 64
MAX_LABS = 255
GUESTS_PER_SLOT = 1023  # of 65,536 uids each: 64 slots fill the 32 bits of a uid
FIRST_UID = 1_000_000
UIDS = 65_536
_EVERYWHERE = IPv4Network("0.0.0.0/0")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ACCESS = "access"  # the name of the leg in the access network, inside a guest


def make_plan(
    bundle: Bundle,
    *,
    role_digests: Mapping[str, str],
    systems: Mapping[str, str],
    deployment: str,
    slot: int,
    teams: Sequence[str],
    seed: str,
    first_port: int,
) -> Plan:
    """Plan a deployment; InvalidInput when teams, slot or images cannot be.

    `role_digests` and `systems` give each role's digest and each image's system id; `seed` is hex;
    the access points take the TCP ports from `first_port` on, in the order of the teams.
    """
    scenario = bundle.scenario
    _refuse(scenario, systems, deployment, slot, teams, first_port)
    addresses = Addresses(scenario)
    stacks = {
        name: stack(node, systems[node.image], role_digests)
        for name, node in scenario.nodes.items()
    }
    labs = tuple(
        _Lab(scenario, addresses, stacks, systems, deployment, slot, index, team, seed).plan(
            first_port + index
        )
        for index, team in enumerate(teams)
    )
    return Plan(scenario=scenario.name, deployment=deployment, slot=slot, labs=labs)


def team_names(count: int) -> tuple[str, ...]:
    """team1, team2, ...: what teams are called that have no names of their own."""
    return tuple(f"team{number}" for number in range(1, count + 1))


def _refuse(
    scenario: Scenario,
    systems: Mapping[str, str],
    deployment: str,
    slot: int,
    teams: Sequence[str],
    first_port: int,
) -> None:
    wrong: list[str] = []
    for what, name in (("deployment", deployment), *(("team", team) for team in teams)):
        if not _NAME.fullmatch(name) or len(name) > 32:
            wrong.append(
                f"{name!r} cannot name a {what}; use small letters, digits and single hyphens, "
                "32 at most"
            )
    if not 1 <= len(teams) <= MAX_LABS:
        wrong.append(f"{len(teams)} teams; give 1 to {MAX_LABS}")
    if len(set(teams)) != len(teams):
        wrong.append("two teams have the same name; give each its own")
    if not 0 <= slot < MAX_SLOTS:
        wrong.append(f"slot {slot}; give 0 to {MAX_SLOTS - 1}")
    guests = sum(node.count for node in scenario.nodes.values()) * len(teams)
    if guests > GUESTS_PER_SLOT:
        wrong.append(
            f"{guests} guests in one deployment; {GUESTS_PER_SLOT} at most, so take fewer teams"
        )
    if not 1 <= first_port <= 65_536 - max(len(teams), 1):
        wrong.append(f"no {len(teams)} TCP ports from {first_port} on; start lower")
    images = {node.image for node in scenario.nodes.values()}
    wrong += [
        f"no image '{image}'; known: {', '.join(sorted(systems)) or 'none'}"
        for image in sorted(images - systems.keys())
    ]
    if wrong:
        raise InvalidInput(Problem(scenario.name, 0, 0, message) for message in wrong)


class _Lab:
    """Names and numbers of one lab while its plan is made."""

    def __init__(
        self,
        scenario: Scenario,
        addresses: Addresses,
        stacks: Mapping[str, tuple[Layer, ...]],
        systems: Mapping[str, str],
        deployment: str,
        slot: int,
        index: int,
        team: str,
        seed: str,
    ) -> None:
        self._scenario, self._addresses, self._stacks = scenario, addresses, stacks
        self._systems = systems
        self._deployment, self._slot, self._index, self._team = deployment, slot, index, team
        self._seed = derive(seed, "lab", team).hex()
        self._prefix = f"cy{slot:02x}{index:02x}"
        self._bridges = {
            name: f"{self._prefix}b{number}" for number, name in enumerate(scenario.networks, 1)
        }
        self._access_bridge = f"{self._prefix}b0"
        self._access = access_network(scenario)
        self._nics = 0
        self._guests = 0

    def plan(self, port: int) -> LabPlan:
        """Put the lab together."""
        nodes = tuple(
            self._node(base, node, name, copy)
            for base, node in self._scenario.nodes.items()
            for copy, name in enumerate(expand(base, node.count))
        )
        bridges = [BridgePlan("", self._access_bridge)]
        bridges += [BridgePlan(network, bridge) for network, bridge in self._bridges.items()]
        return LabPlan(
            deployment=self._deployment,
            team=self._team,
            index=self._index,
            seed=self._seed,
            bridges=tuple(bridges),
            nodes=nodes,
            probes=tuple(
                self._probe(name, number) for number, name in enumerate(self._scenario.networks, 1)
            ),
            access=AccessPlan(
                namespace=f"{self._prefix}a",
                bridge=self._access_bridge,
                device=f"{self._prefix}a",
                mac=self._mac(),
                address=self._access[1],
                prefix=self._access.prefixlen,
                port=port,
            ),
        )

    def _mac(self) -> str:
        """The next locally administered address of this lab."""
        self._nics += 1
        return (
            f"02:cd:{self._slot:02x}:{self._index:02x}:{self._nics >> 8:02x}:{self._nics & 255:02x}"
        )

    def _nic(self, name: str, network: str, address: IPv4Address, prefix: int) -> Nic:
        mac = self._mac()
        bridge = self._bridges[network] if network else self._access_bridge
        device = f"{self._prefix}n{self._nics:x}"
        return Nic(name, network, bridge, device, mac, address, prefix)

    def _node(self, base: str, node: Node, name: str, copy: int) -> NodePlan:
        networks = self._scenario.networks
        nics = tuple(
            self._nic(
                f"eth{number}",
                interface.network,
                self._addresses.of(name, number),
                networks[interface.network].cidr.prefixlen,
            )
            for number, interface in enumerate(node.interfaces)
        )
        access = None
        if node.reachable:
            leg = self._access[16 + self._guests]
            access = self._nic(ACCESS, "", leg, self._access.prefixlen)
        number = self._index * sum(item.count for item in self._scenario.nodes.values())
        uid_base = FIRST_UID + UIDS * (self._slot * GUESTS_PER_SLOT + number + self._guests)
        self._guests += 1
        return NodePlan(
            name=name,
            base=base,
            domain=f"cyder-{self._deployment}-{self._team}-{name}",
            fqdn=_fqdn(node, name, copy),
            side=node.side,
            reachable=node.reachable,
            image=node.image,
            system=self._systems[node.image],
            stack=self._stacks[base],
            nics=nics,
            access=access,
            routes=_routes(self._scenario, node, nics),
            resolver=next(
                (found for nic in nics if (found := networks[nic.network].resolver)), None
            ),
            memory=node.memory,
            processes=node.processes,
            uid_base=uid_base,
            machine_id=derive(self._seed, "machine-id", name)[:16].hex(),
            secrets=tuple((name, self._scenario.secrets[name].length) for name in node.secrets),
        )

    def _probe(self, name: str, number: int) -> ProbePoint:
        network = self._scenario.networks[name]
        device = f"{self._prefix}p{number}"
        return ProbePoint(
            network=name,
            namespace=device,
            bridge=self._bridges[name],
            device=device,
            mac=self._mac(),
            addresses=probe_addresses(self._seed, name, network.cidr, self._addresses.taken(name)),
            prefix=network.cidr.prefixlen,
            gateway=network.gateway,
            resolver=network.resolver,
        )


def _fqdn(node: Node, name: str, copy: int) -> str:
    """`pc.city.example` with a count becomes `pc-1.city.example` and so on."""
    if node.fqdn is None:
        return name
    if node.count == 1:
        return node.fqdn
    first, dot, rest = node.fqdn.partition(".")
    return f"{first}-{copy + 1}{dot}{rest}"


def _routes(scenario: Scenario, node: Node, nics: tuple[Nic, ...]) -> tuple[RoutePlan, ...]:
    """The node's own routes, and a default through the first gateway that is not itself."""
    routes = [RoutePlan(route.to, route.via) for route in node.routes]
    own = {nic.address for nic in nics}
    if any(route.to.prefixlen == 0 for route in routes):
        return tuple(routes)
    for nic in nics:
        network = scenario.networks[nic.network]
        if network.gateway is not None and network.gateway not in own:
            routes.append(RoutePlan(_EVERYWHERE, network.gateway))
            break
    return tuple(routes)
