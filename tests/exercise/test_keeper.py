"""The keeper: standings are kept while an exercise runs, beside the engine and not in it."""

import pytest
from stories import Story, answered, bundle

from range.events.event import Draft
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.keeper import Keeper
from range.report.standings import WORTH_KEEPING


@pytest.fixture
def folder(tmp_path):
    folder = ExerciseFolder(tmp_path / "e1")
    folder.save_bundle(bundle({"host": answered(exact="pc-1")}))
    return folder


def test_standings_are_kept_each_time_the_log_grew_by_so_much(folder):
    keeper = Keeper(folder.path, every=WORTH_KEEPING)
    event = Story(folder.bundle()).handed_in(5, host="pc-1").events[-1]
    draft = Draft(event.kind, event.data, event.team, event.actor, event.at)
    with Log.open(folder.log) as log:
        for count in (WORTH_KEEPING - 1, 1):
            for written in log.append([draft] * count):
                keeper(written)
            if count > 1:
                assert keeper._process is None, "too little is new"
    assert keeper._process is not None
    assert keeper._process.wait(60) == 0
    assert [path.name for path in folder.projections.iterdir()] == ["standings-000000005000.json"]


def test_a_keeper_that_is_closed_leaves_no_process(folder):
    keeper = Keeper(folder.path, every=1)
    keeper(Story(folder.bundle()).events[0])
    keeper.close()
    assert keeper._process is not None
    assert keeper._process.returncode is not None
