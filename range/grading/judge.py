"""The judge of a scenario's probes: turns observations into credit, each distinct one only once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from range.grading.predicate import Outcome, judge, probe_digest
from range.grading.reach import dependents
from range.scenario.probe import Expect
from range.scenario.scenario import Bundle

_REMEMBERED = 5000


class Judge:
    """Shared by all teams of a scenario. What was judged before is remembered, up to a bound."""

    def __init__(self, bundle: Bundle) -> None:
        self._expected: dict[str, tuple[str, Expect]] = {
            name: (probe_digest(check.probe), check.expect)
            for name, check in bundle.scenario.checks.items()
            if check.probe is not None
        }
        self.dependents = dependents(bundle.scenario)
        self._verdicts: dict[tuple[object, ...], tuple[float, str]] = {}

    def digest(self, name: str) -> str | None:
        """Digest of a check's probe; None for a check without one."""
        known = self._expected.get(name)
        return None if known is None else known[0]

    def credit(self, name: str, raw: Mapping[str, Any]) -> tuple[float, str]:
        """Credit (0 or 1) and detail of an observation of a check that has a probe."""
        _, expect = self._expected[name]
        get = raw.get
        seen: list[object] = [name, get("error"), get("nonce")]
        for field in expect:
            value = get(field, ...)
            seen += (value.__class__, value)  # True and 1 are equal, but not the same
        key = tuple(seen)
        try:
            known = self._verdicts.get(key)
        except TypeError:  # a list or an object was observed
            return _judged(expect, raw)
        if known is None:
            known = _judged(expect, raw)
            if len(self._verdicts) < _REMEMBERED:
                self._verdicts[key] = known
        return known


def _judged(expect: Expect, raw: Mapping[str, Any]) -> tuple[float, str]:
    verdict = judge(expect, raw)
    return float(verdict.outcome is Outcome.PASS), verdict.detail
