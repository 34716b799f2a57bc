"""Golden mistakes: what is said, and where, is part of the language."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from mistakes import Mistakes

HERE = Path(__file__).parent
GOLDEN = yaml.safe_load((HERE / "mistakes.yaml").read_text())
BROKEN = HERE / "broken"


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["change"][1].strip()[:40])
def test_a_mistake_is_told_in_exactly_these_lines(case: dict, mistakes: Mistakes) -> None:
    change = case["change"]
    said = mistakes(*zip(change[::2], change[1::2], strict=True), file=case["file"])
    assert said == case["says"]


def _cyder(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from range.cli.main import main; main()", *arguments],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ten_mistakes_get_ten_exact_lines_and_exit_code_2() -> None:
    result = _cyder("validate", str(BROKEN.relative_to(HERE.parents[1])))
    expected = (BROKEN / "expected.txt").read_text()
    assert (result.returncode, result.stdout, result.stderr) == (2, "", expected)
    assert len(expected.splitlines()) == 10 + 1  # and how many there are


def test_mistakes_as_json_have_file_line_column_and_message() -> None:
    result = _cyder("validate", "--json", str(BROKEN))
    errors = json.loads(result.stdout)["errors"]
    assert result.returncode == 2
    assert len(errors) == 10
    assert {frozenset(error) for error in errors} == {
        frozenset(("file", "line", "column", "message"))
    }
    assert errors[0]["file"].endswith("checks.yaml")
    assert (errors[0]["line"], errors[0]["column"]) == (4, 50)


def test_a_scenario_without_mistakes_exits_with_0_and_no_errors() -> None:
    result = _cyder("validate", "--json", "tests/scenarios/small")
    assert (result.returncode, json.loads(result.stdout)) == (0, {"errors": []})


def test_an_unknown_scenario_suggests_a_shipped_one() -> None:
    result = _cyder("validate", "municipalty")
    assert result.returncode == 2
    assert "no such scenario or folder; did you mean 'municipality'?" in result.stderr
