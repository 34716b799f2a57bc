import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from stories import Story, bundle, probed

from range.grading.grade import grade
from range.grading.result import Grade
from scoreboard.table import bar, board, ranked


def scores(**passing: bool) -> Grade:
    """A grade of teams that passed one check, or did not."""
    story = Story(bundle({"gone": probed("act"), "seen": probed("observe")}))
    for team, passed in passing.items():
        story.team = team
        story.seen("gone", 10, passed).seen("seen", 10, passed)
    story.events = [event for event in story.events if "teams" not in event.data]
    return grade(story.bundle, story.ends().events, exercise="e1")


def shown(result: Grade, language: str = "en", width: int = 80) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width).print(board(result, language, width))
    return stream.getvalue()


def test_teams_stand_by_score_and_equal_scores_share_a_rank():
    table = ranked(scores(a=False, b=True, c=True, d=False))
    assert [(rank, team.team) for rank, team in table] == [(1, "b"), (1, "c"), (3, "a"), (3, "d")]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [80, 120])
def test_the_board_fits_its_terminal_and_cuts_no_figure(language, width):
    text = shown(scores(team1=True, **{"situation-room-north-22c": False}), language, width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert "…" not in text
    assert "50.0/50" in text
    assert "22c" in text  # the end of a long name, folded where it must be


def test_names_are_no_markup():
    assert "[red]x[/red]" in shown(scores(**{"[red]x[/red]": True}))


def test_a_bar_is_full_only_at_the_most():
    assert bar(0, 100) == "·" * 10
    assert bar(50, 100) == "█" * 5 + "·" * 5
    assert bar(100, 100) == "█" * 10
    assert bar(0, 0) == "·" * 10
