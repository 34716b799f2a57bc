"""The scenario: one frozen value that everything else is computed from."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from range.scenario.check import Check, Form, Hint, Objective
from range.scenario.inject import Blocker, Inject, Procedure, User
from range.scenario.model import Id, Model, Name, Phase, Seconds, Text
from range.scenario.topology import Mail, Network, Node, Person

# How a team learns: with an instructor who tells the score in the debrief, against others while the
# score is seen to grow, or by itself, where help is free because nobody compares.
Profile = Literal["training", "competition", "self-study"]
PHASE_WEIGHTS = {Phase.OBSERVE: 20.0, Phase.ORIENT: 25.0, Phase.DECIDE: 25.0, Phase.ACT: 30.0}

# Sections that may stand in a file of their own beside scenario.yaml, e.g. injects.yaml.
SECTIONS = ("networks", "nodes", "people", "users", "objectives", "injects", "blockers", "checks",
            "forms", "hints")  # fmt: skip


class Secret(Model):
    """A secret made for each lab from its seed."""

    length: int = Field(16, ge=8, le=64)


class Scenario(Model):
    """A folder under `scenarios/`, read and checked. Mappings keep the order of their file."""

    cyder: Literal[1] = Field(description="Version of the scenario language")
    name: Name
    title: Text
    organization: Literal[
        "local-government", "sme", "olympic", "ministry", "critical-infrastructure", "none"
    ]
    level: str = Field(max_length=40)
    mode: Literal["functional", "tabletop", "communications-check"] = "functional"
    profile: Profile = Field(
        "training",
        description="training: a team sees its score afterwards; competition: as it grows; "
        "self-study: so too, and hints and node resets are free",
    )
    duration: Seconds = Field(ge=60, le=172_800)
    timezone: str = Field("Asia/Tokyo", description="Of times in answers that name no zone")
    summary: Text
    briefing: Text
    networks: dict[Name, Network] = Field(default_factory=dict)
    nodes: dict[Name, Node] = Field(default_factory=dict)
    people: dict[Id, Person] = Field(default_factory=dict)
    mail: Mail | None = None
    secrets: dict[Id, Secret] = Field(default_factory=dict)
    users: dict[Id, User] = Field(default_factory=dict)
    objectives: dict[Id, Objective] = Field(min_length=1)
    phases: dict[Phase, float] = Field(default_factory=lambda: dict(PHASE_WEIGHTS))
    injects: dict[Id, Inject] = Field(default_factory=dict)
    blockers: dict[Id, Blocker] = Field(default_factory=dict)
    checks: dict[Id, Check] = Field(min_length=1)
    forms: dict[Id, Form] = Field(default_factory=dict)
    hints: dict[Id, Hint] = Field(default_factory=dict)
    revert_penalty: float = Field(2, ge=0, le=25, description="Points for each node a team resets")

    @model_validator(mode="after")
    def _phase_weights_sum_to_a_hundred(self) -> Self:
        if abs(sum(self.phases.values()) - 100) > 1e-6:
            raise ValueError(f"phases must sum to 100; they sum to {sum(self.phases.values()):g}")
        return self

    @property
    def shows_score(self) -> bool:
        """True where a team may see its own score while the exercise runs."""
        return self.profile != "training"

    @property
    def charges_help(self) -> bool:
        """True where hints and node resets cost points."""
        return self.profile != "self-study"


class Bundle(Model):
    """A scenario with the procedures its injects and users name: all that an exercise needs."""

    scenario: Scenario
    procedures: dict[Name, Procedure] = Field(default_factory=dict)
