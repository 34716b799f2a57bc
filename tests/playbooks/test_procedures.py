"""Procedures: each loads, uses what it declares, and says what it leaves behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from organisations import organisations, procedure_files, shell_assignments, shell_variables

from range.plan.secrets import variable
from range.scenario.inject import Procedure

FILES = procedure_files()
FROM_THE_ENGINE = {"INJECT", "EXERCISE", "NONCE", "SESSION"}
OF_THE_SHELL = {"HOME", "PATH", "PWD"}


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def procedure(file: Path) -> Procedure:
    return Procedure.model_validate(yaml.safe_load(file.read_text()))


def scripts_of(procedure: Procedure) -> list[str]:
    steps = [step.run or step.c2 or "" for step in procedure.steps]
    return [*steps, procedure.cleanup or ""]


def test_is_called_like_its_file(file: Path, procedure: Procedure) -> None:
    assert procedure.procedure == file.stem


def test_uses_exactly_the_variables_that_it_declares(procedure: Procedure) -> None:
    declared = {variable(name) for name in procedure.vars}
    used = {v for script in scripts_of(procedure) for v in shell_variables(script)}
    own = {v for script in scripts_of(procedure) for v in shell_assignments(script)} - declared
    exported = {
        name for script in scripts_of(procedure) for line in script.splitlines()
        if line.strip().startswith("export ") for name in line.split()[1:] if "=" not in name
    }  # fmt: skip
    assert (used | (exported & declared)) - FROM_THE_ENGINE - OF_THE_SHELL - own == declared
    assert not declared & (FROM_THE_ENGINE | OF_THE_SHELL)


def test_scripts_are_sound(procedure: Procedure) -> None:
    for script in scripts_of(procedure):
        subprocess.run(["sh", "-n"], input=script.encode(), check=True, capture_output=True)


def test_attacks_name_a_technique_and_what_they_leave_behind(procedure: Procedure) -> None:
    if procedure.side == "red":
        assert procedure.technique
        assert procedure.traces


def test_users_never_act_through_an_implant(procedure: Procedure) -> None:
    if procedure.side == "green":
        assert all(step.c2 is None for step in procedure.steps)


def test_traces_are_on_nodes_of_a_shipped_scenario(procedure: Procedure) -> None:
    nodes = {
        f"{name}-{n}" if node.count > 1 else name
        for city in organisations()
        for name, node in city.nodes.items()
        for n in range(1, node.count + 1)
    }
    for trace in procedure.traces:
        node, _, path = trace.where.partition(":")
        assert node in nodes
        assert path.startswith("/")
        assert trace.matches


def test_facts_of_different_names_come_from_different_words(procedure: Procedure) -> None:
    patterns = [pattern for step in procedure.steps for pattern in step.facts.values()]
    assert len(set(patterns)) == len(patterns)
