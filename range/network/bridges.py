"""Segments of labs: bridges of the host that the host itself has no part in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from range.network.tools import ip_batch

_NET = Path("/sys/class/net")
_BRIDGE = "type bridge stp_state 0 forward_delay 0"
# With these, frames on bridges would also meet the host's own firewall and its connection tracking,
# where labs with the same addresses are one.
_BRIDGE_CALLS = ("bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables")


def make_bridges(names: Sequence[str], group: int) -> None:
    """Make what is missing of these bridges, without an address; ProvisioningFailed.

    Devices of one group are removed together, in the time that one takes.
    """
    ip_batch([f"link add {name} {_BRIDGE}" for name in names if not exists(name)])
    silence(names)
    ip_batch([f"link set {name} group {group} addrgenmode none up" for name in names])
    for call in _BRIDGE_CALLS:
        setting = Path("/proc/sys/net/bridge") / call
        if setting.exists():
            setting.write_text("0")


def remove_devices(prefix: str, group: int) -> None:
    """Remove a group, and every device of the host whose name starts with `prefix`."""
    if _named(prefix):
        ip_batch([f"link del group {group}"], force=True)
    ip_batch([f"link del {name}" for name in _named(prefix)], force=True)


def _named(prefix: str) -> list[str]:
    return sorted(device.name for device in _NET.iterdir() if device.name.startswith(prefix))


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
