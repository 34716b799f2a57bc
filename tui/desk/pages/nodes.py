"""The way to each node: Enter opens a shell, and the lines for one's own client stand below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList

from range.text import line
from tui.desk.pages.page import Page
from tui.desk.room import say, told
from tui.desk.rows import Row, Rows
from tui.desk.sheet import Lines, Sheet, paragraphs
from tui.look.text import fit, padded
from tui.look.theme import CARE, QUIET, STRONG


class NodesPage(Page):
    """Nodes above, how to reach the marked one below."""

    name_of = "nodes"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "visit", "enter-node", priority=True)]
    DEFAULT_CSS = """
    NodesPage Rows { height: 1fr; min-height: 3; }
    NodesPage Sheet { height: 12; border-top: solid $secondary; }
    NodesPage Sheet:focus { border-top: solid $accent; }
    """

    class Chosen(Message):
        """The member wants to go to a node."""

        def __init__(self, node: str) -> None:
            super().__init__()
            self.node = node

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield Rows()
        yield Sheet()

    def show(self) -> None:
        """Draw what the model knows."""
        self.query_one(Rows).show(self._rows)
        self.query_one(Sheet).show(self._how)

    @on(OptionList.OptionHighlighted)
    def _marked(self) -> None:
        self.query_one(Sheet).show(self._how, top=True)

    @on(OptionList.OptionSelected)
    def action_visit(self) -> None:
        """Go to the marked node."""
        node = self.query_one(Rows).marked
        if node:
            self.post_message(self.Chosen(node))

    def _rows(self, width: int) -> Sequence[Row]:
        known = self.room.model.network.get("nodes") or {}
        rows = []
        for node in self.room.model.nodes:
            about = known.get(node) or {}
            addresses = " ".join(str(address) for address in about.get("addresses") or [])
            text = Text("  ", no_wrap=True, end="").append(padded(node, 18) + " ", style=STRONG)
            text.append(padded(told(self, about.get("title")), 30) + " ")
            text.append(fit(addresses, max(width - text.cell_len, 0)), style=QUIET)
            rows.append(Row(node, text))
        return rows

    def _how(self, width: int) -> Lines:
        node = line(self.query_one(Rows).marked, 80)
        if not node:
            return [(say(self, "no-nodes"), QUIET)]
        team = self.room.model.team
        host, _, port = (self.room.model.door or "HOST:PORT").rpartition(":")
        with_key = [
            ("own-shell", f"ssh -F ssh_config {node}"),
            ("own-fetch", f"scp -F ssh_config {node}:/var/log/syslog ."),
            ("own-send", f"scp -F ssh_config memo.txt {node}:"),
            ("own-page", f"ssh -F ssh_config -L 8080:localhost:80 {node}"),
        ]
        plain = [("own-shell", f"ssh -J {team}@{host}:{port} trainee@{node}")]
        return [
            *paragraphs([(say(self, "node-sure", name=node), CARE)], width),
            *paragraphs([(say(self, "own-client"), QUIET)], width),
            *((self._command(*way), "") for way in with_key),
            *paragraphs([(say(self, "own-plain"), QUIET)], width),
            *((self._command(*way), "") for way in plain),
            *paragraphs([(say(self, "own-mouse"), QUIET)], width),
        ]

    def _command(self, what: str, command: str) -> str:
        # Never broken: a command copied from two lines would be two commands.
        return f"  {padded(say(self, what), 9)} {command}"
