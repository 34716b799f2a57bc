"""What every part of a scenario is built on: a frozen pydantic base, texts, times, identifiers."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
)


class Model(BaseModel):
    """Frozen, closed to unknown keys; YAML keys may be aliases of reserved Python words."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Language = Literal["ja", "en"]


class Text(Model):
    """One text in both languages of the project."""

    ja: str = Field(min_length=1, max_length=20_000)
    en: str = Field(min_length=1, max_length=20_000)

    def in_(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.ja if language == "ja" else self.en


class Phase(StrEnum):
    """The OODA phases, in order."""

    OBSERVE = "observe"
    ORIENT = "orient"
    DECIDE = "decide"
    ACT = "act"


_DURATION = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?")
_MOMENT = re.compile(r"T\+(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
_SIZE = re.compile(r"(\d{1,6})([KMG])")


def parse_duration(value: Any) -> int:
    """Seconds of `90s`, `5m`, `1h30m`."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError("not a duration; write it like 90s, 5m or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def parse_at(value: Any) -> int:
    """Seconds after the start of `T+01:25` or `T+01:25:30`."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("not an exercise time; write it like T+00:25 or T+01:25:30")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def parse_size(value: Any) -> int:
    """Bytes of `512K`, `256M`, `2G`."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("not a size; write it like 256M or 2G")
    return int(match[1]) * {"K": 2**10, "M": 2**20, "G": 2**30}[match[2]]


def _schema(pattern: str, example: str) -> WithJsonSchema:
    # Whole numbers are seconds or bytes.
    text = {"type": "string", "pattern": f"^{pattern}$", "examples": [example]}
    return WithJsonSchema({"anyOf": [text, {"type": "integer", "minimum": 0}]})


Seconds = Annotated[
    int,
    BeforeValidator(parse_duration),
    _schema(r"(?=.)([0-9]{1,4}h)?([0-9]{1,5}m)?([0-9]{1,6}s)?", "5m"),
]
At = Annotated[
    int,
    BeforeValidator(parse_at),
    _schema(r"T\+[0-9]{1,3}:[0-5][0-9](:[0-5][0-9])?", "T+00:25"),
]
Bytes = Annotated[int, BeforeValidator(parse_size), _schema("[0-9]{1,6}[KMG]", "256M")]

# Only true and false: pydantic alone would also take `yes`, "on" and 1.
Flag = Annotated[bool, Strict()]

# Names of nodes and networks become host names, devices and paths: keep them short and plain.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=24)]
# Ids of injects, checks, forms, hints, people: never renumbered, so their shape is free.
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=48)]
Technique = Annotated[str, StringConstraints(pattern=r"^T\d{4}(\.\d{3})?$")]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, StringConstraints(max_length=500), AfterValidator(_compiles)]


class SecretRef(Model):
    """A secret of the lab, made from its seed: `{secret: db-app}`."""

    secret: Id


class FactRef(Model):
    """A fact that an attack or event recorded when it ran: `{inject: A03, fact: since}`."""

    inject: Id
    fact: Id


Value = str | int | float | bool | SecretRef | FactRef


def exactly_one(model: BaseModel, *fields: str) -> str:
    """Return which of `fields` is set; ValueError when none or several are."""
    given = [field for field in fields if getattr(model, field) is not None]
    if len(given) != 1:
        raise ValueError(
            f"give exactly one of {', '.join(fields)}"
            + (f"; here are {', '.join(given)}" if given else "; here is none")
        )
    return given[0]
