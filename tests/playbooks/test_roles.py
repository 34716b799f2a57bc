"""Roles: what they declare, what they use, and what scenarios give them belong together."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from organisations import organisations, role_folders, shell_variables

from range.plan.secrets import variable
from range.scenario.topology import RoleUse

ROLES = role_folders()
KINDS = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict, "float": float}
USES = [
    (city.name, name, node, use)
    for city in organisations()
    for name, node in city.nodes.items()
    for use in node.roles
]


def options_of(role: Path) -> dict[str, Any]:
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())
    return specs["argument_specs"]["main"].get("options") or {}


def tasks_of(role: Path) -> list[dict[str, Any]]:
    return yaml.safe_load((role / "tasks" / "main.yml").read_text())


def variables_used(role: Path) -> set[str]:
    text = (role / "tasks" / "main.yml").read_text()
    text += "".join(file.read_text() for file in role.glob("templates/**/*") if file.is_file())
    inside = re.findall(r"\{\{\s*([a-z_]\w*)", text)
    conditions = re.findall(r"^\s*when:\s*([a-z_]\w*)", text, re.MULTILINE)
    return {*inside, *conditions}


@pytest.fixture(params=ROLES, ids=lambda role: role.name)
def role(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_says_what_it_is(role: Path) -> None:
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())
    assert specs["argument_specs"]["main"]["short_description"]


def test_declares_exactly_the_variables_that_it_uses(role: Path) -> None:
    assert variables_used(role) == set(options_of(role))


def test_defaults_are_those_that_it_declares(role: Path) -> None:
    file = role / "defaults" / "main.yml"
    defaults = yaml.safe_load(file.read_text()) if file.exists() else {}
    declared = {k: o["default"] for k, o in options_of(role).items() if "default" in o}
    assert defaults == declared


def test_every_task_has_a_name_and_a_module_by_its_full_name(role: Path) -> None:
    known = {"name", "when", "args", "changed_when", "register", "loop", "notify"}
    for task in tasks_of(role):
        modules = set(task) - known
        assert task.get("name")
        assert len(modules) == 1
        assert modules.pop().startswith("ansible.builtin.")


def test_scripts_are_sound(role: Path) -> None:
    for file in role.rglob("*"):
        if not file.is_file():
            continue
        text = file.read_text()
        first = text.partition("\n")[0]
        if first.startswith("#!") and first.endswith("sh"):
            subprocess.run(["sh", "-n", str(file)], check=True, capture_output=True)
        elif file.suffix == ".py" or (first.startswith("#!") and "python" in first):
            compile(text, str(file), "exec")


def test_programs_are_executable(role: Path) -> None:
    for file in role.rglob("*"):
        if file.is_file() and file.read_bytes().startswith(b"#!") and file.suffix != ".conf":
            lure = file.name == "dropper.sh"  # a payload: never run where it lies
            assert lure or file.stat().st_mode & 0o111, f"{file} is not executable"


@pytest.mark.parametrize(
    ("city", "node", "use"),
    [(city, name, use) for city, name, _, use in USES],
    ids=lambda value: value.role if isinstance(value, RoleUse) else str(value),
)
def test_scenarios_give_roles_only_what_they_declare(city: str, node: str, use: RoleUse) -> None:
    folder = next((role for role in ROLES if role.name == use.role), None)
    if folder is None:
        pytest.skip("a role of the scenario's own")
    options = options_of(folder)
    assert set(use.vars) <= set(options), f"{city} {node}: {use.role} knows {sorted(options)}"
    needed = {name for name, option in options.items() if option.get("required")}
    assert needed <= set(use.vars), f"{city} {node}: {use.role} needs {sorted(needed)}"
    for name, value in use.vars.items():
        assert isinstance(value, KINDS[options[name]["type"]]), f"{city} {node}: {name}"


def test_clone_steps_read_exactly_the_secrets_that_their_node_is_given() -> None:
    steps = {r.name: r / "clone.sh" for r in ROLES if (r / "clone.sh").exists()}
    for city in organisations():
        for name, node in city.nodes.items():
            scripts = [steps[use.role].read_text() for use in node.roles if use.role in steps]
            read = {v for script in scripts for v in shell_variables(script)}
            secrets = {v for v in read if v.startswith("SECRET_")}
            given = {f"SECRET_{variable(secret)}" for secret in node.secrets}
            assert set(node.secrets) <= city.secrets
            assert secrets == given, f"{city.name}: {name}"


def test_roles_that_no_scenario_uses_do_not_exist() -> None:
    assert {role.name for role in ROLES} <= {use.role for *_, use in USES}
