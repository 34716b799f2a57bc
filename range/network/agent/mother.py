"""The process that agents' work starts from: `python -m range.network.agent.mother MOST`.

It reads requests as JSON lines. For each it forks a child that enters the namespace, gives up its
rights, does one thing and writes one answer; a child that takes too long or says too much is
killed. The mother itself never speaks to a guest. When its input ends, so does everything.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import selectors
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import Any, NoReturn

from range.network.agent.confine import (
    AGENT_UID,
    drop_rights,
    end_with_parent,
    enter_network,
    limit,
)
from range.network.agent.registry import OPS, PRELOADED, PRIVILEGED
from range.network.agent.source import start_from

ANSWER_LIMIT = 2_097_152  # bytes of one answer
_MEMORY = 1 << 30
_FILES = 4096
_GRACE = 0.5  # seconds that an operation may take longer than it was told to


@dataclass
class _Child:
    id: int
    pid: int
    deadline: float
    said: bytearray = field(default_factory=bytearray)


class Mother:
    """Forks up to `most` children for requests from `source`; writes their answers to `sink`."""

    def __init__(self, source: int, sink: int, most: int) -> None:
        self._source, self._sink, self._most = source, sink, most
        self._selector = selectors.DefaultSelector()
        self._selector.register(source, selectors.EVENT_READ)
        self._children: dict[int, _Child] = {}  # by the descriptor their answer comes from
        self._unread = bytearray()
        self._waiting: list[dict[str, Any]] = []

    def serve(self) -> None:
        """Serve until the source ends, then end every child."""
        try:
            while self._turn():
                pass
        finally:
            for child in self._children.values():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.pid, signal.SIGKILL)

    def _turn(self) -> bool:
        soonest = min((child.deadline for child in self._children.values()), default=None)
        wait = None if soonest is None else max(0.0, soonest - time.monotonic())
        for key, _ in self._selector.select(wait):
            if key.fd != self._source:
                self._hear(key.fd)
            elif not self._read():
                return False
        now = time.monotonic()
        for descriptor in [fd for fd, child in self._children.items() if child.deadline <= now]:
            self._end(descriptor, {"failed": "timeout"})
        while self._waiting and len(self._children) < self._most:
            self._fork(self._waiting.pop(0))
        return True

    def _read(self) -> bool:
        chunk = os.read(self._source, 1 << 20)
        self._unread += chunk
        *lines, rest = self._unread.split(b"\n")
        self._unread = bytearray(rest)
        self._waiting += [json.loads(line) for line in lines]
        return bool(chunk)

    def _fork(self, request: dict[str, Any]) -> None:
        for module in PRELOADED.get(request["op"], ()):  # once, for all later children
            importlib.import_module(module)
        reading, writing = os.pipe()
        mother = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _work(request, writing, mother, [self._source, self._sink, *self._children])
        os.close(writing)
        os.set_blocking(reading, False)
        deadline = time.monotonic() + float(request["timeout"]) + _GRACE
        self._children[reading] = _Child(request["id"], pid, deadline)
        self._selector.register(reading, selectors.EVENT_READ)

    def _hear(self, descriptor: int) -> None:
        child = self._children.get(descriptor)
        if child is None:
            return
        chunk = os.read(descriptor, 1 << 16)
        child.said += chunk
        if len(child.said) > ANSWER_LIMIT:
            self._end(descriptor, {"failed": "said too much"})
        elif not chunk:
            try:
                answer = json.loads(child.said)
            except ValueError:
                answer = {"failed": "ended without an answer"}
            self._end(descriptor, answer)

    def _end(self, descriptor: int, answer: dict[str, Any]) -> None:
        child = self._children.pop(descriptor)
        self._selector.unregister(descriptor)
        os.close(descriptor)
        os.kill(child.pid, signal.SIGKILL)  # not yet waited for, so the pid is still its own
        os.waitpid(child.pid, 0)
        line = memoryview(json.dumps({"id": child.id, **answer}).encode() + b"\n")
        while line:
            line = line[os.write(self._sink, line) :]


def _work(request: dict[str, Any], writing: int, mother: int, inherited: list[int]) -> NoReturn:
    """Do one thing in a child and end, whatever happens: it must never act as its mother."""
    try:
        for descriptor in inherited:
            os.close(descriptor)
        try:
            answer: dict[str, Any] = {"result": _confined(request, mother)}
        except Exception as error:
            answer = {"failed": f"{type(error).__name__}: {error}"[:500]}
        with os.fdopen(writing, "wb") as file:
            file.write(json.dumps(answer).encode())
    finally:
        os._exit(0)


def _confined(request: dict[str, Any], mother: int) -> dict[str, Any]:
    op = OPS[request["op"]]
    if request["namespace"]:
        enter_network(request["namespace"])
    timeout = float(request["timeout"])
    limit(memory=_MEMORY, files=_FILES, written=0, cpu=int(timeout) + 10)
    if request["op"] not in PRIVILEGED:
        drop_rights(AGENT_UID)
    end_with_parent(signal.SIGKILL)  # a change of user would have cleared it
    if os.getppid() != mother:
        raise ProcessLookupError("the mother has ended")
    start_from(request.get("source") or "")
    return op(request["args"], time.monotonic() + timeout)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the user's Ctrl-C is for the engine to handle
    Mother(sys.stdin.fileno(), sys.stdout.fileno(), int(sys.argv[1])).serve()
