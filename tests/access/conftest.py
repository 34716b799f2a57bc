"""Two hollow labs with a gateway each, and a desk that answers what it is asked."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from desk_sample import view
from hollow import HollowLabs, hollow_pair

from range.access.client import TeamClient
from range.access.credentials import trainee_private
from range.access.point import AccessPoint
from range.plan.model import LabPlan
from range.settings import settings

Answer = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class EchoDesk:
    """The engine's end of a desk. `answer` decides; the request comes back by default."""

    end: socket.socket
    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: Answer = lambda request: {"ok": True, "result": request}
    _one_at_a_time: Any = field(default_factory=threading.Lock)

    def serve(self) -> None:
        """Answer until the gateway is gone."""
        with (
            self.end,
            self.end.makefile("r", encoding="utf-8") as said,
            self.end.makefile("w", encoding="utf-8") as lines,
        ):
            for line in filter(str.strip, said):
                request = json.loads(line)
                self.asked.append(request)
                threading.Thread(target=self._say, args=(request, lines), daemon=True).start()

    def _say(self, request: dict[str, Any], lines: Any) -> None:
        answer = {"id": request["id"], **self.answer(request)}
        with self._one_at_a_time, contextlib.suppress(ValueError, OSError):
            lines.write(json.dumps(answer) + "\n")
            lines.flush()

    def submitted(self) -> list[dict[str, Any]]:
        """What was handed in."""
        return [request for request in self.asked if request["op"] == "submit"]


class SampleDesk:
    """Answers as an engine in the middle of an exercise; drafts are kept as an engine does."""

    def __init__(self) -> None:
        self.table = view()
        self.drafts: dict[str, dict[str, Any]] = {}
        self.news = threading.Event()

    def __call__(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one request."""
        op, by = request["op"], request["by"]
        drafts = self.drafts.setdefault(by, {})
        if op == "watch":
            if request["since"] == 1:
                self.news.wait(25)
            return {"ok": True, "result": {"seq": 1}}
        if op == "draft":
            drafts[request["form"]] = {"answers": request["answers"], "at": "T+00:31"}
            return {"ok": True, "result": {"saved": True}}
        if op == "drafts":
            return {"ok": True, "result": drafts}
        if op == "submit":
            drafts.pop(request["form"], None)
            return {"ok": True, "result": {"form": request["form"], "at": "T+00:31"}}
        if op in self.table:
            return {"ok": True, "result": self.table[op]}
        return {"ok": False, "error": {"ja": "?", "en": "?"}}


@dataclass
class Way:
    """The way into team1's lab, with everything that belongs to it."""

    labs: HollowLabs
    lab: LabPlan
    other: LabPlan
    point: AccessPoint
    desk: EchoDesk
    key: Path

    @property
    def port(self) -> int:
        """Where trainees come in."""
        return self.lab.access.port

    def ssh(self, *words: str, user: str = "team1+hanako", stdin: str = "") -> Any:
        """Run OpenSSH against the gateway as a trainee would."""
        return subprocess.run(
            [*self.options(), "-p", str(self.port), f"{user}@127.0.0.1", *words],
            input=stdin, capture_output=True, text=True, timeout=30,
        )  # fmt: skip

    def desk_command(self, user: str = "team1+hanako") -> list[str]:
        """What a trainee types for a desk."""
        return [*self.options(), "-p", str(self.port), f"{user}@127.0.0.1"]

    def log(self) -> str:
        """What the gateway and its desks wrote down."""
        return self.point._log_file.read_text()

    def options(self) -> list[str]:
        """What every call of ssh has in these tests."""
        return [
            "ssh", "-F", "none", "-i", str(self.key), "-o", "IdentitiesOnly=yes",
            "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
        ]  # fmt: skip


@pytest.fixture(scope="session")
def labs(plan_two_segments: Callable[..., Any]) -> Iterator[HollowLabs]:
    """Two labs; trainees of each may log in to pc-1."""
    with hollow_pair(plan_two_segments, "access") as made:
        for lab in made.plan.labs:
            made.sshd(lab, "pc-1")
        yield made


@pytest.fixture(scope="session")
def key(labs: HollowLabs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Team1's private key, as the sheet gives it."""
    path = tmp_path_factory.mktemp("sheet") / "team1.key"
    path.touch(mode=0o600)
    path.write_text(trainee_private(labs.plan.labs[0]))
    return path


@dataclass
class _Opened:
    """The way of the tests before, as long as none of them has broken it."""

    way: Way | None = None
    beside: AccessPoint | None = None
    serving: threading.Thread | None = None

    def open(self, labs: HollowLabs, key: Path) -> Way:
        lab, other = labs.plan.labs
        mine, theirs = socket.socketpair()
        desk = EchoDesk(mine)
        self.serving = threading.Thread(target=desk.serve, daemon=True)
        self.serving.start()
        with theirs:
            point = AccessPoint.start(lab, settings(), theirs, listen="127.0.0.1")
        self.beside = AccessPoint.start(other, settings(), listen="127.0.0.1")
        self.way = Way(labs, lab, other, point, desk, key)
        return self.way

    @property
    def sound(self) -> bool:
        return bool(self.way and self.serving and self.serving.is_alive())

    def close(self) -> None:
        if self.way is not None and self.beside is not None and self.serving is not None:
            self.beside.stop()
            self.way.point.stop()
            self.serving.join(5)
            assert not self.serving.is_alive(), "the gateway keeps its desk"


@pytest.fixture(scope="session")
def _opened(labs: HollowLabs) -> Iterator[_Opened]:
    opened = _Opened()
    yield opened
    opened.close()


@pytest.fixture
def way(labs: HollowLabs, key: Path, _opened: _Opened) -> Way:
    """An open way into team1's lab, and team2's beside it."""
    if not _opened.sound:
        _opened.close()
        return _opened.open(labs, key)
    assert _opened.way is not None
    _opened.way.desk.asked.clear()
    _opened.way.desk.answer = EchoDesk.answer
    return _opened.way


@pytest.fixture
def sample(way: Way) -> Iterator[SampleDesk]:
    """The exercise behind team1's desk."""
    made = SampleDesk()
    way.desk.answer = made
    yield made
    made.news.set()


@pytest.fixture
def client(way: Way) -> Iterator[TeamClient]:
    """Team1's way in, for programs."""
    made = TeamClient(way.lab)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert os.environ.get("SSH_AUTH_SOCK") is None
