"""Second pass over time: what waits for itself, and what could only come too late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from range.load.parts import Names
from range.load.story import clock
from range.scenario.check import Check
from range.scenario.moment import Moment
from range.scenario.scenario import Scenario

Item = tuple[str, str]  # section and id
_KINDS = (("inject", "injects"), ("form", "forms"), ("check", "checks"), ("hint", "hints"))


@dataclass(frozen=True)
class _Waits:
    """An item comes no sooner than `base`, nor than each of `after` and its wait, in seconds."""

    key: str  # what of it says so
    base: int
    after: tuple[tuple[Item, int], ...]


def _source(moment: Moment) -> Item | None:
    for attribute, section in _KINDS:
        name = getattr(moment, attribute)
        if name is not None:
            return section, name
    return None


def _waits(key: str, moments: Iterable[Moment | None], base: int = 0) -> _Waits:
    after: list[tuple[Item, int]] = []
    for moment in moments:
        if moment is None:
            continue
        source = _source(moment)
        if source is None:
            base = max(base, moment.wait)
        else:
            after.append((source, moment.wait))
    return _Waits(key, base, tuple(after))


def _check(check: Check) -> _Waits:
    waits = _waits("starts", [check.starts])
    needs: list[tuple[Item, int]] = list(waits.after)
    key = "starts"
    form = check.answer or check.claim
    if form is not None:
        needs.append((("forms", form.form), 0))
    if check.combine is not None:
        key = "combine" if not check.starts else key
        one = () if check.combine.not_ is None else (check.combine.not_,)
        needs += [(("checks", name), 0) for name in (*(check.combine.all or ()), *one)]
    return _Waits(key, waits.base, tuple(needs))


def reach(names: Names) -> None:
    """Tell of every circle once, and of every inject that can only come too late."""
    bases: dict[Item, int] = {}  # of what waits for nothing
    items: dict[Item, _Waits] = {}  # the others
    for item, waits in _all(names.scenario):
        if waits.after:
            items[item] = waits
        elif waits.base:
            bases[item] = waits.base
    times, order = _times(items, bases)
    _circles(names, items, times)
    _too_late(names, items, times, order)


def _all(scenario: Scenario) -> Iterator[tuple[Item, _Waits]]:
    for name, inject in scenario.injects.items():
        yield ("injects", name), _waits("after", [inject.after], inject.at or 0)
    for name, form in scenario.forms.items():
        yield ("forms", name), _waits("opens", [form.opens])
    for name, check in scenario.checks.items():
        yield ("checks", name), _check(check)
    for name, hint in scenario.hints.items():
        yield ("hints", name), _waits("opens", [hint.opens])


def _times(items: dict[Item, _Waits], bases: dict[Item, int]) -> tuple[dict[Item, int], list[Item]]:
    """Earliest time of each item that no circle holds up, and an order in which they depend."""
    dependants: dict[Item, list[tuple[Item, int]]] = {}
    waiting: dict[Item, int] = {}
    times: dict[Item, int] = {}
    for item, waits in items.items():
        times[item] = waits.base
        waiting[item] = 0
        for source, wait in waits.after:
            if source in items:
                waiting[item] += 1
                dependants.setdefault(source, []).append((item, wait))
            else:
                times[item] = max(times[item], bases.get(source, 0) + wait)
    order = [item for item, count in waiting.items() if count == 0]
    for item in order:  # grows while it is walked
        for dependant, wait in dependants.get(item, ()):
            times[dependant] = max(times[dependant], times[item] + wait)
            waiting[dependant] -= 1
            if waiting[dependant] == 0:
                order.append(dependant)
    return {item: times[item] for item in order}, order


def _circles(names: Names, items: dict[Item, _Waits], times: dict[Item, int]) -> None:
    seen: set[Item] = set()
    for start in items:
        if start in times or start in seen:
            continue
        walk: dict[Item, None] = {}
        item = start
        while item not in seen and item not in walk:
            walk[item] = None
            # Something unresolved waits for something unresolved; follow the first.
            item = next(
                source for source, _ in items[item].after if source in items and source not in times
            )
        if item in walk:
            steps = list(walk)
            circle = steps[steps.index(item) :]
            names_of = " -> ".join(name for _, name in (*circle, circle[0]))
            section, name = circle[0]
            names.tell(
                (section, name, items[circle[0]].key),
                f"'{name}' can never come: it waits for itself ({names_of}); "
                "start one of them by time or by hand",
                key=True,
            )
        seen.update(walk)


def _too_late(
    names: Names, items: dict[Item, _Waits], times: dict[Item, int], order: list[Item]
) -> None:
    duration = names.scenario.duration
    late: set[Item] = set()
    for item in order:
        if any(source in late for source, _ in items[item].after):
            late.add(item)  # follows from what is already told
            continue
        inject = names.scenario.injects.get(item[1]) if item[0] == "injects" else None
        if inject is None or inject.after is None:
            continue
        earliest = clock(times[item])
        if inject.expires is not None and times[item] >= inject.expires:
            late.add(item)
            names.tell(
                ("injects", item[1], "expires"),
                f"expires at {clock(inject.expires)}, yet it comes at {earliest} at the earliest; "
                "make it later",
            )
        elif times[item] > duration:
            late.add(item)
            names.tell(
                ("injects", item[1], "after"),
                f"comes at {earliest} at the earliest, after the end, {clock(duration)}; "
                "shorten the wait",
                key=True,
            )
