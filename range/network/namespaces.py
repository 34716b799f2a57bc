"""Hidden places of a lab: where probes start, and where trainees come in."""

from __future__ import annotations

import contextlib
import os
import signal
from ipaddress import IPv4Interface
from pathlib import Path

from range.network.bridges import exists, silence
from range.network.tools import in_namespace, ip_batch
from range.plan.model import AccessPlan, LabPlan, ProbePoint

_FOLDER = Path("/run/netns")
_LEG = "eth0"  # in every namespace
_QUIET = "for s in all default; do echo 1 > /proc/sys/net/ipv6/conf/$s/disable_ipv6; done; "

# Guests are reached from here; they reach nothing here, and nothing is forwarded.
_ACCESS_RULES = """\
flush ruleset
table inet cyder {{
    chain input {{
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
    }}
    chain forward {{
        type filter hook forward priority 0; policy drop;
    }}
    chain output {{
        type filter hook output priority 0; policy drop;
        oifname "lo" accept
        ip daddr {network} accept
    }}
}}
"""


def namespace_path(name: str) -> str:
    """Return the path that setns accepts."""
    return str(_FOLDER / name)


def make_places(lab: LabPlan) -> None:
    """Make the probe points of a lab and its access namespace, or what is missing of them."""
    places: list[ProbePoint | AccessPlan] = [*lab.probes, lab.access]
    # A namespace without its leg is half made: its leg went with the bridge, or never was.
    fresh = [place for place in places if not _whole(place)]
    ip_batch([f"netns del {place.namespace}" for place in fresh if _there(place)])
    ip_batch([f"netns add {place.namespace}" for place in fresh])
    ip_batch([line for place in fresh for line in _leg(place)])
    silence(place.device for place in fresh)
    for place in fresh:
        _settle(place)


def _there(place: ProbePoint | AccessPlan) -> bool:
    return (_FOLDER / place.namespace).exists()


def _whole(place: ProbePoint | AccessPlan) -> bool:
    bridge = Path("/sys/class/net") / place.device / "brport" / "bridge"
    return _there(place) and bridge.exists() and bridge.resolve().name == place.bridge


def _leg(place: ProbePoint | AccessPlan) -> list[str]:
    there = [f"link del {place.device}"] if exists(place.device) else []
    return [
        *there,
        f"link add {place.device} type veth peer name {_LEG} address {place.mac} "
        f"netns {place.namespace}",
        f"link set {place.device} addrgenmode none master {place.bridge} up",
    ]


def _settle(place: ProbePoint | AccessPlan) -> None:
    addresses = place.addresses if isinstance(place, ProbePoint) else (place.address,)
    gateway = place.gateway if isinstance(place, ProbePoint) else None
    lines = [f"link set {_LEG} addrgenmode none", "link set lo up"]
    lines += [f"addr add {address}/{place.prefix} dev {_LEG}" for address in addresses]
    lines.append(f"link set {_LEG} up")
    if gateway is not None:
        lines.append(f"route add default via {gateway}")
    path = namespace_path(place.namespace)
    in_namespace(path, ["sh", "-c", _QUIET + "exec ip -batch -"], "\n".join(lines) + "\n")
    if isinstance(place, AccessPlan):
        network = IPv4Interface(f"{place.address}/{place.prefix}").network
        in_namespace(path, ["nft", "-f", "-"], _ACCESS_RULES.format(network=network))


def remove_places(prefix: str) -> int:
    """End what runs in the namespaces whose names start with `prefix` and remove them."""
    if not _FOLDER.is_dir():
        return 0
    names = sorted(entry.name for entry in _FOLDER.iterdir() if entry.name.startswith(prefix))
    inodes = {(_FOLDER / name).stat().st_ino for name in names}
    if inodes:
        for pid in _inside(inodes):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    ip_batch([f"netns del {name}" for name in names], force=True)
    return len(names)


def _inside(inodes: set[int]) -> list[int]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if Path(f"/proc/{entry.name}/ns/net").stat().st_ino in inodes:
                    found.append(int(entry.name))
    return found
