"""The organisation's network drawn by characters: a band for each network, nodes below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from rich.cells import cell_len

from range.scenario.model import Language
from tui.desk.line import Json
from tui.desk.model import said
from tui.desk.words import WORDS
from tui.look.text import fit, padded
from tui.look.theme import QUIET, STRONG

Drawn = list[tuple[str, str]]  # a line, its style

_TITLE = 20  # cells of a node's title at most
_GAP = 2


@dataclass(frozen=True)
class _Leg:
    """A node where it touches a network."""

    name: str
    address: str
    title: str

    @property
    def cells(self) -> int:
        return 2 + max(map(cell_len, (self.name, self.address, self.title))) + _GAP


def draw(network: Json, width: int, language: Language) -> Drawn:
    """Draw what the desk's `network` said, no line wider than `width` cells."""
    networks: Mapping[str, Json] = network.get("networks") or {}
    nodes: Mapping[str, Json] = network.get("nodes") or {}
    cidrs = {name: IPv4Network(str(known["cidr"])) for name, known in networks.items()}
    several = {name for name, node in nodes.items() if len(_homes(node, cidrs)) > 1}
    lines: Drawn = []
    for name, known in networks.items():
        legs = [
            leg
            for node, about in nodes.items()
            for leg in _legs(node, about, cidrs[name], node in several, language)
        ]
        lines += _band(said(known.get("title"), language), str(known["cidr"]), legs, width)
    homeless = {node: about for node, about in nodes.items() if not _homes(about, cidrs)}
    if homeless:
        legs = [
            _Leg(_shown(node, about, False), address, _title(about, language))
            for node, about in homeless.items()
            for address in about.get("addresses") or [""]
        ]
        lines += _band(WORDS.say("map-elsewhere", language), "", legs, width)
    return lines + _legend(nodes, several, width, language)


def _homes(node: Json, cidrs: Mapping[str, IPv4Network]) -> list[str]:
    addresses = [IPv4Address(address) for address in node.get("addresses") or []]
    return [name for name, cidr in cidrs.items() if any(place in cidr for place in addresses)]


def _legs(name: str, node: Json, cidr: IPv4Network, several: bool, language: Language
          ) -> Iterator[_Leg]:  # fmt: skip
    for address in node.get("addresses") or []:
        if IPv4Address(address) in cidr:
            yield _Leg(_shown(name, node, several), str(address), _title(node, language))


def _shown(name: str, node: Json, several: bool) -> str:
    shown = name if node.get("login", True) else f"({name})"
    return shown + ("*" if several else "")


def _title(node: Json, language: Language) -> str:
    return fit(said(node.get("title"), language), _TITLE)


def _band(title: str, cidr: str, legs: Sequence[_Leg], width: int) -> Iterator[tuple[str, str]]:
    yield fit(f"{title}  {cidr}".rstrip(), width), STRONG
    for row in _rows(legs, width):
        wire = "".join("──┬" + "─" * (leg.cells - 3) for leg in row)
        yield fit(wire.rstrip() + "─" * (width - cell_len(wire)), width), QUIET
        for part in ("name", "address", "title"):
            line = "".join("  " + padded(getattr(leg, part), leg.cells - 2) for leg in row).rstrip()
            yield line, STRONG if part == "name" else "" if part == "address" else QUIET
    yield "", ""


def _rows(legs: Sequence[_Leg], width: int) -> Iterator[list[_Leg]]:
    row: list[_Leg] = []
    for leg in legs:
        if row and sum(other.cells for other in row) + leg.cells > width:
            yield row
            row = []
        row.append(leg)
    if row or not legs:
        yield row


def _legend(nodes: Mapping[str, Json], several: set[str], width: int, language: Language) -> Drawn:
    notes = []
    if several:
        notes.append(WORDS.say("map-several", language))
    if not all(node.get("login", True) for node in nodes.values()):
        notes.append(WORDS.say("map-closed", language))
    return [(fit(note, width), QUIET) for note in notes]
