"""Making exercises: no two share an id, also within one second."""

from range.exercise.create import claim_id
from range.settings import Settings


def test_a_hundred_exercises_of_the_same_moment_have_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("time.strftime", lambda *_: "20261121-100000")
    ids = [claim_id(Settings(home=tmp_path), "municipality") for _ in range(100)]
    assert len(set(ids)) == 100
    assert {path.name for path in (tmp_path / "exercises").iterdir()} == set(ids)
