"""The parts of the desk that draw and reckon without a screen."""

from __future__ import annotations

from typing import Any

import pytest
from desk_sample import view
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from range.scenario.model import Language
from tui.desk.answers import ready, refused_field, wrong
from tui.desk.dialogs import member_name
from tui.desk.drawing import draw
from tui.desk.line import Kept
from tui.desk.model import DeskModel, by_objective
from tui.desk.news import News
from tui.desk.sheet import paragraphs
from tui.desk.wrap import wrap

LABEL = {"ja": "欄", "en": "Field"}


def form(**kinds: str) -> dict[str, Any]:
    fields = {
        name: {"label": LABEL, "kind": kind, "required": True} for name, kind in kinds.items()
    }
    return {"form": "f", "title": LABEL, "to": "x", "fields": fields}


# Lines


def test_japanese_breaks_anywhere_but_before_a_full_stop_and_after_an_opening_bracket() -> None:
    assert wrap("これは文です。次の文。", 14) == ["これは文です。", "次の文。"]
    assert wrap("これは文です。次の文。", 12) == ["これは文で", "す。次の文。"]
    assert wrap("これは「引用」です", 8) == ["これは", "「引用」", "です"]


def test_words_addresses_and_numbers_stay_whole() -> None:
    assert wrap("様式は /srv/evidence にあります", 20) == ["様式は /srv/evidence", "にあります"]
    assert wrap("see 198.51.100.10 now", 12) == ["see", "198.51.100.1", "0 now"]


def test_the_lines_of_a_list_begin_below_each_other() -> None:
    assert wrap("- one two three", 9) == ["- one two", "  three"]


@given(st.text(max_size=200), st.integers(2, 60))
def test_no_line_is_too_wide_and_no_word_is_lost(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert all(cell_len(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.replace("\t", " ").split())


def test_text_to_read_is_harmless_whatever_came_by_the_line() -> None:
    drawn = paragraphs([("a\x1b[31m\u202eb\x07\n[bold]c", "")], 20)
    assert drawn == [("a[31mb", ""), ("[bold]c", "")]


# The map


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [40, 76, 156])
def test_the_map_fits_and_has_every_node_in_every_network_it_is_on(
    language: Language, width: int
) -> None:
    network = view()["network"]
    lines = [line for line, _ in draw(network, width, language)]
    assert all(cell_len(line) <= width for line in lines)
    text = "\n".join(lines)
    for name, node in network["nodes"].items():
        assert name in text
        for address in node["addresses"]:
            assert address in text or address == "203.0.113.2", "the outside is not the team's"
    assert text.count("fw*") == 4
    assert "(printer)" in text


def test_a_map_of_nothing_is_empty() -> None:
    assert draw({}, 76, "ja") == []


# Answers


@pytest.mark.parametrize(
    ("kind", "typed", "sent"),
    [
        ("number", "１，９０５", "1905"),
        ("number", " 12 ", "12"),
        ("time", "２０２６年４月１日 ９時５分", "2026-04-01 09:05"),
        ("time", "2026/4/1 9:05:07", "2026-04-01 09:05:07"),
        ("time", "2026-04-01T09:05", "2026-04-01 09:05"),
        ("time", "2026-04-01 09:30:05+09:00", "2026-04-01 09:30:05+09:00"),
        ("time", "きのう", "きのう"),
        ("list", " a \n\n b\n", ["a", "b"]),
        ("line", "  x ", "x"),
        ("text", "a\n b\n\n", "a\n b"),
        ("choice", "x", "x"),
        ("choices", ["x"], ["x"]),
    ],
)
def test_what_people_type_becomes_what_the_engine_reads(kind: str, typed: Any, sent: Any) -> None:
    assert ready(form(a=kind), {"a": typed}) == {"a": sent}


@pytest.mark.parametrize("kind", ["line", "text", "list", "number", "time", "choice", "choices"])
def test_what_is_empty_is_left_out_and_missed_where_it_is_required(kind: str) -> None:
    asked = form(a=kind)
    assert ready(asked, {"a": [] if kind == "choices" else " "}) in ({}, {"a": " "})
    assert wrong(asked, {}) == {"a": "field-missing"}
    asked["fields"]["a"]["required"] = False
    assert wrong(asked, {}) == {}


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [("number", "many", "field-number"), ("time", "9:30", "field-time"),
     ("text", "x" * 20_001, "field-long"), ("list", ["x"] * 101, "field-items")],
)  # fmt: skip
def test_what_cannot_be_right_is_found_before_it_is_sent(kind: str, value: Any, key: str) -> None:
    assert wrong(form(a=kind), {"a": value}) == {"a": key}


def test_a_refusal_is_taken_to_the_field_it_names_and_to_no_other() -> None:
    asked = form(a="line", b="line")
    assert refused_field(asked, {"en": "Field (b): give a number."}) == "b"
    assert refused_field(asked, {"en": "Field (b) is missing."}) == "b"
    assert refused_field(asked, {"en": "The exercise is paused."}) == ""


@pytest.mark.parametrize(
    ("typed", "name"),
    [(" 山田  太郎 ", "山田 太郎"), ("a+b", "a b"), ("\x1b[31mx\u202e", "[31mx"), ("+", ""),
     ("x" * 99, "x" * 29 + "…")],
)  # fmt: skip
def test_a_name_is_one_line_without_the_sign_that_parts_it_off(typed: str, name: str) -> None:
    assert member_name(typed) == name


# The clock, what is kept, what is news


def test_the_clock_runs_at_the_exercises_rate_stands_in_a_pause_and_stops_at_the_end() -> None:
    now = 100.0
    model = DeskModel("team1", watch=lambda: now)
    told = {"state": "running", "seconds": 60.0, "end": 100.0, "rate": 2.0}
    model.take_briefing(told)
    now = 110.0
    assert model.seconds == 80
    now = 200.0
    assert model.seconds == 100
    model.take_briefing({**told, "state": "paused"})
    now = 300.0
    assert model.seconds == 60


def test_what_is_kept_survives_a_visit_and_bad_shapes_do_not() -> None:
    kept = Kept("山田", "ja", "inbox", frozenset({"M01"}))
    assert Kept.from_json(kept.as_json()) == kept
    assert Kept.from_json({"member": None, "read": "M01", "page": 3}) == Kept(page="3")


def test_the_first_look_is_no_news_and_own_acts_never_are() -> None:
    model = DeskModel("team1", "mori")
    model.inbox = [{"id": "M01"}]
    news = News()
    assert not news.since(model).messages
    model.inbox = [*model.inbox, {"id": "M02"}]
    model.timeline = [{"by": "team1+mori"}, {"by": "team1+sato"}, {"by": "engine"}]
    found = news.since(model)
    assert [item["id"] for item in found.messages] == ["M02"]
    assert [entry["by"] for entry in found.by_others] == ["team1+sato", "engine"]
    assert not news.since(model).by_others


def test_hints_of_an_objective_stand_together_in_the_order_they_can_be_taken() -> None:
    hints = [
        {"objective": "a", "tier": 2},
        {"objective": "b", "tier": 1},
        {"objective": "a", "tier": 1},
    ]
    assert [(h["objective"], h["tier"]) for h in by_objective(hints)] == [
        ("a", 1),
        ("a", 2),
        ("b", 1),
    ]
