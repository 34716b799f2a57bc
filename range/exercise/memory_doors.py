"""Doors into labs of the memory provider: enough of a world to rehearse a timeline in.

What lies in files, logs, commands and processes is looked at; services seen from outside answer as
if all were well. A responder's scripts run in the folders' small shell.
"""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from range.errors import CyderError
from range.exercise.effects import Client
from range.guest.base import Guest
from range.injects.context import Facts, Mailer
from range.plan.model import LabPlan
from range.plan.secrets import derive
from range.providers.memory import MemoryProvider
from range.scenario.probe import CommandProbe, FileProbe, LogProbe, Probe, ProcessProbe
from range.scenario.topology import Mail

Ask = Callable[[str, str, Mapping[str, Any]], Any]  # team, verb, payload
_OUTSIDE: dict[str, dict[str, Any]] = {
    "http": {"status": 200, "body": "", "headers": {}, "ms": 1},
    "tcp": {"connected": True, "banner": "", "ms": 1},
    "dns": {"rcode": "NOERROR", "answers": [], "ms": 1},
    "mail": {"sent": True, "received": True, "ms": 1},
    "smb": {"wrote": True, "read": True, "ms": 1},
}


@dataclass(frozen=True)
class MemorySeen:
    """An observation."""

    raw: Mapping[str, Any] | None
    error: str | None = None


@dataclass(frozen=True)
class MemoryRan:
    """How a script ended."""

    exit: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class MemoryDoors:
    """See range.exercise.labs.Doors. `ask` reaches the team's desk."""

    provider: MemoryProvider
    mail: Mail | None
    ask: Ask

    def observe(self, lab: LabPlan, probe: Probe, facts: Facts) -> MemorySeen:
        """Look at files and scripts; services are well."""
        match probe:
            case CommandProbe():
                done = self.provider.guest(lab, probe.node).run(["sh", "-c", probe.run])
                return MemorySeen({"exit": done.exit, "stdout": done.stdout.decode(),
                                   "stderr": done.stderr.decode()})  # fmt: skip
            case FileProbe():
                claim = self.provider.guest(lab, probe.node).read(probe.path)
                return MemorySeen({
                    "exists": claim.type != "absent", "type": claim.type, "size": claim.size,
                    "sha256": claim.sha256, "content": claim.content.decode(errors="replace"),
                })  # fmt: skip
            case LogProbe():
                text = self.provider.guest(lab, probe.node).read(probe.path).content.decode()
                lines = [line for line in text.splitlines() if _found(probe.matches, line)]
                return MemorySeen({"count": len(lines), "lines": lines[-20:]})
            case ProcessProbe():
                processes = self.provider.guest(lab, probe.node).processes()
                commands = [" ".join(process.command) for process in processes]
                found = [command for command in commands if _found(probe.matches, command)]
                return MemorySeen({"count": len(found), "commands": found})
        return MemorySeen({**_OUTSIDE[probe.kind], "nonce": derive(lab.seed, "probe").hex()[:8]})

    def mailer(self, lab: LabPlan) -> Mailer:
        """Return what puts mail straight into the store."""
        return MemoryMailer(self.provider, lab, self.mail)

    def client(self, lab: LabPlan) -> Client:
        """Return the team's way in."""
        return MemoryClient(self.provider, lab, self.ask)


@dataclass(frozen=True)
class MemoryMailer:
    """See range.injects.context.Mailer."""

    provider: MemoryProvider
    lab: LabPlan
    mail: Mail | None

    def send(
        self, seat: str, server: str, sender: str, recipients: tuple[str, ...], content: bytes,
        timeout: float,
    ) -> None:  # fmt: skip
        """Keep one mail for each recipient."""
        if self.mail is None:
            raise CyderError("the scenario has no mail server")
        id_ = str(message_from_bytes(content)["Message-ID"]).strip("<>")
        guest: Guest = self.provider.guest(self.lab, self.mail.server)
        for recipient in recipients:
            guest.write(f"{self.mail.store}/{recipient}/{id_}.{time.monotonic_ns()}", content)


@dataclass(frozen=True)
class MemoryClient:
    """See range.exercise.effects.Client."""

    provider: MemoryProvider
    lab: LabPlan
    ask: Ask

    def run(self, node: str, script: str, timeout: float = 60) -> MemoryRan:
        """Run a script on a node that trainees may enter."""
        if not self.lab.node(node).reachable:
            raise CyderError(f"no way in to {node}")
        words = shlex.split(script)
        argv = words if words[:2] == ["sh", "-c"] else ["sh", "-c", script]
        done = self.provider.guest(self.lab, node).run(argv)
        return MemoryRan(done.exit, done.stdout.decode(), done.stderr.decode())

    def desk(self, verb: str, payload: Mapping[str, Any] | None = None) -> Any:
        """Ask the desk."""
        return self.ask(self.lab.team, verb, payload or {})


def _found(pattern: str, line: str) -> bool:
    return re.search(pattern, line) is not None
