"""expected.yaml names responders and checks that there are."""

from __future__ import annotations

from pathlib import Path

from mistakes import lines


def test_what_expected_yaml_names_must_be_there(small: Path) -> None:
    (small / "expected.yaml").write_text(
        "solution: {score: {at_least: 95, at_most: 90}}\nidel: {fails: [noticed, shutout]}\n"
    )
    assert lines(small) == ["expected.yaml:1:34: at_most must not be below at_least"]
    (small / "expected.yaml").write_text("idel: {score: {atleast: 1}}\n")
    assert lines(small) == ["expected.yaml:1:16: unknown key 'atleast'; did you mean 'at_least'?"]
    (small / "expected.yaml").write_text("idel: {fails: [noticed, shutout]}\n")
    assert lines(small) == [
        "expected.yaml:1:1: no responder 'idel'; did you mean 'idle'?",
        "expected.yaml:1:1: nothing is expected of solution.yaml; add 'solution'",
        "expected.yaml:1:25: no check 'shutout'; did you mean 'shut-out'?",
    ]


def test_a_scenario_needs_no_expected_yaml(small: Path) -> None:
    (small / "expected.yaml").unlink()
    assert lines(small) == []
