"""First pass: shape. Data becomes a frozen model; what is wrong is told, the rest is kept.

Mistakes of shape must not hide mistakes of reference: wrong keys are left out and wrong entries of
a section dropped, so that the second pass sees as much of the scenario as can be understood.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from range.errors import Problem
from range.load.wording import closest, keys_at, short, word

M = TypeVar("M", bound=BaseModel)
Place = Callable[..., Problem]
Path_ = tuple[str | int, ...]

_MAX_PROBLEMS = 2000
_ATTEMPTS = (1, 2, 3)  # dropping an entry may empty its section, which then needs its stand-in
_REFERENCES = {
    "SecretRef": frozenset(("secret",)),
    "FactRef": frozenset(("inject", "fact")),
    "Captured": frozenset(("captured",)),
}


def real_path(location: Sequence[str | int], data: Any, *, missing: bool) -> tuple[Path_, str]:
    """Take the labels of unions out of a pydantic location; also return the last one."""
    path: list[str | int] = []
    label = ""
    for index, part in enumerate(location):
        last = index == len(location) - 1
        if isinstance(data, dict):
            if part in data:
                data = data[part]
                path.append(part)
                continue
            if last and missing:
                path.append(part)
                continue
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
            path.append(part)
            continue
        label = str(part)
    return tuple(path), label


def at(data: Any, path: Iterable[str | int]) -> Any:
    """What stands at `path`, or None."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _unions(errors: list[tuple[Path_, str, dict[str, Any]]], data: Any) -> Iterable[Any]:
    """Make one mistake of the several that a union gives for one value."""
    grouped: dict[Path_, list[tuple[Path_, str, dict[str, Any]]]] = {}
    for item in errors:
        path, label, error = item
        # Errors inside a reference belong to the value that should have been one.
        inside = label in _REFERENCES and error["type"] in ("extra_forbidden", "missing")
        grouped.setdefault(path[:-1] if inside else path, []).append(item)
    for path, items in grouped.items():
        if len(items) == 1 or not any(label for _, label, _ in items):
            yield from ((item[0], item[2], "") for item in items)
            continue
        value = at(data, path)
        if isinstance(value, dict):
            labels = [name for name, keys in _REFERENCES.items() if keys & value.keys()]
            chosen = [item for item in items if item[1] in labels[:1]]
            if chosen:
                yield from ((item[0], item[2], "") for item in chosen)
                continue
        yield path, items[0][2], _value_wanted({label for _, label, _ in items})


def _value_wanted(labels: set[str]) -> str:
    wanted = ["text"] if "str" in labels or "constrained-str" in labels else []
    wanted += ["a number"] if labels & {"int", "float", "constrained-float"} else []
    wanted += ["true or false"] if "bool" in labels else []
    wanted += ["{secret: ID}"] if "SecretRef" in labels else []
    wanted += ["{inject: ID, fact: ID}"] if "FactRef" in labels else []
    wanted += ["{captured: ID}"] if "Captured" in labels else []
    return ", ".join(wanted[:-1]) + (" or " if wanted[:-1] else "") + "".join(wanted[-1:])


def _tell(
    model: type[M], data: Any, error: ValidationError, problem: Place, problems: list[Problem]
) -> list[tuple[Path_, str]]:
    """Word every mistake; return path and type of each.

    Of very many only some are told: each takes a kilobyte.
    """
    if error.error_count() > _MAX_PROBLEMS:
        told = _tell_some(model, data, problem, problems)
        rest = error.error_count() - len(told)
        problems.append(problem((), f"{rest} more mistakes of this kind; mend the others first"))
        return told
    found = []
    for item in error.errors(include_url=False):
        detail: dict[str, Any] = dict(item)
        missing = detail["type"] == "missing"
        path, label = real_path(item["loc"], data, missing=missing)
        found.append((path, label, detail))
    follows = _misspelt(model, found, data)
    told = []
    for path, detail, wanted in _unions(found, data):
        told.append((path, detail["type"]))
        if path in follows or _only_seems(detail, path, data):
            continue
        if wanted:
            problems.append(problem(path, f"{short(at(data, path))} does not fit; write {wanted}"))
            continue
        message = word(detail, model, path, data)
        spot, on_key = _spot(detail, path, message, data)
        problems.append(problem(spot, message, key=on_key))
    return told


