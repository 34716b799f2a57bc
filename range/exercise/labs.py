"""The labs of an exercise, put together: provider, injects, checks and the team's way in."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from range.exercise.effects import Client, Seen
from range.grading.predicate import Outcome, judge
from range.guest.base import Guest
from range.injects.context import Ended, Evidence, Facts, How, LabContext, Mailer
from range.injects.message import deliver
from range.injects.procedure import run_casually, run_procedure
from range.plan.model import LabPlan, Plan
from range.plan.secrets import derive
from range.providers.base import Provider
from range.providers.snapshots import Snapshot
from range.scenario.inject import ProcedureUse
from range.scenario.model import Language
from range.scenario.probe import Probe
from range.scenario.scenario import Bundle


class Doors(Protocol):
    """What differs between kinds of labs: how they are looked at, written to and entered."""

    def observe(self, lab: LabPlan, probe: Probe, facts: Facts) -> Seen:
        """Look at what a probe asks for."""

    def mailer(self, lab: LabPlan) -> Mailer:
        """Return what sends mail from the lab's seats."""

    def client(self, lab: LabPlan) -> Client:
        """Return the team's way in."""


@dataclass(frozen=True)
class ExerciseLabs:
    """See range.exercise.effects.Labs."""

    exercise: str
    bundle: Bundle
    plan: Plan
    provider: Provider
    doors: Doors
    language: Language

    def lab(self, team: str) -> LabPlan:
        """Return the plan of a team's lab."""
        return next(lab for lab in self.plan.labs if lab.team == team)

    def context(self, team: str, facts: Facts) -> LabContext:
        """Return one lab as injects see it."""
        lab = self.lab(team)
        return LabContext(
            exercise=self.exercise,
            bundle=self.bundle,
            lab=lab,
            facts=facts,
            guest=self._guests(lab),
            blocked=lambda blocker: self._blocked(lab, blocker, facts),
            mailer=self.doors.mailer(lab),
        )

    def inject(self, team: str, id_: str, facts: Facts, *, round_: int, how: How) -> Ended:
        """Carry out an inject."""
        inject = self.bundle.scenario.injects[id_]
        context = self.context(team, facts)
        if inject.message is not None:
            return deliver(id_, inject, context, self.language, round_=round_, how=how)
        assert inject.use is not None
        return run_procedure(id_, inject.use, context, round_=round_, how=how)

    def observe(self, team: str, check: str, facts: Facts) -> Seen:
        """Look at what a check asks for."""
        probe = self.bundle.scenario.checks[check].probe
        assert probe is not None
        return self.doors.observe(self.lab(team), probe, facts)

    def client(self, team: str) -> Client:
        """Return the team's way in."""
        return self.doors.client(self.lab(team))

    def act(self, team: str, user: str, number: int) -> None:
        """Have a benign user do what it does."""
        known = self.bundle.scenario.users[user]
        use = ProcedureUse.model_validate(
            {"procedure": known.procedure, "node": known.node, "vars": known.vars}
        )
        run_casually(f"user-{user}-{number}", use, self.context(team, {}))

    def reset(self, team: str, node: str) -> None:
        """Return a node to its baked state."""
        self.provider.reset(self.lab(team), node)

    def snapshot(self, team: str, node: str, name: str) -> None:
        """Keep a node as it is at one moment."""
        self.provider.snapshot(self.lab(team), node, name)

    def revert(self, team: str, node: str, name: str) -> None:
        """Return a node to a snapshot."""
        self.provider.revert(self.lab(team), node, name)

    def snapshots(self, team: str) -> tuple[Snapshot, ...]:
        """List what is kept of a lab, oldest first."""
        return self.provider.snapshots(self.lab(team))

    def nodes(self, team: str) -> tuple[str, ...]:
        """Name the nodes of a lab."""
        return tuple(node.name for node in self.lab(team).nodes)

    def _guests(self, lab: LabPlan) -> Callable[[str], Guest]:
        return lambda node: self.provider.guest(lab, node)

    def _blocked(self, lab: LabPlan, blocker: str, facts: Facts) -> Evidence:
        known = self.bundle.scenario.blockers[blocker]
        seen = self.doors.observe(lab, known.probe, facts)
        if seen.raw is None:
            return Evidence(False, seen.error or "not observed")
        verdict = judge(known.expect, seen.raw)
        return Evidence(verdict.outcome is Outcome.PASS, f"{blocker}: {verdict.detail}")


def rhythm(lab: LabPlan, user: str) -> random.Random:
    """Return the dice of a benign user: the same for the same seed."""
    return random.Random(derive(lab.seed, "user", user))
