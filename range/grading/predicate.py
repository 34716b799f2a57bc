"""Predicates over raw observations: the only place where PASS and FAIL come from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from range.scenario.probe import Condition, Expect, Probe, Scalar
from range.text import line

_SHOWN = 120  # characters of an observed value that a detail shows


class Outcome(StrEnum):
    """How a check came out. ERROR: the checker failed. SKIP: not observed, or never came here."""

    PASS = "PASS"
    FAIL = "FAIL"
    ERROR = "ERROR"
    SKIP = "SKIP"


@dataclass(frozen=True)
class Verdict:
    """PASS or FAIL, and what was seen in one line."""

    outcome: Outcome
    detail: str


def judge(expect: Expect, raw: Mapping[str, Any]) -> Verdict:
    """Compare an observation with what is expected; every condition must hold.

    A field that the observation lacks meets only `present: false`. `{nonce}` in an expected string
    stands for `raw["nonce"]`.
    """
    nonce = str(raw.get("nonce", ""))
    failed = [
        f"{name} {_shown(raw, name)}; expected {wish}"
        for name, condition in expect.items()
        for wish in _unmet(condition, name in raw, raw.get(name), nonce)
    ]
    if failed:
        if "error" in raw and "error" not in expect:
            failed.insert(0, f"error {_shown(raw, 'error')}")
        return Verdict(Outcome.FAIL, line("; ".join(failed), 400))
    return Verdict(
        Outcome.PASS, line("; ".join(f"{name} {_shown(raw, name)}" for name in expect), 400)
    )


def probe_digest(probe: Probe) -> str:
    """Name of what a probe looks at: observations under another digest answer another question."""
    canonical = json.dumps(
        probe.model_dump(mode="json", by_alias=True), sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _unmet(condition: Condition, given: bool, value: Any, nonce: str) -> list[str]:
    """What the condition wishes and does not get."""
    if not given:
        return [] if condition.present is False else ["it to be present"]
    wishes: list[tuple[Any, Callable[[Any], bool], str]] = [
        (condition.present, lambda wish: wish, "present"),
        (condition.equals, lambda wish: _same(value, _filled(wish, nonce)), "equals"),
        (condition.differs, lambda wish: not _same(value, _filled(wish, nonce)), "differs"),
        (condition.contains, lambda wish: _has(value, _filled(wish, nonce)), "contains"),
        (condition.lacks, lambda wish: not _has(value, _filled(wish, nonce)), "lacks"),
        (condition.matches, lambda wish: _matches(value, wish, nonce), "matches"),
        (condition.among, lambda wish: any(_same(value, _filled(w, nonce)) for w in wish), "among"),
        (condition.at_least, lambda wish: _number(value) and value >= wish, "at_least"),
        (condition.at_most, lambda wish: _number(value) and value <= wish, "at_most"),
    ]
    return [
        f"{operator} {_written(wish)}"
        for wish, holds, operator in wishes
        if wish is not None and not holds(wish)
    ]


def _filled(wish: Scalar, nonce: str) -> Scalar:
    return wish.replace("{nonce}", nonce) if isinstance(wish, str) else wish


def _same(value: Any, wish: Scalar) -> bool:
    # True is not 1: an author who writes `exit: 1` does not mean a flag.
    return isinstance(value, bool) == isinstance(wish, bool) and bool(value == wish)


def _strings(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{name}: {item}" for name, item in value.items()]
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return [str(value)]


def _has(value: Any, wish: Scalar) -> bool:
    return any(str(wish) in item for item in _strings(value))


def _matches(value: Any, pattern: str, nonce: str) -> bool:
    wish = pattern.replace("{nonce}", re.escape(nonce))
    return any(re.search(wish, item) for item in _strings(value))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _written(wish: Any) -> str:
    return line(json.dumps(wish, ensure_ascii=False), _SHOWN)


def _shown(raw: Mapping[str, Any], name: str) -> str:
    if name not in raw:
        return "absent"
    return f"= {line(json.dumps(raw[name], ensure_ascii=False, default=str), _SHOWN)}"
