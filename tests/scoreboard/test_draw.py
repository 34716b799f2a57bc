"""Rows are as wide as they should be, and plots and strips say what is so."""

from itertools import pairwise

import pytest
from rich.cells import cell_len

from range.report.strips import Service
from range.scenario.model import Phase, Text
from scoreboard.draw import checks, firsts, plot, services, standings, svg
from scoreboard.draw.cells import bar, centred, clock, ends, left, right, width
from scoreboard.face import Face
from scoreboard.stage import Stage

WIDTHS = [60, 78, 94, 110, 158, 240]


def text(line) -> str:
    return "".join(text for text, _ in line)


@pytest.fixture
def board(hall):
    return hall(8).source().live


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("cells", WIDTHS)
def test_every_row_is_as_wide_as_its_screen(board, language, cells):
    face = Face(language)
    rows = face.rows(board)
    wide = standings.columns(cells)
    drawn = [standings.heading(wide, language, ranks=True)]
    drawn += [standings.team(row, wide) for row in rows]
    drawn += [services.team(row, "", cells, now=7000.0, end=10800.0) for row in rows]
    drawn += [services.heading(cells, language, "x", 10800.0)]
    drawn += firsts.lines(rows, face, cells)
    curves = [plot.curve(i, row.name, row.team.series) for i, row in enumerate(rows)]
    drawn += plot.plot(curves, cells, 12, now=7000.0, end=10800.0)
    assert {width(line) for line in drawn} == {cells}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("cells", [78, 158])
def test_rows_of_checks_are_as_wide_as_their_screen(hall, language, cells):
    place = hall()
    source = place.source()
    scenario = place.boards().bundle.scenario
    team = source.live.teams[2]
    drawn = [checks.columns(cells, language)]
    drawn += [checks.check(grade, scenario, cells, language) for grade in team.grade.checks]
    drawn += checks.heading(team, Stage(source.live), Face(language), cells)
    assert {width(line) for line in drawn} == {cells}


def test_figures_are_never_cut(board):
    for cells in WIDTHS:
        wide = standings.columns(cells)
        for row in Face().rows(board):
            assert f"{row.team.grade.score:.2f}" in text(standings.team(row, wide))


def test_a_phase_can_stand_in_place_of_the_total(board):
    row = Face().rows(board)[0]
    own = next(phase for phase in row.team.grade.phases if phase.phase is Phase.ORIENT)
    told = text(standings.team(row, standings.columns(78, Phase.ORIENT)))
    assert f" {own.points:.2f} " in told


def test_a_provisional_score_of_an_exercise_that_is_over_has_a_sign(board):
    row = Face().rows(board)[0]
    assert "~" in text(standings.team(row, standings.columns(78, over=True)))
    assert "~" not in text(standings.team(row, standings.columns(78)))


def test_a_bar_is_full_only_at_the_most_and_empty_only_at_nothing():
    assert bar(0, 100, 10) == "▯" * 10
    assert bar(0.1, 100, 10).count("▮") == 1
    assert bar(99.9, 100, 10).count("▮") == 9
    assert bar(100, 100, 10) == "▮" * 10
    assert bar(5, 0, 4) == "▯" * 4


@pytest.mark.parametrize("place", [left, right, centred])
def test_columns_keep_their_width_with_wide_characters(place):
    for words in ("", "a", "東部広域チーム", "半角カナとfull", "x" * 40):
        for cells in (1, 2, 7, 8, 20):
            assert cell_len(place(words, cells)[0]) == cells


def test_a_row_with_two_ends_is_cut_on_the_left():
    line = ends([("東部広域チーム", ""), ("second", "")], [("12:00", "")], 17)
    assert width(line) == 17
    assert text(line).endswith("12:00")


def test_a_clock_always_has_its_seconds():
    assert clock(3661.9) == "T+01:01:01"
    assert clock(3600) == "T+01:00:00"


# Plots


def column(lines, cell: int) -> list[int]:
    """Rows that have something at a cell of the field."""
    return [row for row, line in enumerate(lines) if text(line)[4 + cell] not in (" ", "\u2800")]


def test_a_score_is_drawn_as_a_step_not_as_a_slope():
    one = plot.curve(0, "x", ((0.0, 0.0), (500.0, 100.0)))
    lines = plot.plot([one], 60, 9, now=1000.0, end=1000.0)[:-1]
    field = 60 - 4 - 1 - 3
    assert column(lines, 2) == [7]
    assert column(lines, field - 8) == [0]
    assert sum(1 for cell in range(field) if len(column(lines, cell)) > 2) == 1


