"""`expected.yaml`: what rehearsals of a scenario must end with."""

from __future__ import annotations

from typing import Self

from pydantic import Field, RootModel, model_validator

from range.scenario.model import Id, Model, Name


class ScoreBounds(Model):
    """Bounds of a total score, in points."""

    at_least: float | None = Field(None, ge=0, le=100)
    at_most: float | None = Field(None, ge=0, le=100)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("at_most must not be below at_least")
        return self


class Expectation(Model):
    """What one responder must end with."""

    score: ScoreBounds | None = None
    fails: tuple[Id, ...] = Field((), description="Checks that it must not pass")


class Expected(RootModel[dict[Name, Expectation]]):
    """Expectations by responder: `solution`, `idle`, and the names of the `wrong-*.yaml` files."""

    root: dict[Name, Expectation]
