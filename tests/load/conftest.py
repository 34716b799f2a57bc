"""Copies of the small scenario that tests may break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from mistakes import SMALL, Mistakes, lines


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small scenario; the current folder is the one above it."""
    shutil.copytree(SMALL, tmp_path / "small")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "small"


@pytest.fixture
def mistakes(small: Path) -> Mistakes:
    """Replace text in a file of the small scenario and return what is said about it."""

    def change(*replacements: tuple[str, str], file: str = "scenario.yaml") -> list[str]:
        path = small / file
        text = path.read_text()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text)
        return lines(small)

    return change
