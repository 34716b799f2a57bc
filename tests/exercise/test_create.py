"""Making exercises: no two share an id, also within one second; no two teams a name."""

import pytest

from range.errors import InvalidInput
from range.exercise.create import claim_id
from range.exercise.names import display_names, names_of
from range.settings import Settings

TEAMS = ("team1", "team2")


def test_a_hundred_exercises_of_the_same_moment_have_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("time.strftime", lambda *_: "20261121-100000")
    ids = [claim_id(Settings(home=tmp_path), "municipality") for _ in range(100)]
    assert len(set(ids)) == 100
    assert {path.name for path in (tmp_path / "exercises").iterdir()} == set(ids)


def test_names_of_teams_are_one_clean_bounded_line_and_ids_where_none_are_given():
    names = display_names(TEAMS, {"team1": "東部\x1b[31m\n\u202eチーム"})
    assert names == {"team1": "東部[31m チーム", "team2": "team2"}
    assert len(display_names(TEAMS, {"team2": "あ" * 500})["team2"]) == 40


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"team3": "East"}, "no team team3; teams are team1, team2"),
        ({"team1": " \u202e "}, "the name of team1 is empty"),
        ({"team1": "East", "team2": "ＥＡＳＴ"}, "team1: team2 is called East, too"),
        ({"team1": "team2"}, "team1: team2 is called team2, too"),
    ],
)
def test_names_that_would_mislead_are_refused(given, said):
    with pytest.raises(InvalidInput) as caught:
        display_names(TEAMS, given)
    assert said in caught.value.message


def test_exercises_from_before_there_were_names_call_teams_by_their_ids():
    assert names_of({"teams": ["team1"]}) == {"team1": "team1"}
    assert names_of({"teams": ["team1"], "names": {"team1": "East"}}) == {"team1": "East"}
