"""How a running exercise stands, for people: what `cyder ctl EXERCISE status` prints."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text


def standing(status: Mapping[str, Any]) -> Group:
    """Return the clock and a line for each team; `status` is the engine's answer."""
    speed = status["speed"]
    pace = "jumping" if speed == "jump" else f"{speed:g} x"
    clock = Text(
        f"{status['exercise']}: {status['state']}, {status['now']} of {status['end']}, {pace}"
    )
    table = Table(box=None, pad_edge=False)
    for heading in ("team", "injects", "under way", "next", "needs you"):
        table.add_column(heading)
    for name, team in status["teams"].items():
        unknown = [f"{id_}: decide, retry or skip" for id_ in team["unknown"]]
        held = [f"{id_} is held" for id_ in team["held"]]
        open_ = [id_ for id_ in team["open"] if id_ not in team["unknown"]]
        coming = [f"{due['at']} {due['id']}" for due in team["next"] if due["id"] not in open_]
        table.add_row(
            Text(name if team["name"] == name else f"{name} {team['name']}"),
            Text(_counted(team["ended"].values())),
            Text(", ".join(open_)),
            Text("\n".join(coming[:3])),
            Text("\n".join([*unknown, *held])),
        )
    return Group(clock, table)


def kept(snapshots: Mapping[str, Any]) -> Table:
    """Return a line for each snapshot; `snapshots` is the engine's answer."""
    table = Table(box=None, pad_edge=False)
    for heading in ("team", "node", "snapshot", "taken", "MiB"):
        table.add_column(heading)
    for team, entries in snapshots.items():
        for entry in entries:
            taken = time.strftime("%H:%M:%S", time.localtime(entry["at"]))
            size = f"{entry['size'] / 2**20:.1f}"
            table.add_row(*map(Text, (team, entry["node"], entry["name"], taken, size)))
    return table


def _counted(outcomes: Any) -> str:
    """Write `12 delivered, 3 succeeded`, the most frequent first."""
    return ", ".join(f"{count} {outcome}" for outcome, count in Counter(outcomes).most_common())
