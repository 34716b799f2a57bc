"""What the engine asks of the labs. Blocking; each call ends by its own time-outs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from range.injects.context import Ended, Facts, How


class Seen(Protocol):
    """An observation: what was seen, or why nothing could be."""

    @property
    def raw(self) -> Mapping[str, Any] | None:
        """The observation; None when the checker itself failed."""

    @property
    def error(self) -> str | None:
        """Why the checker failed."""


class Ran(Protocol):
    """How a script that a responder ran over SSH ended."""

    @property
    def exit(self) -> int:
        """Exit code."""

    @property
    def stdout(self) -> str:
        """What it printed, bounded."""

    @property
    def stderr(self) -> str:
        """What it complained about, bounded."""


class Client(Protocol):
    """A team's own way in: all that a responder can use."""

    def run(self, node: str, script: str, timeout: float = 60) -> Ran:
        """Run a script on a node as the trainee; CyderError when there is no way in."""

    def desk(self, verb: str, payload: Mapping[str, Any] | None = None) -> Any:
        """Ask the desk; CyderError with its refusal."""


class Kept(Protocol):
    """A snapshot of a node."""

    @property
    def node(self) -> str:
        """The node."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def at(self) -> float:
        """When it was taken, Unix time."""

    @property
    def size(self) -> int:
        """Bytes on the host."""


class Labs(Protocol):
    """The labs of one exercise, one for each team."""

    def inject(self, team: str, id_: str, facts: Facts, *, round_: int, how: How) -> Ended:
        """Carry out an inject; guest.once.Lost when an earlier try left no result."""

    def observe(self, team: str, check: str, facts: Facts) -> Seen:
        """Look at what a check asks for."""

    def client(self, team: str) -> Client:
        """Return the team's way in, for its responder."""

    def act(self, team: str, user: str, number: int) -> None:
        """Have a benign user do what it does, for the `number`th time; CyderError."""

    def nodes(self, team: str) -> tuple[str, ...]:
        """Name the nodes of a lab."""

    def reset(self, team: str, node: str) -> None:
        """Return a node to its baked state."""

    def snapshot(self, team: str, node: str, name: str) -> None:
        """Keep a node as it is at one moment; CyderError."""

    def revert(self, team: str, node: str, name: str) -> None:
        """Return a node to a snapshot; CyderError."""

    def snapshots(self, team: str) -> Sequence[Kept]:
        """List what is kept of a lab, oldest first."""
