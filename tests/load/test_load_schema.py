"""The shipped JSON Schemas say the same as the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource

from range.load.document import parse
from range.load.schema import FOLDER, schemas, text
from range.scenario.scenario import SECTIONS
from range.settings import settings

SMALL = Path(__file__).parents[1] / "scenarios" / "small"
FOLDERS = [SMALL, *sorted(path.parent for path in settings().scenarios.glob("*/scenario.yaml"))]


def validator(name: str) -> Any:
    found = schemas()
    resources = [(key, Resource.from_contents(value)) for key, value in found.items()]
    registry: Any = Registry().with_resources(resources)
    return jsonschema.Draft202012Validator(found[name], registry=registry)


def read(path: Path) -> Any:
    return parse(path.read_text(), path.name, []).data


def test_the_shipped_schemas_are_current() -> None:
    shipped = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    made = {name: text(schema) for name, schema in schemas().items()}
    assert shipped == made, "run: python -m range.load.schema"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_a_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[name])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_scenarios_pass_their_schemas(folder: Path) -> None:
    files = {"scenario.json": [folder / "scenario.yaml"]}
    files["procedure.json"] = sorted(folder.glob("procedures/*.yaml"))
    files["responder.json"] = [*folder.glob("solution.yaml"), *folder.glob("wrong-*.yaml")]
    files["expected.json"] = list(folder.glob("expected.yaml"))
    for section in SECTIONS:
        files[f"{section}.json"] = list(folder.glob(f"{section}.yaml"))
    for name, paths in files.items():
        for path in paths:
            errors = [
                f"{path}: {e.json_path} {e.message}"
                for e in validator(name).iter_errors(read(path))
            ]
            assert errors == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("level: test", "levle: test"),
        ("side: red", "side: purple"),
        ("duration: 20m", "duration: soon"),
        ("cost: 1\n", "cost: 11\n"),
        ("kind: http\n", "kind: htttp\n"),
        ("title: {ja: 公開サーバー, en: Web server}", "title: {ja: 公開サーバー}"),
    ],
)
def test_what_the_loader_refuses_for_its_shape_the_schema_refuses(old: str, new: str) -> None:
    whole = (SMALL / "scenario.yaml").read_text()
    assert old in whole
    changed = yaml.safe_load(whole.replace(old, new, 1))
    assert list(validator("scenario.json").iter_errors(changed))
