"""What a trainee types after `ssh ... team1@host`: a verb of the desk, and what goes with it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from range.access.gateway.desk import harmless

VERBS = ("briefing", "inbox", "forms", "submit", "hints", "hint", "timeline", "network")
WITH_INPUT = frozenset({"submit"})


class NotUnderstood(Exception):
    """The words are no request. The text has both languages."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.text = {"ja": ja, "en": en}


@dataclass(frozen=True)
class Asked:
    """A verb and its argument; `reads` says whether standard input belongs to it."""

    verb: str
    argument: str = ""

    @property
    def reads(self) -> bool:
        """True if the request is only whole with its input."""
        return self.verb in WITH_INPUT or self.argument == "-"


def parse(command: str) -> Asked:
    """Understand `verb [argument]`; an argument `-` means that all of it comes by input as JSON."""
    words = command[:2000].split()
    if not words or words[0] not in VERBS or len(words) > 2:
        known = ", ".join(VERBS)
        raise NotUnderstood(f"使える要求: {known}", f"This desk knows: {known}")
    if words[0] == "hint" and len(words) == 1:
        raise NotUnderstood("hint の後にヒントの ID を書いてください。", "Say which: hint ID")
    return Asked(*(harmless(word[:200]) for word in words))


def payload(asked: Asked, text: bytes) -> dict[str, Any]:
    """Put argument and input together as the desk wants them; NotUnderstood."""
    given = read_json(text) if asked.reads else {}
    if asked.argument in ("", "-"):
        return given
    if asked.verb == "submit":
        answers = given if set(given) - {"answers", "key"} or not given else given["answers"]
        key = {} if answers is given else {"key": given.get("key")}
        return {"form": asked.argument, "answers": answers, **key}
    return {"hint": asked.argument} if asked.verb == "hint" else {}


def read_json(text: bytes) -> dict[str, Any]:
    """Return a JSON object, bounded and without control characters; NotUnderstood."""
    try:
        known = json.loads(text, parse_constant=_refuse, parse_int=_small, parse_float=_finite)
    except (ValueError, RecursionError):
        raise NotUnderstood("入力が JSON ではありません。", "The input is not JSON.") from None
    if not isinstance(known, dict):
        raise NotUnderstood(
            "入力は JSON のオブジェクトにしてください。", "The input must be a JSON object."
        )
    cleaned = harmless(known)
    assert isinstance(cleaned, dict)
    return cleaned


def _refuse(text: str) -> None:
    raise ValueError(text)


def _small(text: str) -> int:
    if len(text) > 30:
        raise ValueError("a number of that many digits")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
