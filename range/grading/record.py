"""Record: what one team's events add up to at any moment.

The engine asks it when something happened (triggers, conditions, `unless`); grading asks it for the
series of each check. Both get the same answers because both use this.
"""

from __future__ import annotations

from functools import cached_property
from zoneinfo import ZoneInfo

from range.events.event import Event, Kind
from range.grading.answers import Resolve, Unknown, assess, plain, resolver
from range.grading.fold import Fold, State
from range.grading.judge import Judge
from range.grading.series import (
    FOREVER,
    FULL,
    START,
    Run,
    Stamp,
    Uptime,
    clipped,
    extended,
    latched,
    uptime,
)
from range.scenario.check import Answer, Check, Claim, Combine, Order
from range.scenario.moment import Moment
from range.scenario.scenario import Bundle

# `done` means that something happened in the lab: tried and stopped, or tried and failed, too.
DONE = frozenset({"delivered", "succeeded", "prevented", "error"})
UNMARKED = "awaits a mark"
EMPTY = "left empty"


class Record:
    """An incremental fold of one team's events.

    With `team`, events of other teams are passed over; events of no team always count. Records of
    one scenario may share a judge. A `state` that was kept goes on where it stood.
    """

    def __init__(
        self,
        bundle: Bundle,
        team: str | None = None,
        judge: Judge | None = None,
        state: State | None = None,
    ) -> None:
        self.bundle = bundle
        self.team = team
        self._judge = judge or Judge(bundle)
        self._fold = Fold(self._judge, team, state)
        self._series: dict[str, list[Run]] = {}
        self._regrade: set[str] = set(bundle.scenario.checks)
        self._checks = len(self._regrade)
        self._uptimes: dict[str, tuple[list[Run], Uptime]] = {}
        self._resolver: Resolve | None = None
        self._open: set[str] = set()  # checks being computed: a circle counts as not happened

    @property
    def state(self) -> State:
        """All that is known; read it, never change it."""
        return self._fold.state

    @cached_property
    def zone(self) -> ZoneInfo:
        """Time zone of answers that name none."""
        return ZoneInfo(self.bundle.scenario.timezone)

    def apply(self, event: Event) -> None:
        """Take in the next event of the log."""
        if not self._fold.apply(event):
            return
        if event.kind is Kind.OBSERVED:  # by far the most events, and each changes very little
            if not self._series and len(self._regrade) == self._checks:
                return  # nobody has asked for anything since it all changed
            name = event.data.get("check")
            changed = self._judge.dependents.get(name, ()) if isinstance(name, str) else ()
            self._regrade.update(changed)
            for dependent in changed:
                self._series.pop(dependent, None)
        else:
            self._regrade.update(self.bundle.scenario.checks)
            self._series.clear()
            self._resolver = None

    def changed(self) -> set[str]:
        """Return the checks that may be worth something else than at the last call; at first all.

        Time alone is not told: availability moves with the latest event.
        """
        changed, self._regrade = self._regrade, set()
        return changed

    def happened(self, moment: Moment) -> float | None:
        """Exercise time in seconds of a moment, its wait included; None if it has not come.

        The time may lie ahead: the moment itself came, its wait is not over.
        """
        stamp = self.stamp(moment)
        return None if stamp is None else stamp.at

    def stamp(self, moment: Moment) -> Stamp | None:
        """Place of a moment in the exercise, its wait included; None if it has not come."""
        found: Stamp | None = None
        if moment.start:
            found = self.state.started
        elif moment.inject is not None:
            wanted = DONE if moment.outcome == "done" else {moment.outcome}
            endings = self.state.injects.get(moment.inject, [])
            found = next((item.stamp for item in endings if item.outcome in wanted), None)
        elif moment.form is not None:
            handed_in = self.state.submitted.get(moment.form)
            found = handed_in[0].stamp if handed_in else None
        elif moment.hint is not None:
            taken = self.state.hints.get(moment.hint)
            found = taken.stamp if taken else None
        elif moment.check is not None:
            found = self._became(moment.check, moment.becomes == "pass")
        return None if found is None else found.later(moment.wait)

    def series(self, name: str) -> list[Run]:
        """How the credit of a check went within its window, before any mark."""
        if name not in self._series:
            if name in self._open or name not in self.bundle.scenario.checks:
                return []
            self._open.add(name)
            try:
                self._series[name] = self._windowed(self.bundle.scenario.checks[name], name)
            finally:
                self._open.discard(name)
        return self._series[name]

    def graded(self, name: str) -> list[Run]:
        """Return the series, or the one run that the last mark made of it."""
        marks = self.state.marks.get(name)
        if not marks:
            return self.series(name)
        mark, runs = marks[-1], self.series(name)
        check = self.bundle.scenario.checks.get(name)
        # Of a free text the white cell judges the content; when it was handed in stays a fact.
        judged_text = check is not None and check.answer is not None and check.answer.rubric
        since = runs[-1].first if judged_text and runs else START
        return [Run(since, FOREVER, mark.credit, mark.credit, f"{mark.actor}: {mark.reason}")]

    def uptime(self, name: str, runs: list[Run]) -> Uptime:
        """Return the runs of a check added up; once for as long as they are the same list."""
        known = self._uptimes.get(name)
        if known is None or known[0] is not runs:
            known = self._uptimes[name] = (runs, uptime(runs))
        return known[1]

    def reached(self, name: str) -> bool:
        """False where the exercise never came to a check: its branch was not taken."""
        check = self.bundle.scenario.checks[name]
        if check.applies is not None and self.stamp(check.applies) is None:
            return False
        if check.starts is not None and check.starts.inject and self.stamp(check.starts) is None:
            return False
        if check.answer is not None:
            try:
                self._truth(check.answer)
            except Unknown as unknown:
                return unknown.reached
        if check.combine is not None:
            return any(self.reached(member) for member in _members(check.combine))
        return True

    def _became(self, name: str, passing: bool) -> Stamp | None:
        stamps = [
            run.first
            for run in self.series(name)
            if run.known and (run.low >= FULL) is passing and run.first.at > START.at
        ]
        stamps += [
            mark.stamp
            for mark in self.state.marks.get(name, [])
            if mark.stamp is not None and (mark.credit >= FULL) is passing
        ]
        return min(stamps, default=None)

    def _windowed(self, check: Check, name: str) -> list[Run]:
        bounds = [self.stamp(moment) for moment in (check.starts, check.requires) if moment]
        if None in bounds or (check.applies and self.stamp(check.applies) is None):
            return []
        start = max((stamp for stamp in bounds if stamp), default=None)
        end = self.stamp(check.ends) if check.ends else None
        return clipped(self._source(check, name), start, end)

    def _source(self, check: Check, name: str) -> list[Run]:
        if check.answer is not None:
            return self._answered(check.answer)
        if check.order is not None:
            return self._ordered(check.order)
        if check.claim is not None:
            return self._claimed(check.claim)
        if check.combine is not None:
            return self._combined(check.combine)
        return self.state.observed.get(name, [])  # of a probe; a bare rubric has none

    def _resolve(self) -> Resolve:
        if self._resolver is None:
            outcomes = {
                inject: {ending.outcome for ending in endings}
                for inject, endings in self.state.injects.items()
            }
            self._resolver = resolver(self.state.facts, outcomes, self.state.secrets)
        return self._resolver

    def _truth(self, answer: Answer) -> Resolve:
        """Return the resolver, once it is sure that it knows all this answer needs."""
        resolve = self._resolve()
        wishes = (answer.exact, answer.number, answer.time)
        for value in (*wishes, *(answer.among or ()), *(answer.set or ())):
            resolve(value)
        return resolve

    def _answered(self, answer: Answer) -> list[Run]:
        runs: list[Run] = []
        handed_in = self.state.submitted.get(answer.form, [])
        ends = [*(item.stamp for item in handed_in[1:]), FOREVER]
        for item, end in zip(handed_in, ends, strict=False):
            given = item.answers.get(answer.field)
            low = high = 0.0
            if given is None or given in ("", []):
                detail = EMPTY
            elif answer.rubric is not None:
                high, detail = 1.0, UNMARKED
            else:
                try:
                    credit = assess(answer, given, self._truth(answer), self.zone)
                    low = high = credit.credit
                    detail = credit.detail
                except Unknown as unknown:
                    high, detail = 1.0, unknown.detail
            extended(runs, Run(item.stamp, end, low, high, detail))
        return runs

    def _ordered(self, order: Order) -> list[Run]:
        then = self.stamp(order.then)
        if then is None:
            return []
        first = self.stamp(order.first)
        # Two checks that flipped at one look: which came first, nobody saw.
        one_look = order.first.check and order.then.check and first and first.at == then.at
        right = first is not None and (first < then or bool(one_look))
        detail = (
            "in this order" if right else "the other way round" if first else "first never came"
        )
        return [Run(then, FOREVER, float(right), float(right), detail)]

    def _claimed(self, claim: Claim) -> list[Run]:
        try:
            wanted = plain(self._resolve()(claim.equals))
        except Unknown:
            return []
        claims = [
            item.stamp
            for item in self.state.submitted.get(claim.form, [])
            if wanted in _texts(item.answers.get(claim.field))
        ]
        runs: list[Run] = []
        low = high = 1.0
        detail = "true each time"
        for stamp, end in zip(claims, [*claims[1:], FOREVER], strict=False):
            for name in claim.true_when:
                known = self._at(name, stamp)
                if known.low < low or known.high < high:
                    detail = f"{name}: {known.detail or 'not passing'}"
                low, high = min(low, known.low), min(high, known.high)
            extended(runs, Run(stamp, end, low, high, detail))
        return runs

    def _at(self, name: str, stamp: Stamp) -> Run:
        """State of a check when something was claimed: full, or known as it is.

        A team that mends and says so is not called a liar because nobody had looked in between:
        the next look counts where it follows within one pause between looks, or is the first.
        """
        pause = self._pause(name)
        runs = self.series(name)
        before = [run for run in runs if run.first <= stamp]
        after = [run for run in runs if run.first > stamp]
        if before and before[-1].last > stamp:
            after = []  # looked at again, and nothing had changed
        elif before:
            after = [run for run in after if run.first.at - stamp.at <= pause]
        soon = next((run for run in after if run.known), after[0] if after else None)
        state = before[-1] if before else Run(stamp, stamp, 0.0, float(pause > 0), "not observed")
        if soon and (soon.low >= FULL or not soon.known or not state.known):
            state = soon if soon.known or state.low < FULL else state
        return state._replace(low=float(state.low >= FULL), high=float(state.high >= FULL))

    def _pause(self, name: str, deep: int = 5) -> int:
        """Seconds between looks at a check or its parts; 0 where nobody needs to look."""
        check = self.bundle.scenario.checks.get(name)
        if check is None or not deep:
            return 0
        if check.combine is not None:
            return max((self._pause(part, deep - 1) for part in _members(check.combine)), default=0)
        return check.every if check.probe is not None else 0

    def _combined(self, combine: Combine) -> list[Run]:
        members = [name for name in _members(combine) if self.reached(name)]
        valued = self.bundle.scenario.checks
        parts = [latched(self.graded(name), valued[name].valued) for name in members]
        stamps = sorted({run.first for runs in parts for run in runs})
        runs: list[Run] = []
        for index, stamp in enumerate(stamps):
            states = [
                next((run for run in reversed(part) if run.first <= stamp), None) for part in parts
            ]
            lows = [state.low if state else 0.0 for state in states]
            highs = [
                state.high if state else float(self._pause(name) > 0)
                for name, state in zip(members, states, strict=True)
            ]
            low, high = _reckoned(combine, lows, highs)
            last = max(state.last for state in states if state)
            following = stamps[index + 1] if index + 1 < len(stamps) else FOREVER
            told = ", ".join(
                f"{name} {'?' if low_ != high_ else format(low_, 'g')}"
                for name, low_, high_ in zip(members, lows, highs, strict=True)
            )
            extended(runs, Run(stamp, min(last, following), low, high, told))
        # Parts are looked at one by one: what held for no time at all was never so.
        ends = [*(run.first.at for run in runs[1:]), None]
        return [run for run, end in zip(runs, ends, strict=False) if run.first.at != end]


def _members(combine: Combine) -> tuple[str, ...]:
    if combine.not_ is not None:
        return (combine.not_,)
    return combine.all or combine.any or combine.of or ()


def _reckoned(combine: Combine, lows: list[float], highs: list[float]) -> tuple[float, float]:
    """Combine intervals of credit: the k-th best of n stands for all (n), any (1) and k of n."""
    if combine.not_ is not None:
        return 1 - highs[0], 1 - lows[0]
    wanted = 1 if combine.any else combine.at_least if combine.of else len(lows)
    index = min(wanted or 1, len(lows)) - 1
    return sorted(lows, reverse=True)[index], sorted(highs, reverse=True)[index]


def _texts(given: object) -> set[str]:
    return {plain(text) for text in (given if isinstance(given, list | tuple) else [given])}
