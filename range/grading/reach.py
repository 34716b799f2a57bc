"""Which checks a look at one check can change, so that it regrades those and no others. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from range.scenario.check import Check
from range.scenario.scenario import Scenario


def dependents(scenario: Scenario) -> Mapping[str, frozenset[str]]:
    """Return for each check itself and all that depend on its series, also through others."""
    users: dict[str, set[str]] = {name: set() for name in scenario.checks}
    for name, check in scenario.checks.items():
        for other in _named(check):
            if other in users:
                users[other].add(name)
    return {name: frozenset(_closed(name, users)) for name in users}


def _named(check: Check) -> Iterator[str]:
    """Names of the checks that a check is made of, or is measured from."""
    moments = [check.starts, check.ends, check.requires, check.applies]
    if check.goal is not None:
        moments.append(check.goal.since)
    if check.order is not None:
        moments += [check.order.first, check.order.then]
    yield from (moment.check for moment in moments if moment is not None and moment.check)
    if check.claim is not None:
        yield from check.claim.true_when
    if check.combine is not None:
        combine = check.combine
        yield from (combine.not_,) if combine.not_ else ()
        yield from (*(combine.all or ()), *(combine.any or ()), *(combine.of or ()))


def _closed(name: str, users: Mapping[str, set[str]]) -> set[str]:
    found, new = {name}, [name]
    while new:
        fresh = users[new.pop()] - found
        found |= fresh
        new += fresh
    return found
