"""The executors of procedure steps: `run` on a node, `c2` in the session of an implant."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from range.guest.base import Completed, Guest
from range.guest.once import Lost, forget, run_once
from range.injects.context import How
from range.scenario.inject import ProcedureUse, Step

NO_SESSION = 75  # c2ctl: no session answered in time
_ANSWER_LIMIT = 1_048_576
_GRACE = 10  # seconds that c2ctl itself may take beyond the wait that it is told


@dataclass(frozen=True)
class Task:
    """One step about to be carried out. `key` is the same after a crash: its receipt's name."""

    key: str
    step: Step
    use: ProcedureUse
    env: Mapping[str, str]
    timeout: float
    how: How = "first"


Raw = dict[str, Any]
Executor = Callable[[Guest, Task], Raw]


def run_step(guest: Guest, task: Task) -> Raw:
    """Run the script on the use's node, once, with its receipt there."""
    script = task.step.run
    assert script is not None

    def run() -> Completed:
        return run_once(
            guest, task.key, script, user=task.step.user, env=task.env, timeout=task.timeout
        )

    try:
        completed = run()
    except Lost:
        if task.how != "retried":
            raise
        forget(guest, task.key)
        completed = run()
    return {
        "exit": completed.exit,
        "stdout": completed.stdout.decode(errors="replace"),
        "stderr": completed.stderr.decode(errors="replace"),
    }


def c2_step(guest: Guest, task: Task) -> Raw:
    """Have the implant of the session run the script; the C2 server keeps the task's answer."""
    assert task.step.c2 is not None
    exports = "".join(f"export {name}={shlex.quote(text)}\n" for name, text in task.env.items())
    wait = max(1, int(task.timeout))
    completed = guest.run(
        ["c2ctl", "run", task.use.session or "", task.key, str(wait)],
        stdin=(exports + task.step.c2 + "\n").encode(),
        timeout=wait + _GRACE,
        limit=_ANSWER_LIMIT,
    )
    text = completed.stdout.decode(errors="replace")
    if completed.exit == NO_SESSION:
        return {"exit": NO_SESSION, "stdout": "", "stderr": "", "error": "no session"}
    if completed.exit == 0:
        try:
            answer = json.loads(text)
            return {
                "exit": int(answer["exit"]),
                "stdout": str(answer["stdout"]),
                "stderr": str(answer["stderr"]),
            }
        except (ValueError, KeyError, TypeError):
            pass
    said = completed.stderr.decode(errors="replace")
    return {"exit": completed.exit or 1, "stdout": text, "stderr": said, "error": "c2"}


EXECUTORS: dict[str, Executor] = {"run": run_step, "c2": c2_step}


def executor(step: Step) -> Executor:
    """Return the executor that a step names."""
    return EXECUTORS["run" if step.run is not None else "c2"]
