"""JSON Schemas of the language, made from its models, for editors: `python -m range.load.schema`.

The files beside this one, in `schema/`, are shipped; a test says whether they are current. A
scenario names one in its first line:

    # yaml-language-server: $schema=../../range/load/schema/scenario.json
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from range.scenario.expected import Expected
from range.scenario.inject import Procedure
from range.scenario.responder import Responder
from range.scenario.scenario import SECTIONS, Scenario

FOLDER = Path(__file__).resolve().parent / "schema"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ROLE = {"$ref": "#/$defs/RoleUse"}
_CONDITION = {"$ref": "#/$defs/Condition"}
_SCALARS = {"type": ["string", "number", "boolean"]}


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by the name of its file."""
    scenario = _of(Scenario)
    # A section may stand in a file of its own.
    scenario["required"] = [name for name in scenario["required"] if name not in SECTIONS]
    found = {
        "scenario.json": scenario,
        "procedure.json": _of(Procedure),
        "responder.json": _of(Responder),
        "expected.json": _of(Expected),
    }
    for name in SECTIONS:
        found[f"{name}.json"] = {
            "$schema": _DIALECT,
            "title": f"{name}.yaml of a scenario",
            "$ref": f"scenario.json#/properties/{name}",
        }
    return found


def _of(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": _DIALECT, **_with_short_forms(schema)}


def _with_short_forms(part: Any) -> Any:
    """Add what models take as shorthand: a bare role, a bare value for a condition."""
    if isinstance(part, Mapping):
        if part == _ROLE:
            return {"anyOf": [dict(part), {"type": "string"}]}
        if part == _CONDITION:
            return {"anyOf": [dict(part), dict(_SCALARS)]}
        return {key: _with_short_forms(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_with_short_forms(value) for value in part]
    return part


def text(schema: Mapping[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every schema."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (FOLDER / name).write_text(text(schema))


if __name__ == "__main__":
    main()
