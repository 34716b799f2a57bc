"""The nodes of each team's lab, as the log last told of them."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import DataTable

from range.plan.model import NodePlan, Plan
from range.providers import deployments
from tui.console.exercise.finder import Finder
from tui.console.exercise.grid import Grid, Row
from tui.console.exercise.hub import Hub
from tui.console.exercise.lines import Lines
from tui.console.exercise.model import NodeState
from tui.console.exercise.pane import Pane, folded
from tui.console.exercise.signs import short
from tui.look.text import plain
from tui.look.theme import BAD, CARE, GOOD, QUIET, STRONG

_STATES = {"running": GOOD, "failed": BAD}


class NodesPane(Pane):
    """One line for each node of the teams looked at."""

    def __init__(self, hub: Hub, *, id: str) -> None:
        super().__init__(hub, id=id)
        self._plan: Plan | None = None
        self.busy: dict[tuple[str, str], str] = {}  # team, node -> what is under way

    def compose(self) -> ComposeResult:
        """A search line, the table, what the chosen one is about."""
        yield Finder(id="find-nodes")
        yield Grid(id="nodes")
        yield Lines(id="nodes-about", classes="about", wraps=True)

    @property
    def chosen(self) -> tuple[str, str] | None:
        """Team and node under the cursor."""
        team, _, node = self.query_one(Grid).chosen.partition("/")
        return (team, node) if node else None

    def look(self) -> None:
        """Go to the table."""
        self.query_one(Grid).focus()

    def refresh_scene(self) -> None:
        """Show the nodes."""
        if self._plan is None:
            self._plan = deployments.load(self.hub.client.settings, self.hub.client.exercise)
        width = self.room() - 2
        heads: list[tuple[str, int | None]] = [
            (self.say("col-team"), 12), (self.say("col-node"), 16), (self.say("col-state"), 14),
            (self.say("col-reverts"), 7),
            (self.say("col-title"), max(12, width - 12 - 16 - 14 - 7 - 10)),
        ]  # fmt: skip
        wanted = folded(self.query_one(Finder).value)
        rows = [self._known(team, node) for team in self.hub.teams for node in self._of(team)]
        if wanted:
            rows = [row for row in rows if wanted in folded(" ".join(c.plain for c in row[1]))]
        self.query_one(Grid).fill(heads, rows)
        self._about()

    def _of(self, team: str) -> list[NodePlan]:
        labs = self._plan.labs if self._plan is not None else ()
        return [node for lab in labs if lab.team == team for node in lab.nodes]

    def _known(self, team: str, node: NodePlan) -> Row:
        state = self.hub.story.teams[team].nodes.get(node.name, NodeState("?"))
        busy = self.busy.get((team, node.name))
        stamp = (state.state, state.reverts, busy, self.language, self.hub.name(team))
        return self.row(f"{team}/{node.name}", stamp, lambda: self._row(team, node, state))

    def _row(self, team: str, node: NodePlan, state: NodeState) -> Row:
        known = self.hub.scenario.nodes.get(node.base)
        title = known.title.in_(self.language) if known is not None else ""
        addresses = ", ".join(str(nic.address) for nic in node.nics)
        key = f"n-{state.state}"
        busy = self.busy.get((team, node.name))
        words = (
            busy
            or (self.say(key) if state.state in ("running", "failed", "booting", "made", "making")
                else self.say("n-other", state=state.state))
        )  # fmt: skip
        reverts = str(state.reverts or "-")
        return f"{team}/{node.name}", (
            plain(self.hub.name(team), STRONG),
            Text(node.name),
            plain(words, CARE if busy else _STATES.get(state.state, CARE)),
            Text(reverts),
            plain(f"{title} {addresses}", QUIET),
        )

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say what it is about."""
        event.stop()
        self._about()

    def snapshots(self, team: str, node: str) -> list[str]:
        """Return the names of a node's snapshots."""
        return list(dict.fromkeys(self.hub.story.teams[team].snapshots.get(node, [])))

    def _about(self) -> None:
        shown = self.query_one("#nodes-about", Lines)
        if self.chosen is None:
            shown.put(Text(self.say("nodes-none"), style=QUIET))
            return
        team, node = self.chosen
        state = self.hub.story.teams[team].nodes.get(node, NodeState("?"))
        parts = [f"{self.hub.name(team)} / {node}", state.detail]
        if state.at is not None:
            parts.append(f"T+{short(state.at)}")
        names = self.snapshots(team, node)
        if names:
            parts.append(self.say("snapshots", names=", ".join(names)))
        shown.put(plain("  ".join(part for part in parts if part)))
