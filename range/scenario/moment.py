"""Moments: points in an exercise that something else is measured from or waits for."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from range.scenario.model import Id, Model, Seconds, exactly_one

# How an inject can end. `done` in a reference means any of those that happened in the lab.
InjectOutcome = Literal["delivered", "succeeded", "prevented", "error", "skipped", "expired"]


class Moment(Model):
    """The first time that an inject ended (so), a form was handed in, or a check became (so)."""

    inject: Id | None = None
    outcome: Literal["done", "succeeded", "prevented", "error", "delivered"] = "done"
    form: Id | None = None
    check: Id | None = None
    becomes: Literal["pass", "fail"] = "pass"
    hint: Id | None = None
    start: Literal[True] | None = None
    wait: Seconds = Field(0, description="Counted from then")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        exactly_one(self, "inject", "form", "check", "hint", "start")
        return self
