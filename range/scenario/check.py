"""Objectives and the checks that give evidence for them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from range.scenario.model import FactRef, Flag, Id, Model, Phase, Seconds, Text, Value, exactly_one
from range.scenario.moment import Moment
from range.scenario.probe import Expect, Probe


class Objective(Model):
    """What the team should achieve, in one OODA phase."""

    phase: Phase
    title: Text


class Answer(Model):
    """What a field of a form should hold. Texts compare after NFKC, case folding and trimming."""

    form: Id
    field: Id
    exact: Value | None = None
    among: tuple[Value, ...] | None = Field(None, description="Any one of these")
    set: tuple[Value, ...] | None = Field(None, description="Credit is F1 of precision and recall")
    number: float | FactRef | None = None
    time: Value | None = Field(None, description="ISO 8601 or a fact of guest time")
    tolerance: Seconds | None = None
    margin: float = Field(0, ge=0, description="Absolute tolerance of a number")
    rubric: Text | None = Field(None, description="Free text: the white cell marks it by this")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        exactly_one(self, "exact", "among", "set", "number", "time", "rubric")
        return self


class Order(Model):
    """Passes when `first` happened before `then`; fails while `then` has not happened."""

    first: Moment
    then: Moment


class Claim(Model):
    """Each time `field` is handed in as `equals`, every check of `true_when` must be passing."""

    form: Id
    field: Id
    equals: Value
    true_when: tuple[Id, ...] = Field(min_length=1)


class Combine(Model):
    """Credit from other checks: the least (all), the best (any), 1 - c (not), or k of n."""

    all: tuple[Id, ...] | None = None
    any: tuple[Id, ...] | None = None
    not_: Id | None = Field(None, alias="not")
    of: tuple[Id, ...] | None = None
    at_least: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        exactly_one(self, "all", "any", "not_", "of")
        if (self.of is None) != (self.at_least is None):
            raise ValueError("of and at_least go together")
        return self


class Goal(Model):
    """Time factor: 1 until `within` after `since`, falling to 0.3 at `limit`, 0 after."""

    since: Moment
    within: Seconds
    limit: Seconds

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.limit < self.within:
            raise ValueError("limit must not come before within")
        return self


class Check(Model):
    """One question about the lab or about what the team handed in, and what it is worth."""

    title: Text
    objective: Id
    weight: float = Field(1, ge=0, le=100)
    probe: Probe | None = None
    expect: Expect = Field(default_factory=dict, description="Over the probe's observation")
    answer: Answer | None = None
    order: Order | None = None
    claim: Claim | None = None
    combine: Combine | None = None
    rubric: Text | None = Field(None, description="Only the white cell judges this")
    valued: Literal["final", "first", "held", "availability"] = "final"
    every: Seconds = Field(60, ge=5, description="Pause between observations in real time")
    starts: Moment | None = Field(None, description="Observed only from then on")
    ends: Moment | None = Field(None, description="Not observed after that")
    goal: Goal | None = None
    requires: Moment | None = Field(None, description="Earns only after this act of the team")
    applies: Moment | None = Field(None, description="Skipped where the exercise never came here")
    penalty: float | None = Field(
        None, gt=0, le=25, description="Points lost when it fails, instead of a weight"
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        exactly_one(self, "probe", "answer", "order", "claim", "combine", "rubric")
        if self.probe is not None and not self.expect:
            raise ValueError("a probe needs expect: what its observation should be")
        if self.probe is None and self.expect:
            raise ValueError("expect belongs to a probe")
        if self.probe is None and self.valued == "availability":
            raise ValueError("availability needs a probe")
        return self


class FormField(Model):
    """One field of a report form."""

    label: Text
    kind: Literal["line", "text", "choice", "choices", "number", "time", "list"] = "line"
    choices: dict[Id, Text] | None = None
    required: Flag = True
    help: Text | None = None

    @model_validator(mode="after")
    def _choices_where_chosen(self) -> Self:
        if (self.kind in ("choice", "choices")) != (self.choices is not None):
            raise ValueError("choices belong to kind choice or choices")
        return self


class Form(Model):
    """A report or decision that the team hands in to someone."""

    title: Text
    to: Id
    about: Text | None = None
    opens: Moment | None = Field(None, description="Shown to the team from then on")
    fields: dict[Id, FormField] = Field(min_length=1)


class Hint(Model):
    """Help at a price, in points. Tier 2 needs tier 1 of the same objective to be taken first."""

    objective: Id
    tier: int = Field(1, ge=1, le=5)
    cost: float = Field(ge=0, le=10)
    text: Text
    opens: Moment | None = None