def _tell_some(
    model: type[M], data: Any, problem: Place, problems: list[Problem]
) -> list[tuple[Path_, str]]:
    for limit in (300, 10):
        try:
            _made(model, _trimmed(data, limit))
        except ValidationError as error:
            if error.error_count() <= _MAX_PROBLEMS:
                return _tell(model, data, error, problem, problems)
    return []


def _trimmed(data: Any, limit: int) -> Any:
    """The same with no more than `limit` entries in each mapping and list."""
    if isinstance(data, dict):
        return {key: _trimmed(value, limit) for key, value in islice(data.items(), limit)}
    if isinstance(data, list):
        return [_trimmed(value, limit) for value in data[:limit]]
    return data


def _spot(detail: Mapping[str, Any], path: Path_, message: str, data: Any) -> tuple[Path_, bool]:
    """Where a mistake is shown: a path, and whether at its key."""
    kind = detail["type"]
    value = at(data, path)
    if kind == "missing":
        return path[:-1], True
    if kind == "value_error" and isinstance(value, dict):
        first = message.split()[0]  # rules about several keys begin with one of them
        return ((*path, first) if first in value else path), True
    if kind == "extra_forbidden" or detail["loc"][-1:] == ("[key]",):
        return path, True
    return path, kind == "too_short" and not isinstance(value, str)


def _misspelt(
    model: type[M], found: Sequence[tuple[Path_, str, dict[str, Any]]], data: Any
) -> set[Path_]:
    """Keys that are missing only because they are misspelt: the misspelling is told already."""
    missing = {path for path, _, detail in found if detail["type"] == "missing"}
    follows: set[Path_] = set()
    for path, _, detail in found:
        if missing and detail["type"] == "extra_forbidden":
            meant = closest(str(path[-1]), keys_at(model, path[:-1], data))
            if meant is not None:
                follows.add((*path[:-1], meant))
    return follows & missing


def _only_seems(detail: Mapping[str, Any], path: Path_, data: Any) -> bool:
    """True for a list that is too short only for wrong items, and for a key trimmed away."""
    if detail["type"] == "missing":
        return path[-1] in (at(data, path[:-1]) or ())
    too_short = detail["type"] == "too_short"
    return bool(too_short and len(at(data, path) or ()) >= detail["ctx"]["min_length"])


def validate(model: type[M], data: Any, problem: Place, problems: list[Problem]) -> M | None:
    """Return the model, or None after telling every mistake."""
    try:
        return _made(model, data)
    except ValidationError as error:
        _tell(model, data, error, problem, problems)
        return None


def _made(model: type[M], data: Any) -> M:
    return model.model_validate(data)


def salvage(
    model: type[M],
    data: dict[str, Any],
    problem: Place,
    problems: list[Problem],
    *,
    sections: Sequence[str],
    head: Mapping[str, Any],
) -> M | None:
    """Like `validate`, but leave out what is wrong and return what is left, if that is anything.

    `sections` are the keys whose entries can be dropped one by one; `head` has stand-ins for
    the other keys.
    """
    try:
        return _made(model, data)
    except ValidationError as error:
        told = _tell(model, data, error, problem, problems)
        if error.error_count() > _MAX_PROBLEMS:
            return None
    data = copy.deepcopy(data)
    for path, kind in told:
        if kind == "extra_forbidden":
            parent = at(data, path[:-1])
            if isinstance(parent, dict):
                parent.pop(path[-1], None)
    for _ in _ATTEMPTS:
        try:
            return _made(model, data)
        except ValidationError as error:
            _drop(data, error, sections, head)
    return None


def _drop(
    data: dict[str, Any], error: ValidationError, sections: Sequence[str], head: Mapping[str, Any]
) -> None:
    for item in error.errors(include_url=False, include_input=False):
        path, _ = real_path(item["loc"], data, missing=True)
        section = data.get(str(path[0])) if path else None
        if len(path) > 1 and path[0] in sections and isinstance(section, dict):
            section.pop(path[1], None)
            continue
        keys = [str(path[0])] if path else list(head)
        for key in keys:
            data.pop(key, None)
            if key in head:
                data[key] = copy.deepcopy(head[key])
