"""`cyder report`: the debrief of an exercise."""

from __future__ import annotations

import json
from pathlib import Path

import click

from range.events.folder import find, write_durably
from range.grading.grade import grade
from range.report.debrief import Debrief, as_json, markdown
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
@click.option("--json", "print_json", is_flag=True, help="Print the JSON instead of writing files.")
def command(exercise: str, language: Language | None, out: Path | None, print_json: bool) -> None:
    """Write the debrief of EXERCISE (an id, a folder, or `last`): Markdown and JSON."""
    folder = find(settings(), exercise)
    bundle = folder.bundle()
    with folder.read() as log:
        head = log.verify()
        events = list(log.read())
    debrief = Debrief(bundle, events, grade(bundle, events, exercise=folder.id), head)
    if print_json:
        click.echo(json.dumps(as_json(debrief), ensure_ascii=False, indent=2))
        return
    for path in written(debrief, out or folder.report, language):
        click.echo(str(path))


def written(debrief: Debrief, out: Path, language: Language | None = None) -> list[Path]:
    """Write the files of a debrief and return their paths."""
    languages: tuple[Language, ...] = ("ja", "en") if language is None else (language,)
    texts = {f"debrief.{each}.md": markdown(debrief, each) for each in languages}
    texts["debrief.json"] = json.dumps(as_json(debrief), ensure_ascii=False, indent=2) + "\n"
    for name, text in texts.items():
        write_durably(out / name, text)
    return [out / name for name in texts]
