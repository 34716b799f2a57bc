"""The exercise's command server: a task runs at most once, and nothing it is sent is unbounded."""

from __future__ import annotations

import base64
import importlib.util
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from organisations import ROLES

HERE = ROLES / "c2_server" / "files" / "root" / "opt" / "c2"


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def modules() -> Iterator[tuple[ModuleType, ModuleType]]:
    store = module("store")
    yield store, module("server")
    sys.modules.pop("store")
    sys.modules.pop("server")


@pytest.fixture
def store(modules: tuple[ModuleType, ModuleType], tmp_path: Path) -> Any:
    return modules[0].Store(tmp_path)


def answer(store: Any, stdout: str = "done") -> threading.Thread:
    """Play one implant: take the next task of pc-1 once there is one, and report."""

    def play() -> None:
        with store.changed:
            while not store._one("SELECT 1 FROM task WHERE state = 'queued'"):
                assert store.changed.wait(10)
        task = store.beacon("pc-1", "203.0.113.2")
        store.report("pc-1", task[0], {"exit": 0, "stdout": stdout, "stderr": ""})

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    return thread


def give(store: Any, task: str, seconds: float = 10) -> Any:
    """Queue a task and wake whoever waits for one, as any beacon would."""
    result: list[Any] = []
    thread = threading.Thread(
        target=lambda: result.append(store.run("pc-1", task, seconds, "id")), daemon=True
    )
    thread.start()
    while thread.is_alive():
        with store.changed:
            store.changed.notify_all()
        thread.join(0.01)
    return result[0]


def test_a_task_is_carried_out_and_its_result_returned(store: Any) -> None:
    implant = answer(store)
    assert give(store, "A03-0") == {"exit": 0, "stdout": "done", "stderr": ""}
    implant.join(5)


def test_the_same_task_again_repeats_the_result_and_runs_nothing(store: Any) -> None:
    implant = answer(store, "first")
    give(store, "A03-0")
    implant.join(5)
    assert store.run("pc-1", "A03-0", 1, "id")["stdout"] == "first"
    assert store.beacon("pc-1", "203.0.113.2") is None


def test_a_task_that_nobody_took_is_withdrawn(store: Any) -> None:
    assert store.run("pc-1", "A03-0", 0, "id") is None
    assert store.beacon("pc-1", "203.0.113.2") is None


def test_a_task_that_was_taken_is_not_given_again(store: Any) -> None:
    store.db.execute("INSERT INTO task VALUES ('A03-0', 'pc-1', 'id', 5, 'queued', NULL, 'a03')")
    assert store.beacon("pc-1", "203.0.113.2")[0] == "a03"
    assert store.run("pc-1", "A03-0", 0, "id") is None
    assert store.beacon("pc-1", "203.0.113.2") is None


