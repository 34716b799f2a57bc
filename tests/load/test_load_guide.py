"""docs/scenario-language.md: its tables are current, its files load, its commands run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from range.load.reference import GUIDE, filled
from range.load.schema import schemas

TEXT = GUIDE.read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the files that the guide tells authors to write."""
    for kind, block in BLOCKS:
        named = re.match(r"# file: (\S+)\n", block)
        if kind == "yaml" and named:
            path = tmp_path / named[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(block)
    return tmp_path


def run(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    tools = Path(sys.executable).parent
    return subprocess.run(
        ["sh", "-c", command],
        cwd=place,
        env={
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "CYDER_HOME": str(place / "home"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_guide_does_what_the_guide_says(command: str, place: Path) -> None:
    expected = int(found[1]) if (found := re.search(r"# exit code (\d)", command)) else 0
    result = run(command, place)
    assert result.returncode == expected, result.stderr


def test_the_mistakes_of_the_guide_are_told_as_it_shows(place: Path) -> None:
    (shown,) = (block for kind, block in BLOCKS if kind == "text")
    result = run("cyder validate ./wrong", place)
    assert result.stderr == shown


def test_the_tables_of_the_guide_are_current() -> None:
    assert filled(TEXT) == TEXT, "run: python -m range.load.reference"


def test_every_part_of_the_language_has_a_table() -> None:
    tables = set(re.findall(r"<!-- table: (\S+) -->", TEXT))
    parts = {
        name
        for file in ("scenario.json", "procedure.json", "responder.json", "expected.json")
        for name, part in schemas()[file]["$defs"].items()
        if "properties" in part
    }
    explained = {"SecretRef", "FactRef", "Captured"}  # as values
    assert parts - tables == explained


def test_every_link_within_the_guide_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    links = set(re.findall(r"\]\(#([\w-]+)\)", TEXT))
    assert links - headings == set()
