"""Second pass over the organisation: networks, nodes, people, mail."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from range.load.parts import Names
from range.load.wording import short, suggest
from range.scenario.topology import Node, expand

_OUTSIDE_WORLD = IPv4Network("192.0.2.0/24")
_SPECIAL = tuple(
    map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))
)  # fmt: skip
_SHARED_SPACE = IPv4Network("100.64.0.0/10")
_RESERVED = frozenset(("access", "localhost", "host"))


def topology(names: Names) -> None:
    """Check networks, then nodes, then who works there."""
    _networks(names)
    holders = _nodes(names)
    _gateways(names, holders)
    _people(names)
    _mail(names)


def _networks(names: Names) -> None:
    ordered: list[tuple[int, int, str]] = []
    for name, network in names.scenario.networks.items():
        path = ("networks", name, "cidr")
        cidr = network.cidr
        if name in _RESERVED:
            names.tell(path[:2], f"'{name}' is taken by the lab itself; rename it", key=True)
        if cidr.overlaps(_OUTSIDE_WORLD):
            names.tell(
                path, f"{cidr} holds 192.0.2.0/24, which stands for the real outside; take another"
            )
        elif special := next((item for item in _SPECIAL if cidr.overlaps(item)), None):
            names.tell(
                path, f"{cidr} lies in {special}, which has a meaning of its own; take another"
            )
        elif _SHARED_SPACE.subnet_of(cidr):
            names.tell(
                path, f"{cidr} leaves no room for the access network; keep 100.64.0.0/10 free"
            )
        if not 8 <= cidr.prefixlen <= 28:
            names.tell(path, f"{cidr} has an unusable size; take a prefix from /8 to /28")
        ordered.append((int(cidr.network_address), int(cidr.broadcast_address), name))
    last, holder = -1, ""
    for first, end, name in sorted(ordered):
        if first <= last:
            other = names.scenario.networks[holder].cidr
            names.tell(
                ("networks", name, "cidr"),
                f"{names.scenario.networks[name].cidr} overlaps network '{holder}' ({other}); "
                "take another",
            )
        if end > last:
            last, holder = end, name


def _nodes(names: Names) -> dict[IPv4Address, str]:
    """Check every node; return who has which address."""
    holders: dict[IPv4Address, str] = {}
    copies: dict[str, str] = {}
    for base, node in names.scenario.nodes.items():
        path: tuple[str, str] = ("nodes", base)
        if base in _RESERVED:
            names.tell(path, f"'{base}' is taken by the lab itself; rename it", key=True)
        if base in names.known("networks"):
            names.tell(path, f"a network is called '{base}' too; rename one", key=True)
        for name in expand(base, node.count):
            if name in copies:
                names.tell(
                    path, f"'{name}' is also a copy of '{copies[name]}'; rename it", key=True
                )
            copies.setdefault(name, base)
        _interfaces(names, base, node, holders)
        for number, secret in enumerate(node.secrets):
            names.need("secrets", secret, [*path, "secrets", number])
        for number, use in enumerate(node.roles):
            if use.role not in names.parts.role_folders:
                data = names.parts.source.data["nodes"][base]["roles"][number]
                below = ("role",) if isinstance(data, dict) else ()
                message = f"no role {short(use.role)}; {suggest(use.role, names.parts.known_roles)}"
                if use.role in names.parts.known_roles:
                    message = f"role '{use.role}' has no tasks/main.yml in its folder; add it"
                names.tell((*path, "roles", number, *below), message)
        images = names.parts.known_images
        if images and node.image not in images:
            message = f"no image {short(node.image)}; {suggest(node.image, images)}"
            names.tell((*path, "image"), message)
    _room(names)
    return holders


def _interfaces(names: Names, base: str, node: Node, holders: dict[IPv4Address, str]) -> None:
    reached: list[IPv4Network] = []
    seen: set[str] = set()
    for number, interface in enumerate(node.interfaces):
        path: list[str | int] = ["nodes", base, "interfaces", number]
        if not names.need("networks", interface.network, [*path, "network"]):
            continue
        if interface.network in seen:
            names.tell([*path, "network"], f"a second leg in '{interface.network}'; keep one")
        seen.add(interface.network)
        network = names.scenario.networks.get(interface.network)
        if network is None:
            continue
        reached.append(network.cidr)
        if interface.address is None:
            continue
        for copy, name in enumerate(expand(base, node.count)):
            address = interface.address + copy
            wrong = _unusable(address, network.cidr, interface.network)
            if wrong is None and address in holders:
                wrong = f"{address} is already the address of '{holders[address]}'; take another"
            if wrong is not None:
                names.tell([*path, "address"], wrong)
                break
            holders[address] = name
    _routes(names, base, node, reached)


def _unusable(address: IPv4Address, cidr: IPv4Network, network: str) -> str | None:
    if address not in cidr:
        return f"{address} is not in network '{network}' ({cidr}); take one of its addresses"
    if address in (cidr.network_address, cidr.broadcast_address):
        return f"{address} names all of network '{network}'; take an address between"
    return None


def _routes(names: Names, base: str, node: Node, reached: list[IPv4Network]) -> None:
    seen: set[IPv4Network] = set()
    for number, route in enumerate(node.routes):
        path: list[str | int] = ["nodes", base, "routes", number]
        if route.to in seen:
            names.tell([*path, "to"], f"a second route to {route.to}; keep one")
        seen.add(route.to)
        if len(reached) == len(node.interfaces) and not any(route.via in cidr for cidr in reached):
            legs = ", ".join(map(str, reached))
            names.tell([*path, "via"], f"{route.via} is in no network of '{base}'; it has {legs}")


def _room(names: Names) -> None:
    """Every network must hold its nodes and leave an address to look from."""
    wanted: dict[str, int] = dict.fromkeys(names.scenario.networks, 1)
    for node in names.scenario.nodes.values():
        for interface in node.interfaces:
            if interface.network in wanted:
                wanted[interface.network] += node.count
    for name, count in wanted.items():
        cidr = names.scenario.networks[name].cidr
        if count > cidr.num_addresses - 2:
            names.tell(
                ("networks", name, "cidr"),
                f"{cidr} has too few addresses for {count - 1} nodes and a probe; enlarge it",
            )


def _gateways(names: Names, holders: dict[IPv4Address, str]) -> None:
    known = names.known("nodes")
    whole = len(known) == len(names.scenario.nodes) and not names.unreadable("nodes")
    for name, network in names.scenario.networks.items():
        for key, address in (("gateway", network.gateway), ("resolver", network.resolver)):
            if address is None:
                continue
            path = ("networks", name, key)
            if key == "gateway" and address not in network.cidr:
                names.tell(path, f"{address} is not in {network.cidr}; a gateway must be")
            elif whole and address not in holders:
                names.tell(path, f"no node has {address}; give it to one, or correct it")


def _people(names: Names) -> None:
    for name, person in names.scenario.people.items():
        if person.seat is not None:
            names.need_place(person.seat, ("people", name, "seat"))


def _mail(names: Names) -> None:
    mail = names.scenario.mail
    if mail is not None:
        names.need_node(mail.server, ("mail", "server"))