@pytest.fixture
def quick(modules: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions are gone after half a second, and a fifth of grace."""
    monkeypatch.setattr(modules[0], "SILENT", 0.5)
    monkeypatch.setattr(modules[0], "GRACE", 0.2)


@pytest.mark.usefixtures("quick")
def test_a_session_that_is_gone_is_not_waited_for(store: Any) -> None:
    store.beacon("pc-1", "203.0.113.2")
    began = time.monotonic()
    assert store.run("pc-1", "A03-0", 20, "id") is None
    assert 0.4 < time.monotonic() - began < 5
    began = time.monotonic()  # now it is known to be silent, and has its grace only
    assert store.run("pc-1", "A04-0", 20, "id") is None
    assert store.beacons("pc-1", 1, 20) is None
    assert 0.4 <= time.monotonic() - began < 5
    assert store.beacon("pc-1", "203.0.113.2") is None, "a task was left for it"


@pytest.mark.usefixtures("quick")
def test_a_session_that_beacons_in_its_grace_is_waited_for(store: Any) -> None:
    store.beacon("pc-1", "203.0.113.2")
    store.db.execute("UPDATE session SET last = last - 100")
    implant = answer(store)
    assert give(store, "A03-0")["stdout"] == "done"
    implant.join(5)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("state", ["unknown", "busy"])
def test_a_session_of_which_nothing_says_that_it_is_gone_is_waited_for(
    store: Any, state: str
) -> None:
    if state == "busy":
        store.db.execute("INSERT INTO task VALUES ('A01', 'pc-1', 'id', 5, 'queued', NULL, 'a01')")
        store.beacon("pc-1", "203.0.113.2")
        store.db.execute("UPDATE session SET last = last - 100")
    began = time.monotonic()
    assert store.run("pc-1", "A03-0", 1.5, "id") is None
    assert time.monotonic() - began >= 1.5


def test_only_the_session_that_was_given_a_task_may_report_it(store: Any) -> None:
    store.db.execute("INSERT INTO task VALUES ('A03-0', 'pc-1', 'id', 5, 'queued', NULL, 'a03')")
    store.beacon("pc-1", "203.0.113.2")
    store.report("pc-9", "a03", {"exit": 0, "stdout": "forged", "stderr": ""})
    assert store.run("pc-1", "A03-0", 0, "id") is None


def test_results_are_cut(store: Any, modules: tuple[ModuleType, ModuleType]) -> None:
    limit = modules[0].LARGEST_TEXT
    implant = answer(store, "x" * (limit + 1))
    assert len(give(store, "A03-0")["stdout"]) == limit
    implant.join(5)


def test_sessions_beyond_the_limit_are_not_remembered(
    store: Any, modules: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modules[0], "MOST_SESSIONS", 3)
    for number in range(6):
        store.beacon(f"pc-{number}", "203.0.113.2")
    assert len(store.sessions()) == 3


@pytest.fixture
def address(store: Any, modules: tuple[ModuleType, ModuleType]) -> Iterator[str]:
    web = ThreadingHTTPServer(("127.0.0.1", 0), modules[1].Beacons)
    web.daemon_threads = True
    web.store = store  # type: ignore[attr-defined]
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    web.server_close()


def fetch(url: str, data: bytes | None = None) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, data=data, timeout=10) as answered:
        return bytes(answered.read())


def test_a_beacon_over_http_gets_its_task_and_its_report_arrives(store: Any, address: str) -> None:
    store.db.execute("INSERT INTO task VALUES ('A03-0', 'pc-1', 'id', 5, 'queued', NULL, 'a03')")
    task = json.loads(fetch(f"{address}/api/v2/status?id=pc-1"))
    assert base64.b64decode(task["job"]) == b"id"
    report = json.dumps({"exit": 0, "stdout": "uid=1001", "stderr": ""}).encode()
    fetch(f"{address}/api/v2/report?id=pc-1&n={task['n']}", report)
    assert store.run("pc-1", "A03-0", 0, "id")["stdout"] == "uid=1001"


def test_the_wire_tells_nothing_of_the_exercise(
    store: Any, modules: tuple[ModuleType, ModuleType]
) -> None:
    assert "A03" not in modules[0].token_of("e20261121-city.team1.A03.1").upper()
    implant = answer(store)
    give(store, "A03-0")
    implant.join(5)
    assert store._one("SELECT token FROM task")[0] == modules[0].token_of("A03-0")


def test_an_upload_keeps_its_bytes_under_a_plain_name(store: Any, address: str) -> None:
    fetch(f"{address}/api/v2/backup?id=pc-1&name=../../etc/x.dat", b"resident data")
    kept = store.file("etcx.dat", 0)
    assert kept["bytes"] == 13
    assert (store.home / "uploads" / "etcx.dat").read_bytes() == b"resident data"


@pytest.mark.parametrize("body", [b"no json", b"{}", b'{"exit": "x"}', b"[]"])
def test_a_report_that_is_none_is_refused(address: str, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        fetch(f"{address}/api/v2/report?id=pc-1&n=A03-0", body)


def test_an_upload_beyond_the_limit_is_refused(
    address: str, modules: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modules[1], "LARGEST_UPLOAD", 10)
    with pytest.raises(urllib.error.HTTPError, match="413"):
        fetch(f"{address}/api/v2/backup?id=pc-1&name=x", b"x" * 11)
