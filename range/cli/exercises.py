"""`cyder exercises`: what was run here, oldest first."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from range.errors import CyderError
from range.events.event import Kind
from range.events.folder import ExerciseFolder, exercises
from range.events.log import is_written
from range.settings import settings

_KINDS = (Kind.CREATED, Kind.STARTED, Kind.ENDED, Kind.CLOCK)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List exercises, oldest first."""
    listed = [_described(folder) for folder in exercises(settings())]
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


def _described(folder: ExerciseFolder) -> dict[str, str | None]:
    """Return one line of the list. `started` is UTC; null before STARTEX."""
    scenario, state, started = "", "preparing", None
    try:
        with folder.read() as log:
            for event in log.only(*_KINDS):
                if event.kind is Kind.CREATED:
                    scenario = str(event.data.get("scenario") or "")
                elif event.kind is Kind.STARTED:
                    state = "running"
                    at = datetime.fromtimestamp(event.wall, UTC)
                    started = at.isoformat(timespec="seconds").replace("+00:00", "Z")
                elif event.kind is Kind.CLOCK and started:
                    state = "running" if event.data.get("running") else "paused"
                elif event.kind is Kind.ENDED:
                    state = "ended"
                    break
    except CyderError:
        return {"exercise": folder.id, "scenario": scenario, "state": "damaged", "started": started}
    if state != "ended" and not is_written(folder.log):
        state = "interrupted"
    return {"exercise": folder.id, "scenario": scenario, "state": state, "started": started}
