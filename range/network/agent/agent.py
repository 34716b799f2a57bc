"""Agents: doing something in a lab's network, from one place of it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from range.errors import CyderError

_PROJECT = Path(__file__).resolve().parents[3]
MOST = 64
_SLACK = 5.0  # seconds that an answer may take to come back
_QUEUE = 30.0  # seconds that a request may wait for others to end


class AgentFailed(CyderError):
    """The agent itself failed: an ERROR of the checker, never a FAIL of what was looked at."""


class AgentLate(AgentFailed):
    """The operation did not end in its time and was killed."""


class Agents:
    """One process of the host that forks for every request. Threads may share it.

    At most `most` requests are under way at a time; others wait. A context manager; it is also
    over when the process that made it ends.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pending: dict[int, Future[dict[str, Any]]] = {}
        self._next = 0

    def __enter__(self) -> Agents:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def at(self, namespace: str, addresses: Sequence[IPv4Address] = ()) -> Agent:
        """Return an agent in a network namespace; each time it starts at another address."""
        return Agent(self, namespace, tuple(addresses))

    def start(
        self, op: str, args: Mapping[str, Any], *, namespace: str, source: str, timeout: float
    ) -> Future[dict[str, Any]]:
        """Begin an operation. AgentFailed when there is no process to do it."""
        with self._lock:
            process = self._running()
            self._next += 1
            future: Future[dict[str, Any]] = Future()
            self._pending[self._next] = future
            request = {"id": self._next, "op": op, "args": dict(args), "namespace": namespace,
                       "source": source, "timeout": timeout}  # fmt: skip
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()
            except OSError as error:
                raise AgentFailed(f"the agents' process ended: {error}") from error
        return future

    def close(self) -> None:
        """End the process and whatever it does."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = process = subprocess.Popen(
                [sys.executable, "-P", "-m", "range.network.agent.mother", str(self._most)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=_PROJECT,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
                     "PYTHONPATH": str(_PROJECT)},
            )  # fmt: skip
            threading.Thread(
                target=self._listen, args=(process,), name="agents", daemon=True
            ).start()
        return self._process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            answer = json.loads(line)
            with self._lock:
                future = self._pending.pop(answer.pop("id"), None)
            if future is not None:
                _settle(future, answer)
        with self._lock:
            if self._process is process:  # whoever asks from now on asks a new one
                self._process = None
            lost, self._pending = self._pending, {}
        process.wait()
        for future in lost.values():
            future.set_exception(AgentFailed("the agents' process ended"))


def _settle(future: Future[dict[str, Any]], answer: dict[str, Any]) -> None:
    if "result" in answer:
        future.set_result(answer["result"])
    elif answer.get("failed") == "timeout":
        future.set_exception(AgentLate("no end within its time"))
    else:
        future.set_exception(AgentFailed(str(answer.get("failed"))[:500]))


@dataclass(frozen=True)
class Agent:
    """One place of a lab's network. Cheap to make; `agents` does the work."""

    agents: Agents
    namespace: str  # a path that setns accepts; "" is the host's own
    addresses: tuple[IPv4Address, ...] = field(default=())

    def ask(self, op: str, args: Mapping[str, Any], timeout: float = 10) -> dict[str, Any]:
        """Do something and return what was seen; AgentLate, AgentFailed. Blocking."""
        future = self.begin(op, args, timeout)
        try:
            return future.result(timeout + _SLACK + _QUEUE)
        except Late as error:
            raise AgentFailed(f"no answer about {op}") from error

    def begin(
        self, op: str, args: Mapping[str, Any], timeout: float = 10
    ) -> Future[dict[str, Any]]:
        """Begin something whose end is awaited later."""
        source = str(secrets.choice(self.addresses)) if self.addresses else ""
        return self.agents.start(op, args, namespace=self.namespace, source=source, timeout=timeout)
