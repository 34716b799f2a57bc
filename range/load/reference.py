"""The tables of docs/scenario-language.md, made from the schemas: `python -m range.load.reference`.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`; NAME is a part of the schemas.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from range.load.schema import schemas
from range.scenario.probe import OBSERVES
from range.settings import PROJECT

GUIDE = PROJECT / "docs" / "scenario-language.md"
_TABLE = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_NAMED = {
    "FactRef": "[a fact](#values)",
    "SecretRef": "[a secret](#values)",
    "Captured": "[a capture](#ssh)",
    "Phase": "`observe`, `orient`, `decide`, `act`",
}
# Patterns of the language in an author's words.
_WORDS = {
    "5m": "duration",
    "T+00:25": "exercise time",
    "256M": "size",
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "name",
    r"^[A-Za-z][A-Za-z0-9-]*$": "id",
    r"^T\d{4}(\.\d{3})?$": "ATT&CK id",
    r"^/": "absolute path",
}


def filled(guide: str) -> str:
    """The guide with every table made anew."""
    parts = _parts()
    return _TABLE.sub(lambda match: f"{match[1]}\n{_table(match[2], parts)}\n{match[3]}", guide)


def _parts() -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for name in ("scenario.json", "procedure.json", "responder.json", "expected.json"):
        schema = schemas()[name]
        found |= schema["$defs"]
        found[schema["title"]] = schema
    return found


def _table(name: str, parts: Mapping[str, Mapping[str, Any]]) -> str:
    if name == "observations":
        lines = ["| kind | fields |", "|---|---|"]
        lines += [f"| {kind} | {', '.join(fields)} |" for kind, fields in OBSERVES.items()]
        return "\n".join(lines) + "\n"
    part = parts[name]
    required = part.get("required", ())
    lines = ["| key | value | without it | meaning |", "|---|---|---|---|"]
    for key, schema in part["properties"].items():
        default = "**an error**" if key in required else _default(schema, _value(schema))
        meaning = schema.get("description", "")
        if "$ref" in schema or "description" not in schema:
            meaning = meaning or schema.get("title", key).replace("_", " ").strip().lower()
        meaning = "" if meaning.replace(" ", "") == key.replace("_", "") else meaning
        cells = [f"`{key}`", _value(schema), default, meaning]
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _default(schema: Mapping[str, Any], value: str) -> str:
    default = schema.get("default")
    if default is None or default == {} or default == []:
        return ""
    if value == "size":
        return f"`{default // 2**20}M`"
    if value == "duration":
        return f"`{default}s`"
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _value(schema: Mapping[str, Any]) -> str:
    """A type in words; names of other parts are links to their headings."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _NAMED.get(name, f"[{name}](#{name.lower()})")
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{item}`" for item in schema["enum"])
    for examples in (schema, *schema.get("anyOf", ())):
        for example in examples.get("examples", ()):
            if example in _WORDS:
                return _WORDS[example]
    if "discriminator" in schema:
        return "[a probe](#probes)"
    if "anyOf" in schema or "oneOf" in schema:
        kinds = [item for item in schema.get("anyOf", schema.get("oneOf", ()))
                 if item.get("type") != "null"]  # fmt: skip
        return _union([_value(item) for item in kinds])
    return _plain(schema)


def _plain(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return "a bare value"
    if kind == "array":
        if "prefixItems" in schema:
            return f"[{', '.join(_value(item) for item in schema['prefixItems'])}]"
        return f"list of {_value(schema.get('items', {}))}"
    if kind == "object":
        for pattern, below in schema.get("patternProperties", {}).items():
            return f"mapping: {_WORDS.get(pattern, 'key')} to {_value(below)}"
        below = schema.get("additionalProperties")
        return f"mapping: key to {_value(below) if isinstance(below, dict) else 'anything'}"
    if kind == "string":
        if "format" in schema:
            return {"ipv4": "address", "ipv4network": "network/prefix"}.get(
                schema["format"], "text"
            )
        return _WORDS.get(schema.get("pattern", ""), "text")
    return {"integer": "whole number", "number": "number", "boolean": "true or false"}.get(
        str(kind), "anything"
    )


def _union(kinds: list[str]) -> str:
    found = list(dict.fromkeys(kinds))
    if {"text", "whole number", "number", "true or false"} <= set(found):
        return "[value](#values)"
    return " or ".join(found)


def main() -> None:
    """Rewrite the tables of the guide."""
    path: Path = GUIDE
    path.write_text(filled(path.read_text()))


if __name__ == "__main__":
    main()
