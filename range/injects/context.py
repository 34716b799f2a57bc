"""What an inject is given to work with: one team's lab, its secrets, and the facts so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from range.errors import CyderError
from range.guest.base import Guest
from range.plan.model import LabPlan
from range.plan.secrets import derive, secret, variable
from range.scenario.inject import Procedure, ProcedureUse
from range.scenario.model import FactRef, SecretRef, Value
from range.scenario.scenario import Bundle

Outcome = Literal["delivered", "succeeded", "prevented", "error"]
Facts = Mapping[str, Mapping[str, Any]]
# Whether an engine that died may have begun: then receipts decide. `retried`: they could not.
How = Literal["first", "resumed", "retried"]


@dataclass(frozen=True)
class Ended:
    """How an inject ended in one lab; the data of its `inject.ended` event."""

    outcome: Outcome
    detail: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    blocked_by: str = ""


@dataclass(frozen=True)
class Evidence:
    """Whether a blocker stands in the way, and what was seen."""

    blocks: bool
    detail: str


class Mailer(Protocol):
    """Sends one mail from a place of the lab, by its network."""

    def send(
        self,
        seat: str,
        server: str,
        sender: str,
        recipients: tuple[str, ...],
        content: bytes,
        timeout: float,
    ) -> None:
        """Hand `content` over by SMTP; raises CyderError when the server does not take it."""


@dataclass(frozen=True)
class LabContext:
    """One team's lab as injects see it. `blocked` asks whether a blocker stands in the way."""

    exercise: str
    bundle: Bundle
    lab: LabPlan
    facts: Facts
    guest: Callable[[str], Guest]
    blocked: Callable[[str], Evidence]
    mailer: Mailer


def opaque(seed: str, *purpose: str) -> str:
    """Return a name that is left in a lab: the same after a crash, and telling nothing.

    Who is root in a guest reads the names of receipts and mails; ids of injects would tell what is
    an exercise's doing and how much of it is still to come. `seed` is the lab's.
    """
    return derive(seed, "opaque", *purpose).hex()[:24]


def receipt_name(seed: str, inject: str, step: int, round_: int = 0) -> str:
    """Return the name of the receipt of one step of an inject; each round has its own."""
    return opaque(seed, "receipt", inject, str(step), str(round_))


def nonce(context: LabContext, inject: str) -> str:
    """Return the nonce of one inject of one lab: the same after a crash."""
    return derive(context.lab.seed, "nonce", context.exercise, inject).hex()[:16]


def resolved(value: Value, context: LabContext) -> str:
    """Return a value as the text that a script's environment carries; CyderError if unknown."""
    if isinstance(value, SecretRef):
        known = context.bundle.scenario.secrets.get(value.secret)
        return secret(context.lab.seed, value.secret, known.length if known else 16)
    if isinstance(value, FactRef):
        try:
            return str(context.facts[value.inject][value.fact])
        except KeyError:
            raise CyderError(f"{value.inject} recorded no fact {value.fact}") from None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def environment(
    inject: str, procedure: Procedure, use: ProcedureUse, context: LabContext
) -> dict[str, str]:
    """Return the environment of a procedure's scripts; data never reaches them as shell text."""
    given = {**procedure.vars, **use.vars}
    variables = {
        variable(name): resolved(value, context)
        for name, value in given.items()
        if value is not None
    }
    return variables | {
        "INJECT": opaque(context.lab.seed, "inject", inject)[:12],
        "EXERCISE": context.exercise,
        "NONCE": nonce(context, inject),
        "SESSION": use.session or "",
    }
