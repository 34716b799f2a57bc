"""States as plain lists, to be kept: small, quick to read back, equal to what they were. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from range.grading.fold import Ending, Mark, State, Submission, Taken
from range.grading.series import Run, Stamp

_RUN = 8  # plain values of one run


def packed(state: State) -> list[Any]:
    """Return a state as JSON values; it is not changed and shares nothing that grows."""
    details: dict[str, int] = {}
    return [
        [state.name, _stamp(state.started), _stamp(state.ended), list(state.latest)],
        dict(state.secrets),
        {
            name: [[*end.stamp, end.outcome, end.detail] for end in endings]
            for name, endings in state.injects.items()
        },
        {name: dict(facts) for name, facts in state.facts.items()},
        {name: _runs(runs, details) for name, runs in state.observed.items()},
        list(details),
        {
            form: [[*item.stamp, dict(item.answers), item.by, item.id] for item in items]
            for form, items in state.submitted.items()
        },
        [[*taken.stamp, name, taken.by] for name, taken in state.hints.items()],
        [[*taken.stamp, taken.what, taken.by, taken.charged] for taken in state.reverts],
        {
            name: [
                [_stamp(mark.stamp), mark.seq, mark.credit, mark.reason, mark.actor]
                for mark in marks
            ]
            for name, marks in state.marks.items()
        },
        sorted(state.stale),
    ]


def unpacked(kept: list[Any]) -> State:
    """Return the state that `packed` was given; ValueError, TypeError or the like if it was not."""
    (head, secrets, injects, facts, observed, details, submitted, hints, reverts, marks, stale) = (
        kept
    )
    shown, started, ended, latest = head
    return State(
        name=shown,
        started=_moment(started),
        ended=_moment(ended),
        latest=Stamp(*latest),
        secrets=secrets,
        injects={
            name: [Ending(Stamp(at, seq), outcome, detail) for at, seq, outcome, detail in endings]
            for name, endings in injects.items()
        },
        facts=facts,
        observed={name: list(_series(values, details)) for name, values in observed.items()},
        submitted={
            form: [Submission(Stamp(at, seq), answers, by, id_) for at, seq, answers, by, id_ in it]
            for form, it in submitted.items()
        },
        hints={name: Taken(Stamp(at, seq), name, by) for at, seq, name, by in hints},
        reverts=[
            Taken(Stamp(at, seq), node, by, charged) for at, seq, node, by, charged in reverts
        ],
        marks={
            name: [
                Mark(_moment(stamp), seq, credit, reason, actor)
                for stamp, seq, credit, reason, actor in given
            ]
            for name, given in marks.items()
        },
        stale=set(stale),
    )


def _stamp(stamp: Stamp | None) -> list[float] | None:
    return None if stamp is None else list(stamp)


def _moment(kept: list[Any] | None) -> Stamp | None:
    return None if kept is None else Stamp(*kept)


def _runs(runs: Iterable[Run], details: dict[str, int]) -> list[float]:
    """All runs of a check in one flat list; each text stands once in `details`."""
    flat: list[float] = []
    for (at, seq), (last, last_seq), low, high, detail, looks in runs:
        number = details.setdefault(detail, len(details))
        flat += (at, seq, last, last_seq, low, high, number, looks)
    return flat


def _series(flat: list[Any], details: Mapping[int, str] | list[str]) -> Iterable[Run]:
    if len(flat) % _RUN:
        raise ValueError("a run is cut off")
    values = iter(flat)
    for at, seq, last, last_seq, low, high, number, looks in zip(*[values] * _RUN, strict=True):
        yield Run(Stamp(at, seq), Stamp(last, last_seq), low, high, details[number], looks)
