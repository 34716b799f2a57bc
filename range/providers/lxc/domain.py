"""The libvirt domain of a container, as XML. Pure: the same spec gives the same text."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring


@dataclass(frozen=True)
class Leg:
    """A leg of a container: on a `bridge` of ours, or on a libvirt `network` (bakes)."""

    name: str  # in the guest
    mac: str
    bridge: str = ""
    network: str = ""
    device: str = ""  # its end on the host; libvirt picks one if empty
    address: IPv4Address | None = None
    prefix: int = 24


@dataclass(frozen=True)
class StaticRoute:
    """A route through the leg called `leg`."""

    leg: str
    to: IPv4Network
    via: IPv4Address


@dataclass(frozen=True)
class ContainerSpec:
    """One system container: which layers, whose uids, how much of the host."""

    name: str  # of the domain
    lowers: tuple[Path, ...]  # bottom to top
    work: Path  # holds upper/, work/, root/; must be on the file system of the layers' kind
    uid_base: int
    memory: int  # bytes
    processes: int
    hostname: str
    legs: tuple[Leg, ...] = ()
    routes: tuple[StaticRoute, ...] = ()


def domain_xml(spec: ContainerSpec, uids: int) -> str:
    """Render `spec` for libvirt's LXC driver."""
    domain = Element("domain", type="lxc")
    _text(domain, "name", spec.name)
    _text(domain, "memory", str(spec.memory // 1024), unit="KiB")
    _text(domain, "vcpu", "1")
    system = SubElement(domain, "os")
    _text(system, "type", "exe")
    _text(system, "init", "/sbin/init")
    mapping = SubElement(domain, "idmap")
    for kind in ("uid", "gid"):
        SubElement(mapping, kind, start="0", target=str(spec.uid_base), count=str(uids))
    features = SubElement(domain, "features")
    SubElement(features, "privnet")  # without a leg, /sys would not be mounted otherwise
    # The root is unmounted from the host once the guest runs, so libvirt cannot boot it again.
    for event in ("on_poweroff", "on_reboot", "on_crash"):
        _text(domain, event, "destroy")
    devices = SubElement(domain, "devices")
    root = SubElement(devices, "filesystem", type="mount", accessmode="passthrough")
    SubElement(root, "source", dir=str(spec.work / "root"))
    SubElement(root, "target", dir="/")
    for leg in spec.legs:
        _interface(devices, leg, [route for route in spec.routes if route.leg == leg.name])
    SubElement(devices, "console", type="pty")
    indent(domain)
    return tostring(domain, encoding="unicode")


def _interface(devices: Element, leg: Leg, routes: list[StaticRoute]) -> None:
    if leg.network:
        interface = SubElement(devices, "interface", type="network")
        SubElement(interface, "source", network=leg.network)
    else:
        interface = SubElement(devices, "interface", type="bridge")
        SubElement(interface, "source", bridge=leg.bridge)
    SubElement(interface, "mac", address=leg.mac)
    if leg.device:
        SubElement(interface, "target", dev=leg.device)
    SubElement(interface, "guest", dev=leg.name)
    SubElement(interface, "link", state="up")
    if leg.address is not None:
        SubElement(interface, "ip", address=str(leg.address), family="ipv4", prefix=str(leg.prefix))
    for route in routes:
        SubElement(
            interface,
            "route",
            family="ipv4",
            address=str(route.to.network_address),
            prefix=str(route.to.prefixlen),
            gateway=str(route.via),
        )


def _text(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = text
