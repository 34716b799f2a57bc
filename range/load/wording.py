"""Mistakes of shape in plain words: what is wrong; what would be right."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import Enum
from types import UnionType
from typing import Any

from pydantic import BaseModel, RootModel

_MAX_LISTED = 14
_MAX_KEYS = 6
_MAX_POOL = 300

# What a pattern of the language means to an author.
_PATTERNS = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "a name: small letters, digits and single hyphens",
    r"^[A-Za-z][A-Za-z0-9-]*$": "an id: letters, digits and hyphens, a letter first",
    r"^T\d{4}(\.\d{3})?$": "a technique of ATT&CK, like T1566 or T1566.001",
    r"^[a-z][a-z0-9_]*$": "the name of a role: small letters, digits and underscores",
    r"^/": "an absolute path, starting with /",
    r"^https?://": "a URL, starting with http:// or https://",
    r"^http://": "a URL, starting with http://",
    r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$": "a mail address, like tanaka@city.example",
    r"^[a-z0-9.-]{1,200}$": "a host name, like www.city.example",
    r"^/[A-Za-z0-9/._-]+$": "an absolute path without spaces",
}


def short(value: Any, limit: int = 40) -> str:
    """A value of an author as one bounded, printable line."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[: limit + 1])
    text = text if len(text) <= limit else text[:limit] + "..."
    return f"'{text}'" if isinstance(value, str) else text


def closest(wrong: str, known: Sequence[str]) -> str | None:
    """The name that was probably meant, if there is one. Bounded for long lists."""
    if len(wrong) > 80:
        return None
    pool = known if len(known) <= _MAX_POOL else [name for name in known if name[:1] == wrong[:1]]
    close = get_close_matches(wrong, pool[:_MAX_POOL], 1)
    if close:
        return close[0]
    return next((name for name in pool if name.casefold() == wrong.casefold()), None)


def suggest(wrong: str, known: Iterable[str], what: str = "known here") -> str:
    """`did you mean 'x'?`, or a list of what there is."""
    names = list(known)
    meant = closest(wrong, names)
    if meant is not None:
        return f"did you mean '{meant}'?"
    if not names:
        return f"{what}: none"
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"{what}: {', '.join(names[:_MAX_LISTED])}{more}"


def _arguments(annotation: Any) -> list[Any]:
    """An annotation without Annotated and Optional, unions taken apart."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _arguments(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, UnionType):
        return [part for item in typing.get_args(annotation) for part in _arguments(item)]
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return _arguments(annotation.model_fields["root"].annotation)
    return [annotation]


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _step(annotations: list[Any], part: str | int) -> list[Any]:
    """What stands below `part`, for every reading of the type."""
    found: list[Any] = []
    for annotation in annotations:
        origin = typing.get_origin(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, field in annotation.model_fields.items():
                if part in (name, field.alias):
                    found += _arguments(field.rebuild_annotation())
            continue
        arguments = typing.get_args(annotation)
        if origin is dict and isinstance(part, str) and arguments:
            found += _arguments(arguments[1])
        elif origin is tuple and isinstance(part, int) and arguments:
            found += _arguments(arguments[0])
    return found


def keys_at(root: type[BaseModel], path: Sequence[str | int], data: Any) -> list[str]:
    """Keys that a mapping at `path` may have; for a union those of the reading that was meant."""
    types = _arguments(root)
    for part in path:
        below = _step(types, part)
        types = below or types
        if isinstance(data, dict | list):
            try:
                data = data[part]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                data = None
    models = [item for item in types if isinstance(item, type) and issubclass(item, BaseModel)]
    kind = data.get("kind") if isinstance(data, dict) else None
    chosen = [
        model
        for model in models
        if "kind" in model.model_fields
        and kind in typing.get_args(model.model_fields["kind"].annotation)
    ]
    return list(dict.fromkeys(key for model in chosen or models for key in _keys(model)))


def choices_at(root: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Values of an enumeration at `path`."""
    types = _arguments(root)
    for part in path:
        types = _step(types, part) or types
    found: list[str] = []
    for item in types:
        if typing.get_origin(item) is typing.Literal:
            found += [short(value).strip("'") for value in typing.get_args(item)]
        elif isinstance(item, type) and issubclass(item, Enum):
            found += [str(member.value) for member in item]
    return found


def _bound(error: dict[str, Any]) -> str:
    context = error["ctx"]
    words = {
        "greater_than_equal": ("ge", "at least"),
        "less_than_equal": ("le", "at most"),
        "greater_than": ("gt", "more than"),
        "less_than": ("lt", "less than"),
    }
    name, word = words[error["type"]]
    return f"{short(error['input'])} is out of bounds; give {word} {context[name]:g}"


def _length(error: dict[str, Any]) -> str:
    context, kind = error["ctx"], error["type"]
    if kind == "too_short":
        return f"too few; give at least {context['min_length']}"
    if kind == "too_long":
        return f"too many; give at most {context['max_length']}"
    if kind == "string_too_long":
        return f"too long; give at most {context['max_length']} characters"
    if not error["input"]:
        return "empty; write something, or leave the key out"
    return f"too short; give at least {context['min_length']} characters"


_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a mapping (key: value)",
    "tuple_type": "a list",
    "list_type": "a list",
    "finite_number": "a finite number",
    "ip_v4_address": "an IPv4 address, like 10.0.0.1",
    "ip_v4_network": "an IPv4 network without host bits, like 10.0.0.0/24",
}


def word(error: dict[str, Any], root: type[BaseModel], path: Sequence[str | int], data: Any) -> str:
    """One mistake as a sentence. `path` is the error's place without labels of unions."""
    kind = error["type"]
    value = error["input"]
    if kind == "extra_forbidden":
        name = str(path[-1])
        return f"unknown key {short(name)}; {suggest(name, keys_at(root, path[:-1], data))}"
    if kind == "missing":
        return f"'{path[-1]}' is missing; add it"
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        choices = choices_at(root, path) or [
            name.strip(" '") for name in str(error["ctx"].get("expected_tags", "")).split(",")
        ]
        if kind == "union_tag_invalid":
            value = error["ctx"]["tag"]
        if len(choices) == 1:
            return f"{short(value)} is not allowed; write {choices[0]}"
        return f"{short(value)} is not allowed; {suggest(str(value), choices, 'one of')}"
    if kind == "union_tag_not_found":
        return "'kind' is missing; add it"
    if kind == "string_pattern_mismatch":
        meaning = _PATTERNS.get(error["ctx"]["pattern"], f"text like {error['ctx']['pattern']}")
        return f"{short(value)} does not fit; write {meaning}"
    if kind == "string_type" and isinstance(value, int | float):
        return f"{short(value)} is not text; write '{short(value)}'"
    if kind in ("model_type", "model_attributes_type"):
        keys = keys_at(root, path, data)
        return f"{short(value)} does not fit; write a mapping with {', '.join(keys[:_MAX_KEYS])}"
    if kind in _TYPES:
        return f"{short(value)} does not fit; write {_TYPES[kind]}"
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        return _length(error)
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return _bound(error)
    if kind == "value_error":
        reason = str(error["ctx"]["error"])
        return f"{short(value)} is {reason}" if reason.startswith("not a") else reason
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}"
