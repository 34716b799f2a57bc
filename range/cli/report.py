"""`cyder report`: the debrief of an exercise."""

from __future__ import annotations

from pathlib import Path

import click

from range.events.folder import find
from range.report.files import debriefed, json_text, written
from range.scenario.model import Language
from range.settings import settings


@click.command()
@click.argument("exercise")
@click.option(
    "--language", type=click.Choice(["ja", "en"]), help="Write Markdown in this language only."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to, instead of the exercise's own.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the JSON instead of writing files.")
def command(exercise: str, language: Language | None, out: Path | None, as_json: bool) -> None:
    """Write the debrief of EXERCISE (an id, a folder, or `last`): Markdown and JSON."""
    folder = find(settings(), exercise)
    debrief = debriefed(folder)
    if as_json:
        click.echo(json_text(debrief), nl=False)
        return
    for path in written(debrief, out or folder.report, language):
        click.echo(str(path))
