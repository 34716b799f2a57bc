"""The list of exercises reads what is new only, and a long log not twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise import listing
from range.exercise.listing import Listing, has_started
from range.settings import Settings

CREATED = Draft(Kind.CREATED, {"scenario": "town", "teams": ["team1"], "names": {"team1": "East"},
                               "options": {"provider": "memory"}})  # fmt: skip
CLOCK = [Draft(Kind.STARTED, {}, at=0.0), Draft(Kind.CLOCK, {"running": True, "rate": 1.0}, at=0.0)]
NOTE = Draft(Kind.NOTED, {"text": 'never "kind":"exercise.ended" in a note'})


@pytest.fixture
def folder(tmp_path: Path) -> ExerciseFolder:
    path = tmp_path / "exercises" / "e20261121-000000-town-aa"
    path.mkdir(parents=True)
    return ExerciseFolder(path)


def write(folder: ExerciseFolder, *drafts: Draft) -> None:
    with Log.open(folder.log) as log:
        log.append(drafts)


def states(tmp_path: Path, known: Listing | None = None, **options: bool) -> list[str]:
    return [one.state for one in (known or Listing(Settings(tmp_path))).look(**options)]


def test_a_second_look_tells_what_came_after_the_first(
    tmp_path: Path, folder: ExerciseFolder
) -> None:
    known = Listing(Settings(tmp_path))
    with Log.open(folder.log) as log:  # an engine lives
        log.append([CREATED])
        assert states(tmp_path, known) == ["preparing"]
        assert not has_started(folder)
        log.append([*CLOCK, NOTE])
        assert states(tmp_path, known) == ["running"]
        assert has_started(folder)
        log.append([Draft(Kind.CLOCK, {"running": False, "rate": 1.0}, at=9.0)])
        assert states(tmp_path, known) == ["paused"]
    assert states(tmp_path, known) == ["interrupted"]
    write(folder, Draft(Kind.ENDED, {"reason": ""}, at=9.0))
    (one,) = known.look()
    assert (one.state, one.names, one.provider, one.scenario) == (
        "ended", ("East",), "memory", "town")  # fmt: skip


def test_a_long_log_is_left_for_later_in_haste_and_read_once_only(
    tmp_path: Path, folder: ExerciseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LONG", 10)
    write(folder, CREATED, *CLOCK, *[NOTE] * 20)
    assert states(tmp_path, hasty=True) == ["unread"]
    assert states(tmp_path) == ["interrupted"]
    assert states(tmp_path, hasty=True) == ["interrupted"], "it was kept, for another process too"
    write(folder, Draft(Kind.ENDED, {"reason": ""}, at=9.0))
    (one,) = Listing(Settings(tmp_path)).look(hasty=True)
    assert (one.state, one.names) == ("ended", ("East",))


def test_what_was_kept_of_another_log_is_not_believed(
    tmp_path: Path, folder: ExerciseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LONG", 10)
    write(folder, CREATED, *CLOCK, *[NOTE] * 20, Draft(Kind.ENDED, {"reason": ""}, at=9.0))
    assert states(tmp_path) == ["ended"]
    folder.log.unlink()
    write(folder, CREATED, *[NOTE] * 30)
    assert states(tmp_path) == ["interrupted"]
