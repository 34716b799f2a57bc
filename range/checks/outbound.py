"""What each leg of a lab is made to send, past the routes and rules of its node. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from range.checks.capture import MAGIC, MARK
from range.checks.packets import (
    BROADCAST,
    ipv4_frames,
    ipv6_frames,
    odd_frames,
    spoofed_frames,
)
from range.plan.model import LabPlan, Nic

_ROUTERS = 3  # neighbours that frames are handed to, besides the host and everybody


def new_mark() -> bytes:
    """Return a mark that no frame has carried before."""
    return secrets.token_hex(MARK // 2).encode()


@dataclass(frozen=True)
class Leg:
    """A leg of a node. `plain` marks what may travel in its segment, `odd` what may not at all."""

    team: str
    node: str
    nic: Nic
    access: bool
    plain: bytes = field(default_factory=new_mark)
    odd: bytes = field(default_factory=new_mark)

    def __str__(self) -> str:
        return f"{self.node} {self.nic.name}"


def legs_of(lab: LabPlan) -> Iterator[Leg]:
    """Yield every leg of every node."""
    for node in lab.nodes:
        for nic in node.nics:
            yield Leg(lab.team, node.name, nic, access=False)
        if node.access is not None:
            yield Leg(lab.team, node.name, node.access, access=True)


def frames_of(
    leg: Leg, lab: LabPlan, targets: Sequence[IPv4Address], bridges: Mapping[str, str]
) -> list[bytes]:
    """Return the frames of one leg. `bridges` tells the host's own MAC on each segment."""
    nic = leg.nic
    plain, odd = MAGIC + leg.plain, MAGIC + leg.odd
    hops = [BROADCAST, *([bridges[nic.bridge]] if nic.bridge in bridges else [])]
    hops += [mac for mac in _routers(lab, nic) if mac not in hops][:_ROUTERS]
    frames = [
        frame
        for hop in hops
        for target in targets
        for frame in ipv4_frames(hop, nic.mac, nic.address, target, plain)
    ]
    segment = IPv4Interface(f"{nic.address}/{nic.prefix}").network
    other = _other(segment, nic.address)
    frames += ipv6_frames(nic.mac, odd)
    frames += odd_frames(nic.mac, nic.address, other, odd)
    for hop in hops:
        frames += spoofed_frames(hop, nic.mac, nic.address, other, targets[0], odd)
    return frames


def _routers(lab: LabPlan, nic: Nic) -> list[str]:
    """MACs of neighbours that forward, then of the hidden place on the segment."""
    near = [
        other.mac
        for node in lab.nodes
        if len(node.nics) > 1
        for other in node.nics
        if other.bridge == nic.bridge and other.mac != nic.mac
    ]
    near += [probe.mac for probe in lab.probes if probe.bridge == nic.bridge]
    return near + ([lab.access.mac] if nic.bridge == lab.access.bridge else [])


def _other(segment: IPv4Network, own: IPv4Address) -> IPv4Address:
    """An address of the segment that is not the leg's."""
    last = segment.broadcast_address - 1
    return last if last != own else last - 1
