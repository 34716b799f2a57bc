"""The plan: every node, address, bridge, layer and byte of a deployment, before anything exists.

A deployment is a set of labs made together: one per team, all alike. `slot` is a small number that
no other deployment on the host has at the time; names of devices and ranges of uids come from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network


@dataclass(frozen=True)
class Layer:
    """A role baked on top of `parent` (a layer's id or a base's). `id` is the hash of the rest."""

    id: str
    parent: str
    role: str
    variables: str  # canonical JSON
    role_digest: str  # of the role's files


@dataclass(frozen=True)
class Nic:
    """A leg of a guest. `device` is its end on the host (15 bytes at most), `name` in the guest."""

    name: str
    network: str
    bridge: str
    device: str
    mac: str
    address: IPv4Address
    prefix: int


@dataclass(frozen=True)
class RoutePlan:
    """A static route; 0.0.0.0/0 is the default."""

    to: IPv4Network
    via: IPv4Address


@dataclass(frozen=True)
class NodePlan:
    """One guest of one lab."""

    name: str  # pc-2
    base: str  # pc: what the scenario calls it
    domain: str  # cyder-DEPLOYMENT-TEAM-pc-2
    fqdn: str
    side: str
    reachable: bool  # trainees may log in, by `access`
    image: str  # debian-12
    system: str  # id of the base system that `image` means
    stack: tuple[Layer, ...]  # on top of it, in order
    nics: tuple[Nic, ...]
    access: Nic | None  # its leg in the access network
    routes: tuple[RoutePlan, ...]
    resolver: IPv4Address | None
    memory: int  # bytes
    processes: int
    uid_base: int  # first uid of its range of 65,536
    machine_id: str
    secrets: tuple[tuple[str, int], ...]  # name and length of each


@dataclass(frozen=True)
class ProbePoint:
    """A hidden network namespace on one network of a lab, from which probes and mail start."""

    network: str
    namespace: str
    bridge: str
    device: str
    mac: str
    addresses: tuple[IPv4Address, ...]
    prefix: int
    gateway: IPv4Address | None
    resolver: IPv4Address | None


@dataclass(frozen=True)
class AccessPlan:
    """The trainees' way in: a namespace with one leg in the lab's access network."""

    namespace: str
    bridge: str
    device: str
    mac: str
    address: IPv4Address
    prefix: int
    port: int  # TCP port on the host


@dataclass(frozen=True)
class BridgePlan:
    """One segment of one lab."""

    network: str  # "" for the access network
    name: str


@dataclass(frozen=True)
class LabPlan:
    """One team's copy of the organisation."""

    deployment: str
    team: str
    index: int
    seed: str  # hex; secrets, keys and variations of this lab come from it
    bridges: tuple[BridgePlan, ...]
    nodes: tuple[NodePlan, ...]
    probes: tuple[ProbePoint, ...]
    access: AccessPlan

    def node(self, name: str) -> NodePlan:
        """Return the node called `name`; KeyError if there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)


@dataclass(frozen=True)
class Plan:
    """What `up` will make."""

    scenario: str
    deployment: str
    slot: int
    labs: tuple[LabPlan, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer once, parents before children."""
        return tuple(
            {
                layer.id: layer for lab in self.labs for node in lab.nodes for layer in node.stack
            }.values()
        )
