"""Injects: what happens to the team. Together they are the MSEL."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from range.scenario.model import (
    At,
    Flag,
    Id,
    Model,
    Name,
    Pattern,
    Seconds,
    Technique,
    Text,
    Value,
    exactly_one,
)
from range.scenario.moment import Moment
from range.scenario.probe import Expect, Probe

Channel = Literal["e-mail", "phone", "chat", "ticket", "news", "social", "order", "in-person"]


class Message(Model):
    """Something said or written to people of the scenario. E-mail travels through the lab."""

    channel: Channel
    from_: Id = Field(alias="from")
    to: tuple[Id, ...] = Field(min_length=1)
    subject: Text
    text: Text


class ProcedureUse(Model):
    """One run of a procedure of `playbooks/procedures` (or of the scenario's `procedures/`)."""

    procedure: Name
    node: Name = Field(description="Where it starts: the attacker's, or the user's node")
    session: Name | None = Field(None, description="The node whose implant carries the steps out")
    vars: dict[Id, Value] = Field(default_factory=dict)
    technique: Technique | None = Field(None, description="Instead of the procedure's own")
    expect: Literal["succeeded", "prevented", "either"] = "succeeded"
    timeout: Seconds = Field(120, ge=1, le=1800)
    dwell: Seconds = Field(0, le=600, description="Real time it needs after its last step")
    prevented_by: tuple[Id, ...] = Field((), description="Blockers looked for when it fails")


class Blocker(Model):
    """Positive evidence that something stands in an attack's way."""

    about: Text
    probe: Probe
    expect: Expect


class Inject(Model):
    """One row of the MSEL: a trigger and what happens."""

    title: Text
    at: At | None = None
    after: Moment | None = Field(None, description="Once, when that first happened")
    manual: Literal[True] | None = Field(None, description="Only when an instructor fires it")
    unless: tuple[Moment, ...] = Field((), description="Not fired if one of these came before")
    expires: At | None = Field(None, description="Not fired later than this")
    contingency: Flag = False
    phase: Literal["observe", "orient", "decide", "act"] | None = None
    objective: Id | None = None
    message: Message | None = None
    attack: ProcedureUse | None = None
    event: ProcedureUse | None = Field(None, description="Something users or the world do")
    expected: Text | None = Field(None, description="What a good team does; never shown to it")
    notes: Text | None = Field(None, description="For the white cell; never shown to trainees")
    on_unknown: Literal["retry", "skip"] = Field(
        "retry", description="After a crash that left no receipt either way, without instructor"
    )

    @model_validator(mode="after")
    def _one_trigger_one_act(self) -> Self:
        exactly_one(self, "at", "after", "manual")
        exactly_one(self, "message", "attack", "event")
        return self

    @property
    def use(self) -> ProcedureUse | None:
        """The procedure it runs, if it is an attack or an event."""
        return self.attack or self.event


class Step(Model):
    """A shell script of a procedure; variables, secrets and facts reach it as environment only.

    `run` executes on the use's node, `c2` in the session of the implant on the use's session node.
    """

    name: str
    run: str | None = Field(None, max_length=8000)
    c2: str | None = Field(None, max_length=8000)
    user: str = "root"
    timeout: Seconds = Field(30, ge=1, le=600)
    expect: Expect = Field(default_factory=dict, description="Over exit, stdout, stderr; exit 0")
    facts: dict[Id, Pattern] = Field(
        default_factory=dict, description="First group, or whole match, found in stdout"
    )

    @model_validator(mode="after")
    def _one_executor(self) -> Self:
        exactly_one(self, "run", "c2")
        return self


class Trace(Model):
    """What a procedure leaves behind: for guides, debriefs and tests."""

    about: Text
    where: str
    matches: Pattern


class Procedure(Model):
    """A file of `procedures/`: how an attack, or a user's doing, is carried out."""

    procedure: Name
    title: Text
    side: Literal["red", "green"]
    technique: Technique | None = None
    vars: dict[Id, Value | None] = Field(
        default_factory=dict, description="Defaults; null: must be given"
    )
    steps: tuple[Step, ...] = Field(min_length=1)
    traces: tuple[Trace, ...] = ()
    cleanup: str | None = Field(None, max_length=8000)


class User(Model):
    """A benign user: repeats a green procedure at seeded intervals."""

    title: Text
    node: Name
    procedure: Name
    vars: dict[Id, Value] = Field(default_factory=dict)
    every: tuple[Seconds, Seconds] = Field(description="Shortest and longest pause")
