"""`cyder exercises`: what was run here, oldest first."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from range.exercise.listing import Listed, Listing
from range.settings import settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List exercises, oldest first."""
    listed = [_described(known) for known in Listing(settings()).look()]
    if as_json:
        click.echo(json.dumps({"exercises": listed}, ensure_ascii=False, indent=2))
        return
    if not listed:
        click.echo("No exercise has been run here yet.")
        return
    table = Table(box=box.SIMPLE_HEAVY, pad_edge=False)  # narrow: ids must not be cut at 80 columns
    table.add_column("Exercise", no_wrap=True)  # ids are copied from here
    for title in ("Scenario", "State", "Started (UTC)"):
        table.add_column(title, overflow="fold")
    for exercise in listed:
        started = (exercise["started"] or "     -")[5:16].replace("T", " ")  # the id tells the year
        shown = (exercise["exercise"], exercise["scenario"], exercise["state"], started)
        table.add_row(*(Text(str(value)) for value in shown))
    Console().print(table)


def _described(known: Listed) -> dict[str, str | None]:
    """Return one line of the list. `started` is UTC; null before STARTEX."""
    started = None
    if known.started is not None:
        at = datetime.fromtimestamp(known.started, UTC)
        started = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"exercise": known.id, "scenario": known.scenario, "state": known.state,
            "started": started}  # fmt: skip
