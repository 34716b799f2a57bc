"""One lab as probes see it: where they start, whom they ask, what secrets and facts stand for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from range.errors import CyderError
from range.guest.base import Guest
from range.network.agent.agent import Agent, Agents
from range.plan.model import LabPlan
from range.plan.secrets import secret
from range.providers.base import Provider
from range.scenario.model import FactRef, SecretRef, Value
from range.scenario.scenario import Scenario

Facts = Mapping[str, Mapping[str, Any]]


class NotKnown(CyderError):
    """A probe names something that this lab does not have (yet)."""


def _nonce() -> str:
    # A word that could stand in a subject, a form or a file name, and that nobody can foresee.
    return f"n{secrets.token_hex(8)}"


@dataclass(frozen=True)
class LabView:
    """One lab for one probe: its nonce is new each time."""

    provider: Provider
    lab: LabPlan
    scenario: Scenario
    facts: Facts
    agents: Agents
    nonce: str = field(default_factory=_nonce)

    def guest(self, node: str) -> Guest:
        """Return the control path into a node; GuestUnreachable."""
        return self.provider.guest(self.lab, node)

    def agent(self, place: str) -> Agent:
        """Return an agent at a node, or at one of the hidden addresses of a network."""
        path = self.provider.network_namespace(self.lab, place)
        if any(node.name == place for node in self.lab.nodes):
            return self.agents.at(path)
        addresses = next((p.addresses for p in self.lab.probes if p.network == place), ())
        return self.agents.at(path, addresses)

    def resolver(self, place: str) -> str:
        """Return the DNS server that a user at a place would ask; "" if there is none."""
        known = [node.resolver for node in self.lab.nodes if node.name == place]
        known += [probe.resolver for probe in self.lab.probes if probe.network == place]
        return str(known[0]) if known and known[0] is not None else ""

    def text(self, value: Value) -> str:
        """Return a value of the scenario as text, with the nonce in its place; NotKnown."""
        if isinstance(value, SecretRef):
            known = self.scenario.secrets.get(value.secret)
            return secret(self.lab.seed, value.secret, known.length if known else 16)
        if isinstance(value, FactRef):
            try:
                return str(self.facts[value.inject][value.fact])
            except KeyError:
                raise NotKnown(f"{value.inject} recorded no fact {value.fact}") from None
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value).replace("{nonce}", self.nonce)
