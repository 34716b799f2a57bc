"""The story of Aozora has what an exercise for a municipality needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from range.load.folder import load_folder
from range.load.responder import load_responder
from range.load.scenario import Loaded
from range.scenario.model import Phase
from range.settings import settings

CHAIN = [
    "T1566.001",
    "T1071.001",
    "T1083",
    "T1552.001",
    "T1021.002",
    "T1560.001",
    "T1041",
    "T1491.002",
]
NINE_ITEMS = 9


@pytest.fixture(scope="module")
def aozora() -> Loaded:
    return load_folder("municipality", settings())


def test_it_is_as_large_as_promised(aozora: Loaded) -> None:
    scenario = aozora.bundle.scenario
    assert len(scenario.nodes) >= 14
    assert len(scenario.injects) >= 25
    assert len(scenario.checks) >= 20
    assert len(scenario.forms) >= 3


def test_every_phase_has_evidence_of_its_own(aozora: Loaded) -> None:
    scenario = aozora.bundle.scenario
    earned = dict.fromkeys(Phase, 0)
    for check in scenario.checks.values():
        if check.penalty is None and check.weight:
            earned[scenario.objectives[check.objective].phase] += 1
    assert all(count >= 5 for count in earned.values()), earned


def test_the_attack_goes_the_whole_chain(aozora: Loaded) -> None:
    bundle = aozora.bundle
    found = [
        inject.attack.technique or bundle.procedures[inject.attack.procedure].technique
        for inject in bundle.scenario.injects.values()
        if inject.attack and not inject.contingency
    ]
    assert [technique for technique in dict.fromkeys(found) if technique in CHAIN] == CHAIN


def test_whatever_the_implant_does_can_be_prevented_and_shown(aozora: Loaded) -> None:
    for name, inject in aozora.bundle.scenario.injects.items():
        if inject.use is not None:
            assert inject.use.prevented_by, name


def test_the_preliminary_report_has_nine_items(aozora: Loaded) -> None:
    assert len(aozora.bundle.scenario.forms["ppc-report"].fields) == NINE_ITEMS


def test_containment_is_approved_before_it_is_done_and_scope_before_the_report(
    aozora: Loaded,
) -> None:
    checks = aozora.bundle.scenario.checks
    decided, assessed = checks["decided-before-acting"].order, checks["scope-before-report"].order
    assert decided
    assert (decided.first.form, decided.then.check) == ("containment", "contained")
    assert assessed
    assert (assessed.first.form, assessed.then.form) == ("scope", "ppc-report")


def test_every_objective_has_help_and_each_tier_costs_more(aozora: Loaded) -> None:
    scenario = aozora.bundle.scenario
    costs: dict[str, list[float]] = {objective: [] for objective in scenario.objectives}
    for hint in sorted(scenario.hints.values(), key=lambda hint: hint.tier):
        costs[hint.objective].append(hint.cost)
    assert all(costs.values())
    assert all(found == sorted(set(found)) and found[0] > 0 for found in costs.values())
    assert any(len(found) > 1 for found in costs.values())


def test_what_is_free_to_a_team_that_does_nothing_earns_nothing(aozora: Loaded) -> None:
    checks = aozora.bundle.scenario.checks
    for name, check in checks.items():
        if check.valued == "availability" or check.probe is None or check.weight == 0:
            continue
        acts = check.starts or check.requires
        assert check.penalty is not None or acts, name


def test_the_solution_finds_in_the_guests_whatever_differs_from_lab_to_lab(aozora: Loaded) -> None:
    path: Path = aozora.folder / "solution.yaml"
    solution = load_responder(path, aozora.bundle)
    captured = {name for step in solution.steps.values() if step.ssh for name in step.ssh.capture}
    assert {"client", "destination", "since", "sender", "attachment", "agent", "file", "persons",
            "bytes"} <= captured  # fmt: skip
    written = path.read_text()
    for answer in ("info@mynumber-guide", "SyncUpdate/1.9", "宛名抽出.csv", "mynumber_tsuchi"):
        assert answer not in written
