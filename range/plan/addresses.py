"""Addresses: what each leg of each node has, and what is still free."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from range.plan.secrets import derive
from range.scenario.scenario import Scenario
from range.scenario.topology import expand

PROBE_ADDRESSES = 6  # of each probe point
_FIRST_PICKED = 100  # nodes without an address of their own start here, where the network is large
_ACCESS = IPv4Network("100.64.0.0/10")


class Addresses:
    """The address of every leg: as given (counted up for the copies of a node), or picked."""

    def __init__(self, scenario: Scenario) -> None:
        self._candidates = {
            name: iter(_hosts(network.cidr, _first(network.cidr)))
            for name, network in scenario.networks.items()
        }
        self._taken: dict[str, set[IPv4Address]] = {
            name: {item for item in (network.gateway, network.resolver) if item is not None}
            for name, network in scenario.networks.items()
        }
        self._of: dict[tuple[str, int], IPv4Address] = {}
        legs = [
            (name, copy, number, interface)
            for base, node in scenario.nodes.items()
            for copy, name in enumerate(expand(base, node.count))
            for number, interface in enumerate(node.interfaces)
        ]
        for name, copy, number, interface in legs:
            if interface.address is not None:
                self._take(name, number, interface.network, interface.address + copy)
        for name, _, number, interface in legs:
            if interface.address is None:
                self._take(name, number, interface.network, self._free(interface.network))

    def of(self, node: str, interface: int) -> IPv4Address:
        """The address of a node's leg."""
        return self._of[node, interface]

    def taken(self, network: str) -> frozenset[IPv4Address]:
        """Every address of a network that someone has."""
        return frozenset(self._taken[network])

    def _take(self, node: str, interface: int, network: str, address: IPv4Address) -> None:
        self._of[node, interface] = address
        self._taken[network].add(address)

    def _free(self, network: str) -> IPv4Address:
        for address in self._candidates[network]:
            if address not in self._taken[network]:
                return address
        raise ValueError(f"no address is free in {network}")


def _first(cidr: IPv4Network) -> int:
    return _FIRST_PICKED if cidr.num_addresses > 2 * _FIRST_PICKED else 1


def _hosts(cidr: IPv4Network, first: int) -> Iterable[IPv4Address]:
    """Every host address once, from the one numbered `first` on, then those before it."""
    hosts = cidr.num_addresses - 2
    for number in range(hosts):
        yield cidr[1 + (first - 1 + number) % hosts]


def probe_addresses(
    seed: str, network: str, cidr: IPv4Network, taken: frozenset[IPv4Address]
) -> tuple[IPv4Address, ...]:
    """Up to six free addresses that cannot be guessed from the scenario."""
    start = int.from_bytes(derive(seed, "probe-addresses", network))
    hosts = cidr.num_addresses - 2
    stride = hosts // PROBE_ADDRESSES or 1
    found: list[IPv4Address] = []
    for number in range(PROBE_ADDRESSES):
        offset, start = start % stride, start // stride
        for address in _hosts(cidr, 1 + (number * stride + offset) % hosts):
            if address not in taken and address not in found:
                found.append(address)
                break
    return tuple(found)


def access_network(scenario: Scenario) -> IPv4Network:
    """A /16 of the shared address space (RFC 6598) that the scenario does not use."""
    used = [network.cidr for network in scenario.networks.values()]
    for candidate in _ACCESS.subnets(new_prefix=16):
        if not any(candidate.overlaps(cidr) for cidr in used):
            return candidate
    raise ValueError(f"the scenario uses all of {_ACCESS}")
