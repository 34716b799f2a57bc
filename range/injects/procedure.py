"""Carrying out a procedure: step by step, until one fails, then asking what stood in the way."""

from __future__ import annotations

import re
import time
from typing import Any

from range.errors import CyderError
from range.grading.predicate import Outcome, judge
from range.guest.once import Lost
from range.injects.context import Ended, How, LabContext, environment, receipt_name
from range.injects.executors import Task, executor
from range.scenario.inject import ProcedureUse, Step
from range.scenario.probe import Condition
from range.text import clean

_SUCCESS = {"exit": Condition(equals=0)}
_DETAIL = 300


def run_procedure(
    id_: str, use: ProcedureUse, context: LabContext, *, round_: int = 0, how: How = "first"
) -> Ended:
    """Carry an attack or event out in one lab. Blocking, at most as long as its time-outs.

    Steps that were done before a crash are not done again. Raises guest.once.Lost when one died
    half way, unless it is to be `retried`. Each `round_` is a new beginning.
    """
    facts: dict[str, str] = {}
    try:
        failure = _steps(id_, use, context, facts, round_, how)
    except Lost:
        raise
    except CyderError as error:
        failure = error.message
    if failure is None:
        return Ended("succeeded", facts=facts)
    for blocker in use.prevented_by:
        evidence = context.blocked(blocker)
        if evidence.blocks:
            return Ended("prevented", _short(f"{failure}; {evidence.detail}"), facts, blocker)
    return Ended("error", _short(failure), facts)


def run_casually(id_: str, use: ProcedureUse, context: LabContext) -> None:
    """Carry out what a benign user does: no receipts, and a failure ends it. CyderError."""
    procedure = context.bundle.procedures[use.procedure]
    env = environment(id_, procedure, use, context)
    guest = context.guest(use.node)
    for step in procedure.steps:
        script = ["sh", "-c", step.run or ""]
        done = guest.run(script, user=step.user, env=env, timeout=step.timeout)
        if done.exit != 0:
            raise CyderError(f"{step.name}: {_short(done.stderr.decode(errors='replace'))}")


def _steps(
    id_: str,
    use: ProcedureUse,
    context: LabContext,
    facts: dict[str, str],
    round_: int,
    how: How,
) -> str | None:
    """Run the steps; return what went wrong, or None. Facts are added as they are found."""
    procedure = context.bundle.procedures[use.procedure]
    env = environment(id_, procedure, use, context)
    guest = context.guest(use.node)
    deadline = time.monotonic() + use.timeout
    for number, step in enumerate(procedure.steps, 1):
        left = deadline - time.monotonic()
        if left <= 0:
            return f"{step.name}: the time of {use.timeout} s was over"
        key = receipt_name(context.lab.seed, id_, number, round_)
        raw = executor(step)(guest, Task(key, step, use, env, min(step.timeout, left), how))
        failure = _judged(step, raw) or _found(step, raw, facts)
        if failure:
            return f"{step.name}: {failure}"
    return None


def _judged(step: Step, raw: dict[str, Any]) -> str | None:
    verdict = judge({**_SUCCESS, **step.expect}, raw)
    if verdict.outcome is Outcome.PASS:
        return None
    said = str(raw.get("stderr") or raw.get("error") or "").strip()
    return f"{verdict.detail}" + (f" ({said[-160:]})" if said else "")


def _found(step: Step, raw: dict[str, Any], facts: dict[str, str]) -> str | None:
    for name, pattern in step.facts.items():
        match = re.search(pattern, str(raw["stdout"]), re.MULTILINE)
        if match is None:
            return f"its output has no {name}"
        facts[name] = clean((match[1] if match.re.groups else match[0]) or "", 1000)
    return None


def _short(text: str) -> str:
    return clean(text, _DETAIL)
