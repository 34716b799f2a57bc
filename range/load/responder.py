"""Responder files: their shape, and whether the scenario has what they act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from range.errors import InvalidInput, Problem
from range.load.document import Document, read
from range.load.parts import Names, Parts, Path_
from range.load.scenario import TEXT
from range.load.shape import salvage
from range.load.source import shown
from range.load.story import clock, moment
from range.load.wording import short, suggest
from range.scenario.check import Form
from range.scenario.responder import Captured, Filled, Responder, Submit
from range.scenario.scenario import SECTIONS, Bundle, Scenario


@dataclass(frozen=True)
class _Placed:
    """The scenario's names with the responder's places."""

    data: Mapping[str, Any]
    unreadable: frozenset[str]
    document: Document

    def problem(self, path: Path_, message: str, *, key: bool = False) -> Problem:
        return self.document.problem(path, message, key=key)


def load_responder(path: Path, bundle: Bundle) -> Responder:
    """Load a responder file such as `solution.yaml`; InvalidInput carries all mistakes."""
    scenario = bundle.scenario
    names = {name: getattr(scenario, name) for name in SECTIONS}
    problems: list[Problem] = []
    responder = read_responder(path, scenario, names, problems)
    if problems or responder is None:
        raise InvalidInput(problems)
    return responder


def read_responder(
    path: Path,
    scenario: Scenario,
    names: Mapping[str, Any],
    problems: list[Problem],
    unreadable: frozenset[str] = frozenset(),
) -> Responder | None:
    """Read what can be understood; `names` are the scenario's sections, broken entries too."""
    before = len(problems)
    document = read(path, shown(path), problems, inside=(path.parent,))
    if document.data is None:
        if len(problems) == before:
            problems.append(document.problem((), "empty; write a responder's steps"))
        return None
    if not isinstance(document.data, dict):
        problems.append(document.problem((), "must be a mapping (key: value)"))
        return None
    responder = salvage(
        Responder,
        document.data,
        document.problem,
        problems,
        sections=("steps",),
        head={"responder": "unknown", "title": TEXT, "steps": {}},
    )
    if responder is not None:
        placed = _Placed(names, unreadable, document)
        problems += _references(responder, Names(Parts(scenario, placed, {}, {}, (), {}, (), ())))
    return responder


def _references(responder: Responder, names: Names) -> list[Problem]:
    captured = {
        name: None for step in responder.steps.values() if step.ssh for name in step.ssh.capture
    }
    sooner: set[str] = set()
    for id_, step in responder.steps.items():
        path = ["steps", id_]
        if step.at is not None and step.at > names.scenario.duration:
            end = clock(names.scenario.duration)
            names.tell([*path, "at"], f"{clock(step.at)} is after the end, {end}; move it")
        if step.after is not None:
            moment(names, step.after, [*path, "after"])
        if step.ssh is not None:
            _login(names, step.ssh.node, [*path, "ssh", "node"])
            sooner.update(step.ssh.capture)
        if step.submit is not None:
            _submit(names, step.submit, [*path, "submit"], captured, sooner)
        if step.hint is not None:
            names.need("hints", step.hint, [*path, "hint"])
        if step.mark is not None:
            names.need("checks", step.mark.check, [*path, "mark", "check"])
    return names.problems


def _login(names: Names, node: str, path: Path_) -> None:
    if names.need_node(node, path) and node in names.node_names:
        base = names.scenario.nodes[names.node_names[node]]
        if not base.reachable:
            names.tell(path, f"trainees cannot log in to '{node}'; name a node they can")


def _submit(
    names: Names, submit: Submit, path: Path_, captured: Mapping[str, None], sooner: set[str]
) -> None:
    if not names.need("forms", submit.form, [*path, "form"]):
        return
    form = names.scenario.forms.get(submit.form)
    if form is None:
        return
    for field, value in submit.answers.items():
        spot = [*path, "answers", field]
        if field not in form.fields:
            known = suggest(field, form.fields, "it has")
            names.tell(spot, f"form '{submit.form}' has no field {short(field)}; {known}", key=True)
            continue
        for item in value if isinstance(value, tuple) else (value,):
            _filled(names, item, form, field, spot, captured, sooner)
    missing = [
        name for name, field in form.fields.items() if field.required and name not in submit.answers
    ]
    if missing:
        names.tell(
            [*path, "answers"],
            f"form '{submit.form}' also needs {', '.join(missing)}; add to answers",
            key=True,
        )


def _filled(
    names: Names,
    value: Filled,
    form: Form,
    field: str,
    path: Path_,
    captured: Mapping[str, None],
    sooner: set[str],
) -> None:
    if isinstance(value, Captured):
        if value.captured not in captured:
            known = suggest(value.captured, captured)
            names.tell(path, f"no step captures {short(value.captured)}; {known}")
        elif value.captured not in sooner:
            names.tell(path, f"'{value.captured}' is captured by a later step; move this below it")
        return
    choices = form.fields[field].choices
    if choices is not None and value not in choices:
        known = suggest(str(value), choices)
        names.tell(path, f"{short(value)} is no choice of this field; {known}")