def test_nothing_is_drawn_after_now():
    one = plot.curve(0, "x", ((0.0, 50.0),))
    lines = plot.plot([one], 60, 9, now=500.0, end=1000.0)[:-1]
    assert column(lines, 10)
    assert not column(lines, 40)


def test_every_curve_has_its_letter_on_it_and_at_its_name():
    curves = [plot.curve(i, f"team{i}", ((0.0, 10.0 * i),)) for i in range(8)]
    drawn = "\n".join(text(line) for line in plot.plot(curves, 78, 20, now=900.0, end=1000.0))
    for i, letter in enumerate("ABCDEFGH"):
        assert f"{letter} team{i}" in drawn
        assert drawn.count(letter) == 2


def test_names_stand_in_the_order_of_the_curves():
    curves = [plot.curve(i, f"team{i}", ((0.0, 50.0 - i),)) for i in range(8)]
    drawn = "\n".join(text(line) for line in plot.plot(curves, 78, 10, now=900.0, end=1000.0))
    places = [drawn.index(f"team{i}") for i in range(8)]
    assert places == sorted(places)


def test_the_scale_holds_every_score():
    for most in (0.0, 9.9, 10.0, 24.0, 79.0, 80.1, 100.0):
        assert plot.top_of([plot.curve(0, "x", ((0.0, most),))]) >= most


def test_the_median_is_what_half_of_the_teams_reached():
    series = [((0.0, 0.0), (10.0, 30.0)), ((0.0, 0.0), (20.0, 50.0)), ((0.0, 0.0),)]
    assert plot.median("m", series, now=60.0, end=120.0).points == ((0.0, 0.0), (20.0, 30.0))


def test_vectors_have_the_same_steps_and_names_apart():
    curves = [plot.curve(i, f"t{i}", ((0.0, 0.0), (500.0, 40.0 + i / 10))) for i in range(8)]
    drawn = svg.plot(curves, now=800.0, end=1000.0)
    assert drawn["lines"][0]["path"].count("V") == 1
    heights = sorted(line["label"] for line in drawn["lines"])
    assert all(b - a >= 19.9 for a, b in pairwise(heights))
    assert 0 < heights[0] < heights[-1] < svg.HEIGHT


# Services


def service(*spans) -> Service:
    return Service("web", Text(ja="x", en="x"), spans)


def test_a_strip_says_what_was_when():
    one = service((0.0, 50.0, "up"), (50.0, 60.0, "down"), (60.0, 80.0, "unknown"))
    drawn = services.strip([one], 10, now=80.0, end=100.0)
    assert drawn == ["up"] * 5 + ["down"] + ["unknown"] * 2 + [""] * 2


def test_a_short_outage_is_never_lost_in_a_wide_stretch():
    one = service((0.0, 501.0, "up"), (501.0, 502.0, "down"), (502.0, 1000.0, "up"))
    assert "partly" in services.strip([one], 10, now=1000.0, end=1000.0)


def test_one_of_two_services_down_is_partly_down():
    up, down = service((0.0, 100.0, "up")), service((0.0, 100.0, "down"))
    assert set(services.strip([up, down], 4, now=100.0, end=100.0)) == {"partly"}
    assert set(services.strip([down, down], 4, now=100.0, end=100.0)) == {"down"}


def test_what_nobody_knows_counts_neither_way():
    assert services.share([service((0.0, 30.0, "up"), (30.0, 40.0, "down"))]) == 0.75
    assert services.share([service((0.0, 30.0, "up"), (30.0, 90.0, "unknown"))]) == 1.0
    assert services.share([service((0.0, 90.0, "unknown"))]) is None


def test_states_can_be_told_apart_without_colour():
    assert len(set(services._SIGNS.values())) == len(services._SIGNS)


# Firsts


def test_in_public_a_mark_tells_the_phase_and_not_what_there_was_to_find(board):
    told = [
        "\n".join(map(text, firsts.lines(face.rows(board), face, 120)))
        for face in (Face("en"), Face("en", public=True))
    ]
    assert "Notice the traffic" in told[0]
    assert "Notice" not in told[1]
    assert "detected" in told[1]
