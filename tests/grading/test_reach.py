"""What a look can change: a check, and whatever is made of it or measured from it."""

import pytest
from stories import bundle, probed, text

from range.grading.reach import dependents

SOURCE = {"title": text(), "objective": "act"}
CLAIM = {"form": "report", "field": "fixed", "equals": "yes"}


def touched(**check) -> frozenset[str]:
    """What a look at `gone` changes, where `other` is this check and `above` is made of that."""
    checks = {"gone": probed(), "still": probed(), "other": check}
    above = {**SOURCE, "combine": {"not": "other"}}
    return dependents(bundle({**checks, "above": above}).scenario)["gone"]


@pytest.mark.parametrize(
    "check",
    [
        probed(starts={"check": "gone"}),
        probed(ends={"check": "gone"}),
        probed(requires={"check": "gone"}),
        probed(applies={"check": "gone"}),
        probed(goal={"since": {"check": "gone"}, "within": "1m", "limit": "2m"}),
        {**SOURCE, "order": {"first": {"check": "gone"}, "then": {"form": "report"}}},
        {**SOURCE, "order": {"first": {"form": "report"}, "then": {"check": "gone"}}},
        {**SOURCE, "claim": {**CLAIM, "true_when": ["still", "gone"]}},
        {**SOURCE, "combine": {"all": ["gone", "still"]}},
        {**SOURCE, "combine": {"any": ["still", "gone"]}},
        {**SOURCE, "combine": {"of": ["gone", "still"], "at_least": 1}},
        {**SOURCE, "combine": {"not": "gone"}},
    ],
)
def test_a_look_changes_what_is_made_of_it_or_measured_from_it(check):
    assert touched(**check) == {"gone", "other", "above"}


def test_a_look_changes_nothing_else():
    assert touched(**probed(starts={"inject": "A1"})) == {"gone"}


def test_checks_that_wait_for_each_other_are_told_once():
    checks = {"a": probed(starts={"check": "b"}), "b": probed(starts={"check": "a"})}
    assert dependents(bundle(checks).scenario)["a"] == {"a", "b"}
