"""Playing one role in one guest: the door to ansible-runner."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_runner.config.runner import RunnerConfig
from ansible_runner.runner import Runner

_PLUGINS = Path(__file__).resolve().parent / "connection"
_LIMIT = 3600  # seconds for a whole role
_END_WITHIN = 10  # seconds from SIGKILL
_TEXT_LIMIT = 4000  # characters of a failure's message
# Whoever reads a fact writes one of these words; gathering takes longer than most tasks.
_FACTS = re.compile(rb"ansible_(?!managed|become|connection|host\b|port\b|user\b)|gather_facts")
_KEPT_ENVIRONMENT = ("PATH", "TMPDIR")
_TEXTS = ("msg", "response", "stderr", "module_stderr", "exception", "stdout", "module_stdout")
_MUTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|\x1b\[[0-9;]*m")

_CONFIG = """\
[defaults]
roles_path = {folder}/project/roles
connection_plugins = {plugins}
local_tmp = {folder}/tmp
remote_tmp = /tmp/.ansible
interpreter_python = /usr/bin/python3
gathering = explicit
fact_caching = memory
retry_files_enabled = False
deprecation_warnings = False
system_warnings = False
host_key_checking = False
forks = 1
nocows = True
[connection]
pipelining = True
"""


@dataclass(frozen=True)
class Way:
    """How Ansible enters the guest."""

    host: str  # what the play calls the guest
    entry: tuple[str, ...]  # command line on the host
    init: int
    namespace: int  # inode of the user namespace


@dataclass
class Outcome:
    """How a play went. `task` and `message` are those of the last failure: it ended the play."""

    ok: bool = False
    host: str = ""
    task: str = ""
    message: str = ""
    tasks: int = 0
    log: Path = field(default_factory=Path)


def wants_facts(role: Path) -> bool:
    """True when anything in the role mentions a fact."""
    return any(
        _FACTS.search(path.read_bytes())
        for path in role.rglob("*")
        if path.is_file() and path.stat().st_size < 1 << 20
    )


def write_play(
    folder: Path, role: Path, name: str, variables: str, way: Way, environment: Mapping[str, str]
) -> None:
    """Lay out what ansible-runner needs in `folder`; `variables` is JSON. The role is copied."""
    copied = folder / "project" / "roles" / name
    if not copied.exists():
        shutil.copytree(role, copied)
    (folder / "tmp").mkdir(exist_ok=True)
    (folder / "inventory").mkdir(exist_ok=True)
    host = {
        "ansible_connection": "cyder_guest",
        "cyder_guest_entry": json.dumps(way.entry),
        "cyder_guest_init": way.init,
        "cyder_guest_namespace": way.namespace,
    }
    inventory = {"all": {"hosts": {way.host: host}}}
    (folder / "inventory" / "hosts.json").write_text(json.dumps(inventory))
    play = {
        "name": f"Bake {name}",
        "hosts": "all",
        "gather_facts": wants_facts(copied),
        "environment": dict(environment),
        "roles": [{"role": name, "vars": json.loads(variables)}],
    }
    (folder / "project" / "play.json").write_text(json.dumps([play], ensure_ascii=False))
    (folder / "ansible.cfg").write_text(_CONFIG.format(folder=folder, plugins=_PLUGINS))


def run_play(folder: Path, on_task: Callable[[str], None], stopped: Callable[[], bool]) -> Outcome:
    """Run what `write_play` laid out; `on_task` gets each task's name, `stopped` may end it."""
    outcome = Outcome(log=folder / "artifacts" / "bake" / "stdout")
    end_plays(folder)
    shutil.rmtree(folder / "artifacts", ignore_errors=True)
    config = RunnerConfig(
        private_data_dir=str(folder), playbook="play.json", ident="bake", quiet=True,
        inventory=str(folder / "inventory" / "hosts.json"), timeout=_LIMIT,
        envvars={"ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "ANSIBLE_HOME": str(folder)},
    )  # fmt: skip
    config.prepare()
    config.env = _environment(config.env, folder)

    def on_event(event: Mapping[str, Any]) -> bool:
        _learn(outcome, event, on_task)
        return True

    try:
        status, _ = Runner(config, event_handler=on_event, cancel_callback=stopped).run()
    finally:
        end_plays(folder)
    outcome.ok = status == "successful"
    if not outcome.ok and not outcome.message:
        outcome.message = _tail(outcome.log) if status == "failed" else f"the play {status}"
    return outcome


def end_plays(folder: Path) -> int:
    """Kill what is left of plays laid out in `folder`; returns how many processes that were.

    Ansible's workers have sessions of their own: ansible-runner, which kills by group, misses them
    when a play is stopped, and nobody ends any of it when the process that bakes is killed.
    """
    mark, left = os.fsencode(folder / "inventory" / "hosts.json"), 0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if mark in words and any(word.endswith(b"/ansible-playbook") for word in words[:2]):
                _end(int(entry.name))
                left += 1
    return left


def _end(pid: int) -> None:
    """Kill a process and wait until it is gone."""
    process = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
        select.select([process], [], [], _END_WITHIN)
    finally:
        os.close(process)


def _environment(prepared: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Keep what ansible-runner sets, but nothing of the caller's own settings of Ansible."""
    kept = {
        name: value
        for name, value in prepared.items()
        if name in _KEPT_ENVIRONMENT or os.environ.get(name) != value
    }
    # The programs beside this Python are the locked ones.
    path = f"{Path(sys.prefix) / 'bin'}:{kept.get('PATH', os.defpath)}"
    return {**kept, "PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def _learn(outcome: Outcome, event: Mapping[str, Any], on_task: Callable[[str], None]) -> None:
    kind, data = event.get("event"), event.get("event_data") or {}
    if kind in ("playbook_on_task_start", "playbook_on_handler_task_start"):
        outcome.tasks += 1
        on_task(_clean(str(data.get("name") or data.get("task") or ""), 200))
    elif kind in ("runner_on_failed", "runner_on_unreachable") and not data.get("ignore_errors"):
        outcome.host = str(data.get("host") or "")
        outcome.task = _clean(str(data.get("task") or ""), 200)
        outcome.message = _why(data.get("res") or {})


def _why(result: Mapping[str, Any]) -> str:
    failed = [item for item in result.get("results") or () if item.get("failed")]
    source = failed[0] if failed else result
    texts: list[str] = []
    for key in _TEXTS:
        text = str(source.get(key) or "").strip()
        if text and not text.startswith("(traceback") and not any(text in t for t in texts):
            texts.append(text)
        if len(texts) == 2:
            break
    return _clean("; ".join(texts) or "it says nothing", _TEXT_LIMIT)


def _tail(log: Path) -> str:
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return "Ansible did not start"
    lines = [line for line in _clean(text, 1 << 20).splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line]
    return _clean(" ".join(errors[:3] or lines[-3:]), _TEXT_LIMIT) or "Ansible said nothing"


def _clean(text: str, limit: int) -> str:
    return _MUTED.sub("", text)[:limit]
