"""Segments of labs: bridges of the host that the host itself has no part in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from range.network.tools import ip_batch

_NET = Path("/sys/class/net")
_BRIDGE = (
    "type bridge stp_state 0 forward_delay 0 mcast_snooping 0 "
    # Tagged frames do not pass: there are no VLANs inside a segment.
    "vlan_filtering 1 vlan_default_pvid 1"
)
# With these, frames on bridges would also meet the host's own firewall and its connection tracking,
# where labs with the same addresses are one.
_BRIDGE_CALLS = ("bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables")


def make_bridges(names: Sequence[str]) -> None:
    """Make what is missing of these bridges, without an address; ProvisioningFailed."""
    ip_batch([f"link add {name} {_BRIDGE}" for name in names if not exists(name)])
    silence(names)
    ip_batch([f"link set {name} addrgenmode none up" for name in names])
    for call in _BRIDGE_CALLS:
        setting = Path("/proc/sys/net/bridge") / call
        if setting.exists():
            setting.write_text("0")


def remove_devices(prefix: str) -> int:
    """Remove every device of the host whose name starts with `prefix`; returns how many."""
    names = sorted(device.name for device in _NET.iterdir() if device.name.startswith(prefix))
    ip_batch([f"link del {name}" for name in names], force=True)
    return len(names)


def silence(devices: Iterable[str]) -> None:
    """Keep the host from speaking IPv6 on its ends of a lab."""
    for name in devices:
        setting = Path("/proc/sys/net/ipv6/conf") / name / "disable_ipv6"
        if setting.exists():
            setting.write_text("1")


def isolate(devices: Iterable[str]) -> None:
    """Let these ports of a bridge reach only ports that are not isolated."""
    for name in devices:
        (_NET / name / "brport" / "isolated").write_text("1")


def exists(name: str) -> bool:
    """True if the host has a device of this name."""
    return (_NET / name).exists()
