"""A debrief on the screen: what our templates write comes out again as it was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payloads import PAYLOADS
from rich.console import Console

from range.report.markdown import cell, code, escaped
from range.text import line
from tui.console.exercise.reading import Section, drawn, inline, sections


def looks(section: Section, width: int = 100) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    console.print(drawn(section))
    return console.export_text()


@given(st.text(max_size=80))
def test_data_shows_as_it_was_written_whatever_is_in_it(text: str) -> None:
    assert inline(escaped(text)).plain == line(text, 4000)


@pytest.mark.parametrize("text", [payload.text for payload in PAYLOADS])
def test_hostile_text_in_a_table_stays_in_its_cell(text: str) -> None:
    row = f"| {escaped(text)} | {cell([text, 'x'])} | {code(text)} | end |"
    shown = looks(Section("s", ("| a | b | c | d |", "|---|---|---|---|", row)), width=2000)
    assert any(shown_line.rstrip().endswith("end") for shown_line in shown.splitlines())
    assert "\x1b" not in shown


def test_bold_code_and_breaks_are_styles_and_not_text() -> None:
    assert inline("**12.5** of `a|b`<br>c").plain == "12.5 of a|b\nc"


def test_a_debrief_is_read_in_sections_named_by_what_they_belong_to() -> None:
    parts = ["# Title", "hello", "## Team one", "### Timeline", "| a |\n|---|\n| b |", "### Points"]
    text = "\n\n".join([*parts, "- c"])
    assert [each.title for each in sections(text)] == [
        "Title", "Team one / Timeline", "Team one / Points",
    ]  # fmt: skip


def test_a_table_keeps_short_columns_whole_on_a_narrow_screen() -> None:
    rows = ("| time | what |", "|---|---|", f"| T+00:10 | {'長い説明' * 30} |")
    assert "T+00:10" in looks(Section("s", rows), width=60)
