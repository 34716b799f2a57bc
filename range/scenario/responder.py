"""Responder files: what a rehearsed team does and when, through the trainees' own door."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from range.scenario.model import (
    At,
    Id,
    Language,
    Model,
    Name,
    Pattern,
    Seconds,
    Text,
    exactly_one,
)
from range.scenario.moment import Moment
from range.scenario.probe import Expect


class Captured(Model):
    """Something an earlier step of this responder captured."""

    captured: Id


Filled = str | int | float | bool | Captured | tuple[str | Captured, ...]


class Ssh(Model):
    """A shell script run over SSH on a node, as the trainee, through the access point."""

    node: Name
    run: str = Field(max_length=20_000)
    timeout: Seconds = Field(60, ge=1, le=600)
    expect: Expect = Field(default_factory=dict, description="Over exit, stdout, stderr; exit 0")
    capture: dict[Id, Pattern] = Field(
        default_factory=dict,
        description="First group, or whole match, of stdout; ids ending in -all capture a list",
    )


class Submit(Model):
    """A form handed in."""

    form: Id
    answers: dict[Id, Filled]


class MarkStep(Model):
    """A mark that the white cell would give; actor is the white cell, never the team."""

    check: Id
    credit: float = Field(ge=0, le=1)
    reason: str


class ResponderStep(Model):
    """One act, at an exercise time or after a moment."""

    at: At | None = None
    after: Moment | None = None
    ssh: Ssh | None = None
    submit: Submit | None = None
    hint: Id | None = None
    mark: MarkStep | None = None
    about: Text | str = Field("", description="Shown in the debrief; best in both languages")

    @model_validator(mode="after")
    def _one_trigger_one_act(self) -> Self:
        exactly_one(self, "at", "after")
        exactly_one(self, "ssh", "submit", "hint", "mark")
        return self

    def told(self, language: Language) -> str:
        """Return what the step is about in `language`; "" where its file does not say."""
        return self.about.in_(language) if isinstance(self.about, Text) else self.about


class Responder(Model):
    """A file such as `solution.yaml`; `steps` is keyed by step id, in order."""

    responder: Name
    title: Text
    steps: dict[Id, ResponderStep] = Field(default_factory=dict)


IDLE = Responder(responder="idle", title=Text(ja="何もしないチーム", en="A team that does nothing"))
ResponderKind = Literal["idle", "solution"]


def resolve(filled: Filled, captured: dict[str, Any]) -> Any:
    """Replace captures by what was captured; KeyError names a capture that never happened."""
    if isinstance(filled, Captured):
        return captured[filled.captured]
    if isinstance(filled, tuple):
        return [resolve(item, captured) for item in filled]
    return filled
