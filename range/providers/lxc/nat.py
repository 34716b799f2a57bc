"""The one network with a way out: bake guests fetch packages through it. Labs never join it."""

from __future__ import annotations

import threading
import time
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import libvirt

from range.errors import HostNotReady
from range.providers.lxc.connection import with_libvirt

NAME = "cyder-bake"
_BRIDGE = "virbr-cyder"  # not cy*: the guard seals off those
NETWORK = IPv4Network("198.19.254.0/24")
GATEWAY = NETWORK[1]  # also the resolver: libvirt's dnsmasq asks whom the host asks
FIRST = 10  # address of seat 0

_MADE_WITHIN = 20.0  # seconds
# What libvirt says while another bake is just making the network, which is not active yet.
_BEING_MADE = {libvirt.VIR_ERR_NETWORK_EXIST, libvirt.VIR_ERR_OPERATION_FAILED}

_XML = f"""
<network>
  <name>{NAME}</name>
  <forward mode='nat'/>
  <bridge name='{_BRIDGE}' stp='off' delay='0'/>
  <ip address='{GATEWAY}' prefix='{NETWORK.prefixlen}'/>
</network>
"""


def address(seat: int) -> IPv4Address:
    """Return the address of the bake guest with number `seat`."""
    return NETWORK[FIRST + seat]


def ensure_bake_network() -> None:
    """Have the network up, made if need be. HostNotReady says why it cannot be."""

    def ensure(connection: Any) -> None:
        for network in connection.listAllNetworks():
            if network.name() == NAME and network.isActive():
                return
        connection.networkCreateXML(_XML)  # not kept over a restart of the host

    deadline, pause = time.monotonic() + _MADE_WITHIN, threading.Event()
    while True:
        try:
            with_libvirt(ensure)
            return
        except libvirt.libvirtError as error:
            if error.get_error_code() not in _BEING_MADE or time.monotonic() > deadline:
                raise HostNotReady(
                    f"the network for bakes cannot be made: {error}",
                    hint="It needs dnsmasq and libvirt's network driver; see `cyder doctor`.",
                ) from error
        pause.wait(0.1)


def remove_bake_network() -> bool:
    """Remove the network if no bake guest needs it; True when it was removed."""

    def remove(connection: Any) -> bool:
        if any(domain.name().startswith(f"{NAME}-") for domain in connection.listAllDomains()):
            return False
        for network in connection.listAllNetworks():
            if network.name() == NAME:
                network.destroy()
                return True
        return False

    try:
        return with_libvirt(remove)
    except libvirt.libvirtError as error:
        raise HostNotReady(f"the network for bakes cannot be removed: {error}") from error
