import boards
import pytest

from range.grading.result import summary
from scoreboard.face import Face
from scoreboard.pseudonyms import BIRDS, pseudonyms

SCENARIO = boards.bundle().scenario


@pytest.fixture
def board(hall):
    return hall(8).source().live


def masked(board, **options):
    names = pseudonyms([team.team for team in board.teams], "seed")
    return Face(names=names, **options)


def test_teams_stand_by_score_and_equal_ones_share_a_rank(hall):
    rows = Face().rows(hall(50, boards.HOURS).source().live)
    scores = [round(row.team.grade.score, 2) for row in rows]
    assert scores == sorted(scores, reverse=True)
    for row, score in zip(rows, scores, strict=True):
        assert row.rank == scores.index(score) + 1
    assert len({row.rank for row in rows}) < len(rows), "some are equal in this exercise"


def test_without_ranks_the_order_is_that_of_the_log(board):
    rows = Face(ranks=False).rows(board)
    assert [row.key for row in rows] == [team.team for team in board.teams]
    assert all(row.rank is None for row in rows)


def test_under_pseudonyms_no_order_tells_which_team_is_which(board):
    rows = masked(board, language="en", ranks=False).rows(board)
    assert [row.name for row in rows] == sorted(row.name for row in rows)
    assert [row.key for row in rows] != [team.team for team in board.teams]


def test_before_the_start_equal_teams_stand_by_pseudonym_not_by_number(hall):
    rows = masked(hall(8, 0.0).source().live, language="en").rows(hall(8, 0.0).source().live)
    assert {row.rank for row in rows} == {1}
    assert [row.name for row in rows] == sorted(row.name for row in rows)


def test_the_order_does_not_change_with_the_language(board):
    orders = [
        [row.key for row in masked(board, language=language, ranks=False).rows(board)]
        for language in ("ja", "en")
    ]
    assert orders[0] == orders[1]


def test_a_grade_under_pseudonyms_holds_no_name_of_a_team(board):
    told = str(summary(masked(board).grade(board, SCENARIO)))
    for team in board.teams:
        assert team.name not in told
        assert f"'{team.team}'" not in told
    scores = sorted(team.grade.score for team in board.teams)
    assert sorted(team.score for team in masked(board).grade(board, SCENARIO).teams) == scores


def test_pseudonyms_stay_the_same_and_follow_from_the_seed_alone():
    teams = [f"team{i}" for i in range(50)]
    assert pseudonyms(teams, "a") == pseudonyms(teams, "a")
    assert pseudonyms(teams, "a") != pseudonyms(teams, "b")
    assert pseudonyms(teams[:3], "a") == {t: pseudonyms(teams, "a")[t] for t in teams[:3]}


def test_every_team_has_a_pseudonym_of_its_own_even_where_birds_run_out():
    teams = [f"team{i}" for i in range(3 * len(BIRDS))]
    for language in ("ja", "en"):
        names = [text.in_(language) for text in pseudonyms(teams, "a").values()]
        assert len(set(names)) == len(teams)


def test_no_two_birds_are_the_same():
    assert len({bird.en for bird in BIRDS}) == len({bird.ja for bird in BIRDS}) == len(BIRDS) >= 50
