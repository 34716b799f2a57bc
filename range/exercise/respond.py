"""One step of a responder, done through the team's own way in. Blocking."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from range.exercise.effects import Client
from range.grading.predicate import Outcome, judge
from range.guest.once import LOST, once_argv
from range.scenario.probe import Condition
from range.scenario.responder import ResponderStep, Ssh, resolve
from range.text import clean

_RECEIPTS = "/var/tmp/cyder-responder"
_SUCCESS = {"exit": Condition(equals=0)}
_LIST = 200


@dataclass(frozen=True)
class Acted:
    """How a step ended, and what it captured."""

    outcome: Literal["done", "failed"]
    detail: str = ""
    captured: Mapping[str, Any] = field(default_factory=dict)


def respond(step: ResponderStep, key: str, client: Client, captured: Mapping[str, Any]) -> Acted:
    """Do a step; with the same key nothing is done twice. CyderError when there is no way in."""
    if step.ssh is not None:
        return _ssh(step.ssh, key, client)
    if step.hint is not None:
        client.desk("hint", {"hint": step.hint, "key": key})
        return Acted("done")
    assert step.submit is not None
    answers: dict[str, Any] = {}
    missing: list[str] = []
    for name, filled in step.submit.answers.items():
        try:
            answers[name] = resolve(filled, dict(captured))
        except KeyError as error:
            missing.append(f"{name} needs {error.args[0]}, which was not captured")
    client.desk("submit", {"form": step.submit.form, "answers": answers, "key": key})
    return Acted("failed" if missing else "done", "; ".join(missing))


def _ssh(ssh: Ssh, key: str, client: Client) -> Acted:
    ran = client.run(ssh.node, shlex.join(once_argv(key, ssh.run, receipts=_RECEIPTS)),
                     timeout=ssh.timeout)  # fmt: skip
    if ran.exit == LOST and "cyder-once: lost" in ran.stderr:
        # Half done when the engine died; a team would simply do it again, and so does this one.
        ran = client.run(ssh.node, ssh.run, timeout=ssh.timeout)
    captured, missing = _captured(ssh, ran.stdout)
    verdict = judge(
        {**_SUCCESS, **ssh.expect},
        {"exit": ran.exit, "stdout": ran.stdout, "stderr": ran.stderr},
    )
    if verdict.outcome is not Outcome.PASS:
        said = clean(f"{verdict.detail} {ran.stderr.strip()[-400:]}", 600)
        return Acted("failed", said, captured)
    if missing:
        return Acted("failed", f"not found in what {ssh.node} printed: {', '.join(missing)}",
                     captured)  # fmt: skip
    return Acted("done", "", captured)


def _captured(ssh: Ssh, stdout: str) -> tuple[dict[str, Any], list[str]]:
    captured: dict[str, Any] = {}
    missing = []
    for id_, pattern in ssh.capture.items():
        matches = [match[1] if match.re.groups else match[0]
                   for match in re.finditer(pattern, stdout, re.MULTILINE)]  # fmt: skip
        found = [clean(match, 1000) for match in matches if match is not None][:_LIST]
        if not found:
            missing.append(id_)
        elif id_.endswith("-all"):
            captured[id_] = list(dict.fromkeys(found))
        else:
            captured[id_] = found[0]
    return captured, missing
