"""The files of a debrief: read from an exercise's folder, written beside its log."""

from __future__ import annotations

import json
from pathlib import Path

from range.events.folder import ExerciseFolder, write_durably
from range.grading.grade import grade
from range.report.debrief import Debrief, as_json, markdown
from range.scenario.model import Language


def debriefed(folder: ExerciseFolder) -> Debrief:
    """Read, prove and grade a log; CyderError when it is damaged."""
    bundle = folder.bundle()
    with folder.read() as log:
        head = log.verify()
        events = list(log.read())
    result = grade(bundle, events, exercise=folder.id)
    stood_in = {team.team: folder.responder(team.team) for team in result.teams}
    responders = {team: responder for team, responder in stood_in.items() if responder}
    return Debrief(bundle, events, result, head, responders)


def written(debrief: Debrief, out: Path, language: Language | None = None) -> list[Path]:
    """Write a debrief's Markdown (both languages unless told) and JSON; return their paths."""
    languages: tuple[Language, ...] = ("ja", "en") if language is None else (language,)
    texts = {f"debrief.{each}.md": markdown(debrief, each) for each in languages}
    texts["debrief.json"] = json_text(debrief)
    for name, text in texts.items():
        write_durably(out / name, text)
    return [out / name for name in texts]


def json_text(debrief: Debrief) -> str:
    """Return the JSON of a debrief as text."""
    return json.dumps(as_json(debrief), ensure_ascii=False, indent=2) + "\n"
