"""The guard of a deployment's bridges: one nftables table, rendered from the plan.

Frames pass only as IPv4 or ARP, untagged, with the MAC and addresses that the plan gave to the
port. Nodes with more than one leg may forward: their packets carry foreign sources, but none of the
segment they are sent into. The host neither takes nor gives anything on these bridges. In access
networks, guests reach the access point only, never each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Interface

from range.network.tools import nft
from range.plan.model import LabPlan, Nic, NodePlan, Plan

_GROUPS = 0xC1DE00  # of network devices; any number that nobody else takes


def table_name(slot: int) -> str:
    """Name of the table, of family bridge."""
    return f"cyder_{slot:02x}"


def device_prefix(slot: int) -> str:
    """What the names of a deployment's devices and namespaces start with."""
    return f"cy{slot:02x}"


def device_group(slot: int) -> int:
    """Number of the group that a deployment's bridges are in."""
    return _GROUPS + slot


def guard(plan: Plan) -> None:
    """Load the table of a plan, instead of an older one, in one step; ProvisioningFailed."""
    nft(render(plan))


def remove_guard(slot: int) -> None:
    """Take the table away; nothing there is fine."""
    name = table_name(slot)
    nft(f"add table bridge {name}\ndelete table bridge {name}\n")


def render(plan: Plan) -> str:
    """Return the rule set as text. Pure."""
    name, ours = table_name(plan.slot), f'"{device_prefix(plan.slot)}*"'
    ports = [port for lab in plan.labs for port in _ports(lab)]
    macs = [f'"{device}" . {mac}' for device, mac, _ in ports]
    sources = [f'"{device}" . {mac} . {address}' for device, mac, held in ports for address in held]
    guests = [
        f'"{node.access.device}"'
        for lab in plan.labs
        for node in lab.nodes
        if node.access is not None
    ]
    routers = [line for lab in plan.labs for node in lab.nodes for line in _forwarding(node)]
    return f"""\
add table bridge {name}
delete table bridge {name}
table bridge {name} {{
{_set("macs", "ifname . ether_addr", macs)}
{_set("sources", "ifname . ether_addr . ipv4_addr", sources)}
{_set("access_guests", "ifname", guests)}
    chain from_port {{
        type filter hook prerouting priority -300; policy accept;
        iifname != {ours} accept
        ether type {{ 8021q, 8021ad }} drop
        iifname . ether saddr != @macs drop
        meta protocol arp iifname . arp saddr ether . arp saddr ip @sources accept
        meta protocol ip iifname . ether saddr . ip saddr @sources accept
        meta protocol ip jump forwarded
        drop
    }}
    chain forwarded {{
{_lines(routers, 8)}
    }}
    chain between_ports {{
        type filter hook forward priority 0; policy accept;
        iifname @access_guests oifname @access_guests drop
    }}
    chain to_host {{
        type filter hook input priority -300; policy accept;
        iifname {ours} drop
    }}
    chain from_host {{
        type filter hook output priority -300; policy accept;
        oifname {ours} drop
    }}
}}
"""


def _ports(lab: LabPlan) -> Iterator[tuple[str, str, tuple[IPv4Address, ...]]]:
    """Yield device, MAC and addresses of every port of a lab."""
    for node in lab.nodes:
        for nic in _legs(node):
            yield nic.device, nic.mac, (nic.address,)
    for probe in lab.probes:
        yield probe.device, probe.mac, probe.addresses
    yield lab.access.device, lab.access.mac, (lab.access.address,)


def _legs(node: NodePlan) -> tuple[Nic, ...]:
    return node.nics if node.access is None else (*node.nics, node.access)


def _forwarding(node: NodePlan) -> Iterator[str]:
    if len(node.nics) < 2:
        return
    for nic in node.nics:
        segment = IPv4Interface(f"{nic.address}/{nic.prefix}").network
        yield f'iifname "{nic.device}" ip saddr != {segment} accept'


def _set(name: str, type_: str, elements: list[str]) -> str:
    held = f"\n        elements = {{ {', '.join(elements)} }}" if elements else ""
    return f"    set {name} {{\n        type {type_};{held}\n    }}"


def _lines(lines: Iterable[str], indent: int) -> str:
    return "\n".join(" " * indent + line for line in lines)
