"""`cyder demo`: a city is attacked, one team defends it and one does nothing."""

from __future__ import annotations

from pathlib import Path

import click

from range.cli.follow import follow
from range.exercise.create import Options
from range.exercise.prepare import prepare
from range.exercise.spawn import spawn
from range.host.ready import ensure_host
from range.settings import settings

SCENARIO = "municipality"


@click.command("demo")
@click.option("--scenario", default=SCENARIO, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Write result and report here, too.")  # fmt: skip
@click.option("--language", default="ja", show_default=True, type=click.Choice(["ja", "en"]))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(scenario: str, out: Path | None, language: str, as_json: bool) -> None:
    """Run a whole exercise on embedded defaults: two teams, the jumping clock.

    The first time it makes the images, which takes minutes; every step is shown.
    """
    here = settings()
    ensure_host(here)
    options = Options(speed="jump", headless=True, language="en" if language == "en" else "ja")
    exercise = prepare(here, scenario, 2, ["team1=solution", "team2=idle"], options)
    follow(here, exercise, spawn(exercise, here), as_json=as_json, out=out)
