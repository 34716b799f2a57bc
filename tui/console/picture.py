"""A scenario's network as text: networks as bars, machines as boxes, gateways as rails. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from range.plan.addresses import Addresses
from range.scenario.model import Language
from range.scenario.scenario import Scenario
from range.scenario.topology import Node, expand
from tui.look.text import fit, padded
from tui.look.theme import BAD, CARE, GOOD, QUIET, STRONG

_RAIL = 3  # cells from one rail to the next
_SIGNS = {"red": ("▲", BAD), "green": ("○", CARE), "white": ("◇", QUIET)}
_REACHABLE = ("●", GOOD)
_INNER = (10, 19, 26)  # cells of a box: at least, at most, at most where there is room


@dataclass(frozen=True)
class _Box:
    """A machine as it is drawn."""

    lines: tuple[str, ...]
    sign: str
    style: str


def picture(scenario: Scenario, language: Language, width: int) -> Text:
    """Draw what is connected to what, in `width` cells (40 at least) and as many rows as needed."""
    width = max(width, 40)
    rows = [*_Drawing(scenario, language, width).rows()]
    return Text("\n", overflow="ellipsis", no_wrap=True).join(rows)


def signs(say_reachable: str, say_red: str, say_green: str, say_white: str) -> Text:
    """Explain the signs in one line."""
    told = ((_REACHABLE, say_reachable), (_SIGNS["red"], say_red), (_SIGNS["green"], say_green),
            (_SIGNS["white"], say_white))  # fmt: skip
    text = Text(overflow="fold")
    for (character, style), said in told:
        text.append(f"{character} ", style)
        text.append(f"{said}   ")
    return text


class _Drawing:
    """One picture, from the top down."""

    def __init__(self, scenario: Scenario, language: Language, width: int) -> None:
        self._scenario, self._language, self._width = scenario, language, width
        self._addresses = Addresses(scenario)
        nodes = scenario.nodes
        self._gateways = {n: node for n, node in nodes.items() if len(_networks(node)) > 1}
        self._inner = _INNER[2] if width >= 120 else _INNER[1]

    def rows(self) -> Iterator[Text]:
        """Yield the picture row by row."""
        for number, (name, node) in enumerate(self._gateways.items()):
            yield from self._gateway(number, name, node)
        networks = list(self._scenario.networks)
        for index, network in enumerate(networks):
            later = set(networks[index + 1 :])
            yield self._bar(network, later)
            yield from self._machines(network, later)

    def _gateway(self, number: int, name: str, node: Node) -> Iterator[Text]:
        """A box from whose left corner a rail goes down to the node's networks."""
        sign, style = _sign(node)
        room = self._width - _RAIL * number - 6
        said = fit(f"{name}  {node.title.in_(self._language)}", room)
        edge = "─" * (cell_len(said) + 4)
        left = "".join(" │".ljust(_RAIL) for _ in range(number))
        yield Text(f"{left}┌{edge}┐", QUIET)
        row = Text(f"{left}│ ", QUIET)
        row.append(f"{sign} ", style).append(said, STRONG).append(" │", QUIET)
        yield row
        yield Text(f"{left}└┬{edge[1:]}┘", QUIET)

    def _bar(self, name: str, later: set[str]) -> Text:
        """A network's line, with a joint at each rail of a gateway that has a leg in it."""
        network = self._scenario.networks[name]
        drawn, joined = "", False
        for node in self._gateways.values():
            here, on = name in _networks(node), bool(_networks(node) & later)
            joint = ("├" if on else "└") if here else ("│" if on else " ")
            if joined:
                joint = {"├": "┼", "└": "┴", "│": "┼"}.get(joint, "─")
            joined = joined or here
            drawn += ("─" if joined and not here and drawn.endswith("─") else " ") + joint
            drawn += "─" if joined else " "
        start = "━" if joined else " "
        row = Text(drawn, QUIET).append(f"{start}━ ", STRONG if network.outside else GOOD)
        legs = " ".join(f"{gateway} {self._ending(gateway, name)}" for gateway in self._gateways
                        if name in _networks(self._gateways[gateway]))  # fmt: skip
        title = network.title.in_(self._language)
        shown = name if title.casefold() == name.casefold() else f"{name}  {title}"
        row.append(fit(shown, self._width // 2), STRONG).append(f"  {network.cidr}")
        row.append(f"  ({legs})" if legs else "", QUIET)
        left = self._width - row.cell_len - 2
        if left > 0:
            row.append(" " + "━" * left, STRONG if network.outside else GOOD)
        row.truncate(self._width)
        return row

    def _machines(self, network: str, later: set[str]) -> Iterator[Text]:
        """The boxes of a network's own machines, as many beside each other as fit."""
        boxes = [self._box(name, node) for name, node in self._scenario.nodes.items()
                 if name not in self._gateways and network in _networks(node)]  # fmt: skip
        rails = "".join(
            (" │" if _networks(node) & later else "  ").ljust(_RAIL)
            for node in self._gateways.values()
        )
        if not boxes:
            yield Text(rails, QUIET)
            return
        widest = max(cell_len(line) for box in boxes for line in box.lines)
        inner = min(max(widest, _INNER[0]), self._inner)
        each = max((self._width - len(rails) - 2) // (inner + 5), 1)
        for first in range(0, len(boxes), each):
            yield from self._row(boxes[first : first + each], inner, rails)

    def _row(self, boxes: list[_Box], inner: int, rails: str) -> Iterator[Text]:
        edge = "─" * (inner + 2)
        yield Text(f"{rails}  " + " ".join(f"┌{edge}┐" for _ in boxes), QUIET)
        for number in range(3):
            row = Text(f"{rails}  ", QUIET)
            for box in boxes:
                row.append("│ ", QUIET)
                if number == 0:
                    row.append(f"{box.sign} ", box.style)
                    row.append(padded(box.lines[0], inner - 2), STRONG)
                else:
                    row.append(padded(box.lines[number], inner))
                row.append(" │ ", QUIET)
            row.rstrip()
            yield row
        yield Text(f"{rails}  " + " ".join(f"└{edge}┘" for _ in boxes), QUIET)

    def _box(self, name: str, node: Node) -> _Box:
        sign, style = _sign(node)
        copies = expand(name, node.count)
        shown = name if node.count == 1 else f"{name} x{node.count}"
        first = str(self._addresses.of(copies[0], 0))
        last = str(self._addresses.of(copies[-1], 0)).rsplit(".", 1)[1]
        address = first if node.count == 1 else f"{first}-{last}"
        # The name stands two cells further in: its sign comes before it.
        return _Box((f"{shown}  ", node.title.in_(self._language), address), sign, style)

    def _ending(self, gateway: str, network: str) -> str:
        """The last part of a gateway's address in a network: .1"""
        for number, interface in enumerate(self._gateways[gateway].interfaces):
            if interface.network == network:
                copy = expand(gateway, self._gateways[gateway].count)[0]
                return "." + str(self._addresses.of(copy, number)).rsplit(".", 1)[1]
        return ""


def _networks(node: Node) -> set[str]:
    return {interface.network for interface in node.interfaces}


def _sign(node: Node) -> tuple[str, str]:
    if node.side in _SIGNS:
        return _SIGNS[node.side]
    return _REACHABLE if node.reachable else _SIGNS["white"]
