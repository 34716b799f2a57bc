"""Roles are played here against this machine, entered by `env`: they only look and fail."""

import json
import os
from pathlib import Path

import pytest

from range.images.play import Way, end_plays, run_play, wants_facts, write_play


@pytest.fixture
def way():
    return Way("web", ("env",), os.getpid(), Path("/proc/self/ns/user").stat().st_ino)


def _role(tmp_path, tasks):
    role = tmp_path / "source" / "web"
    (role / "tasks").mkdir(parents=True)
    (role / "tasks" / "main.yml").write_text(json.dumps(tasks))
    return role


def _play(tmp_path, way, tasks, variables=None, stopped=lambda: False):
    folder = tmp_path / "ansible"
    (folder / "project").mkdir(parents=True)
    write_play(folder, _role(tmp_path, tasks), "web", json.dumps(variables or {}), way, {})
    seen = []
    return run_play(folder, seen.append, stopped), seen


def test_a_role_is_played_with_its_variables_and_its_tasks_are_told(tmp_path, way):
    tasks = [
        {"name": "Look", "ansible.builtin.command": "echo {{ greeting }}", "register": "said"},
        {"name": "See", "ansible.builtin.assert": {"that": "said.stdout == 'こんにちは'"}},
    ]
    outcome, seen = _play(tmp_path, way, tasks, {"greeting": "こんにちは"})
    assert outcome.ok, outcome.message
    assert seen == ["web : Look", "web : See"]


def test_a_failure_names_its_task_host_and_message(tmp_path, way):
    tasks = [
        {"name": "Fine", "ansible.builtin.command": "true"},
        {"name": "Break", "ansible.builtin.command": "sh -c 'echo disk is gone >&2; exit 3'"},
        {"name": "Never", "ansible.builtin.command": "true"},
    ]
    outcome, seen = _play(tmp_path, way, tasks)
    assert not outcome.ok
    assert (outcome.task, outcome.host) == ("Break", "web")
    assert "disk is gone" in outcome.message
    assert outcome.log.exists()
    assert "web : Never" not in seen


def test_a_failure_that_the_role_ignores_is_none(tmp_path, way):
    tasks = [{"name": "Try", "ansible.builtin.command": "false", "ignore_errors": True}]
    outcome, _ = _play(tmp_path, way, tasks)
    assert outcome.ok
    assert outcome.message == ""


def test_a_failure_that_the_role_rescues_is_none(tmp_path, way):
    rescue = {"ansible.builtin.debug": {"msg": "fine"}}
    tasks = [{"block": [{"ansible.builtin.command": "false"}], "rescue": [rescue]}]
    outcome, _ = _play(tmp_path, way, tasks)
    assert outcome.ok


def test_a_failure_after_a_rescued_one_is_the_one_that_is_told(tmp_path, way):
    rescue = {"ansible.builtin.debug": {"msg": "fine"}}
    tasks = [
        {"block": [{"name": "Try", "ansible.builtin.command": "false"}], "rescue": [rescue]},
        {"name": "Break", "ansible.builtin.command": "false"},
    ]
    outcome, _ = _play(tmp_path, way, tasks)
    assert outcome.task == "Break"


def test_a_role_that_cannot_be_parsed_says_why(tmp_path, way):
    outcome, _ = _play(tmp_path, way, [{"name": "Odd", "no.such.module": {}}])
    assert not outcome.ok
    assert "no.such.module" in outcome.message


def test_a_play_is_ended_when_told_so(tmp_path, way):
    begun = tmp_path / "begun"
    tasks = [{"name": "Wait", "ansible.builtin.shell": f"touch {begun}; sleep 45"}]
    outcome, _ = _play(tmp_path, way, tasks, stopped=begun.exists)
    assert not outcome.ok
    assert end_plays(tmp_path / "ansible") == 0, "a worker of the play lives on"


def test_a_guest_that_ended_is_not_mistaken_for_whoever_has_its_pid_now(tmp_path):
    other = Way("web", ("env",), os.getpid(), 1)
    outcome, _ = _play(tmp_path, other, [{"name": "Look", "ansible.builtin.command": "true"}])
    assert not outcome.ok
    assert "the bake guest has ended" in outcome.message


def test_settings_of_the_user_do_not_reach_the_play(tmp_path, way, monkeypatch):
    (tmp_path / "evil.cfg").write_text("[defaults]\nroles_path=/nowhere\n")
    monkeypatch.setenv("ANSIBLE_CONFIG", str(tmp_path / "evil.cfg"))
    monkeypatch.setenv("ANSIBLE_ROLES_PATH", "/nowhere")
    monkeypatch.setenv("ANSIBLE_CHECK_MODE_MARKERS", "1")
    outcome, _ = _play(tmp_path, way, [{"name": "Look", "ansible.builtin.command": "true"}])
    assert outcome.ok, outcome.message


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{ ansible_facts['hostname'] }}", True),
        ("{{ ansible_default_ipv4.address }}", True),
        ("# {{ ansible_managed }}", False),
        ("port: {{ port }}", False),
    ],
)
def test_facts_are_gathered_where_something_reads_them(tmp_path, text, wanted):
    role = _role(tmp_path, [])
    (role / "templates").mkdir()
    (role / "templates" / "a.j2").write_text(text)
    assert wants_facts(role) is wanted
