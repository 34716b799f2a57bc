"""What the desk has of the world: one line on which it asks, and what may come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Answers = dict[str, Any]  # field of a form -> what was typed or chosen
Json = dict[str, Any]


class Refusal(Exception):
    """The engine said no; `text` says why in both languages."""

    def __init__(self, text: Mapping[str, str]) -> None:
        super().__init__(text.get("en", ""))
        self.text = dict(text)


class Closed(Exception):
    """Nobody answers at the other end just now. What was asked may or may not have arrived."""


class Line(Protocol):
    """Requests to the engine's desk of one team. Several may be under way at a time."""

    async def ask(self, op: str, **payload: Any) -> Any:
        """Return the result; Refusal when the engine says no, Closed while nobody is there."""


@dataclass(frozen=True)
class Kept:
    """What a desk knows of its member, to be handed to the desk that opens after a visit."""

    member: str = ""
    language: str = ""
    page: str = ""
    read: frozenset[str] = field(default_factory=frozenset)

    def as_json(self) -> Json:
        """Return it as JSON."""
        return {**vars(self), "read": sorted(self.read)}

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Kept:
        """Read what `as_json` wrote; what is not of its shape is left out."""
        words = {key: str(known.get(key) or "")[:80] for key in ("member", "language", "page")}
        read = known.get("read")
        ids = [str(id_)[:80] for id_ in read[:5000]] if isinstance(read, list) else []
        return cls(**words, read=frozenset(ids))


@dataclass(frozen=True)
class Visit:
    """The member wants a shell on `node`; the desk that opens afterwards is given `kept`."""

    node: str
    kept: Kept = Kept()
