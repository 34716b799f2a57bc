"""Second pass over a responder file."""

from __future__ import annotations

from range.errors import Problem
from range.load.document import Document
from range.scenario.responder import Responder
from range.scenario.scenario import Bundle


def responder_references(responder: Responder, bundle: Bundle, document: Document) -> list[Problem]:
    """Every reference of a responder to something that its scenario lacks."""
    problems: list[Problem] = []
    return problems
