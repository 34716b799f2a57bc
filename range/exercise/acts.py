"""How each kind of due act is done: intended before, ended after, in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from range.errors import CyderError
from range.events.event import Kind
from range.exercise.engine import Engine
from range.exercise.respond import Acted, respond
from range.exercise.schedule import ActKind, Due
from range.grading.predicate import probe_digest
from range.guest.once import Lost
from range.injects.context import Ended, How

_log = logging.getLogger(__name__)
_ERROR = 300


async def observe(engine: Engine, due: Due) -> None:
    """Look at what a check asks for."""
    team = engine.state.teams[due.team]
    probe = engine.state.bundle.scenario.checks[due.id].probe
    assert probe is not None
    raw, error = None, None
    try:
        seen = await engine.blocking(engine.labs.observe, due.team, due.id, dict(team.facts))
        raw, error = seen.raw, seen.error
    except Exception as failure:  # the checker's fault never costs a team, nor the exercise
        error = _said(failure)
    engine.note(
        Kind.OBSERVED, due.team, check=due.id, probe=probe_digest(probe), raw=raw, error=error
    )


async def inject(engine: Engine, due: Due) -> None:
    """Carry out an inject; after a crash go on with it where the receipt says it stood."""
    team = engine.state.teams[due.team]
    inject = engine.state.bundle.scenario.injects[due.id]
    how: How = "resumed" if due.id in team.open else "retried" if due.id in team.tries else "first"
    if how != "resumed":
        engine.note(Kind.INTENDED, due.team, inject=due.id)
    while True:
        try:
            ended = await engine.blocking(
                engine.labs.inject,
                due.team,
                due.id,
                dict(team.facts),
                round_=team.rounds.get(due.id, 0),
                how=how,
            )
            break
        except Lost as lost:
            if not engine.headless:
                team.unknown.add(due.id)
                engine.note(Kind.NOTED, due.team, text=f"{due.id} is unknown: {lost.message}")
                return
            if inject.on_unknown == "skip":
                note_ended(engine, due, "skipped", lost.message)
                return
            how = "retried"
            engine.note(Kind.INTENDED, due.team, inject=due.id)
        except Exception as failure:
            ended = Ended("error", _said(failure))
            break
    if inject.use is not None and ended.outcome == "succeeded":
        await engine.dwell((due.team, due.kind, due.id), inject.use.dwell)
    note_ended(engine, due, ended.outcome, ended.detail, ended)


async def skip(engine: Engine, due: Due) -> None:
    """Pass over an inject: what it was for has happened already."""
    note_ended(engine, due, "skipped", "no longer needed")


async def expire(engine: Engine, due: Due) -> None:
    """Pass over an inject whose time is over."""
    note_ended(engine, due, "expired", "too late")


async def step(engine: Engine, due: Due) -> None:
    """Do one step of a team's responder, by the team's own way in."""
    team = engine.state.teams[due.team]
    step = team.responder.steps[due.id]
    if due.id not in team.acting:
        engine.note(Kind.ACTING, due.team, actor=_actor(due.team), step=due.id)
    if step.mark is not None:
        mark = step.mark
        engine.note(Kind.MARKED, due.team, actor="white", check=mark.check, credit=mark.credit,
                    reason=mark.reason)  # fmt: skip
        acted = Acted("done")
    else:
        try:
            client = await engine.blocking(engine.labs.client, due.team)
            key = f"{engine.id}.{due.team}.{due.id}"
            acted = await engine.blocking(respond, step, key, client, dict(team.captured))
        except Exception as failure:
            acted = Acted("failed", _said(failure))
    engine.note(Kind.ACTED, due.team, actor=_actor(due.team), step=due.id, outcome=acted.outcome,
                detail=acted.detail, captured=dict(acted.captured))  # fmt: skip


def note_ended(
    engine: Engine, due: Due, outcome: str, detail: str, ended: Ended | None = None
) -> None:
    """Write down how an inject ended."""
    use = engine.state.bundle.scenario.injects[due.id].use
    technique = None
    if use is not None:
        technique = use.technique or engine.state.bundle.procedures[use.procedure].technique
    engine.note(
        Kind.INJECTED,
        due.team,
        inject=due.id,
        outcome=outcome,
        detail=detail,
        facts=dict(ended.facts) if ended else {},
        blocked_by=ended.blocked_by if ended else "",
        technique=technique or "",
    )


def _actor(team: str) -> str:
    return f"responder:{team}"


def _said(failure: Exception) -> str:
    if not isinstance(failure, CyderError):
        _log.exception("an act failed", exc_info=failure)
    text = failure.message if isinstance(failure, CyderError) else repr(failure)
    return text[:_ERROR]


ACTS: dict[ActKind, Callable[[Engine, Due], Coroutine[Any, Any, None]]] = {
    "observe": observe,
    "inject": inject,
    "skip": skip,
    "expire": expire,
    "step": step,
}
