import json

import pytest
from stories import Story, answered, bundle, probed, text

from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.grading.grade import grade
from range.grading.result import full
from range.report import standings
from range.report.standings import Standings


@pytest.fixture(autouse=True)
def keep_everything(monkeypatch):
    monkeypatch.setattr(standings, "_WORTH_KEEPING", 1)


@pytest.fixture
def folder(tmp_path):
    folder = ExerciseFolder(tmp_path / "e1")
    checks = {
        "gone": probed(goal={"since": {"inject": "A1"}, "within": "1m", "limit": "9m"}),
        "up": probed(valued="availability"),
        "host": answered(exact="pc-1"),
        "free": answered("free", "decide", rubric=text()),
    }
    folder.save_bundle(bundle(checks))
    return folder


def story(folder: ExerciseFolder) -> Story:
    told = Story(folder.bundle())
    told.seen("gone", 0, False).seen("up", 0, True).fired("A1", 60, since="x")
    told.handed_in(90, host="pc-1", free="y").seen("up", 100, None).seen("gone", 200, True)
    told.add(Kind.HINT, 210, {"hint": "H1"}).marked("free", 220, 0.5)
    return told.add(Kind.REVERTED, 230, {"node": "pc", "charged": True}).ends()


def append(folder: ExerciseFolder, events) -> None:
    with Log.open(folder.log) as log:
        log.append([Draft(e.kind, e.data, e.team, e.actor, e.at) for e in events])


def standing(folder: ExerciseFolder) -> dict:
    with folder.read() as log:
        return full(Standings.of(folder, log).grade)


def kept(folder: ExerciseFolder) -> dict:
    return json.loads((folder.projections / "standings.json").read_text())


def test_standings_kept_at_any_event_end_as_the_whole_log_ends(folder):
    events = story(folder).events
    for event in events:
        append(folder, [event])
        standing(folder)
        assert kept(folder)["seq"] == event.seq
    with folder.read() as log:
        whole = full(grade(folder.bundle(), log.read(), exercise="e1"))
    assert standing(folder) == whole


def test_a_projection_is_used_where_it_fits(folder, monkeypatch):
    append(folder, story(folder).events)
    before = standing(folder)
    with folder.read() as log:
        monkeypatch.setattr(log, "read", lambda after=0: iter(()))
        assert full(Standings.of(folder, log).grade) == before


@pytest.mark.parametrize("change", ["hash", "key", "state", "torn"])
def test_a_projection_that_does_not_fit_is_passed_over(folder, change):
    append(folder, story(folder).events)
    before = standing(folder)
    path = folder.projections / "standings.json"
    spoilt = kept(folder)
    spoilt["state"]["team1"]["hints"] = {}
    if change in ("hash", "key"):
        spoilt[change] = "0" * 64
    if change == "state":
        spoilt["state"] = {"team1": {"latest": "no"}}
    path.write_text("{" if change == "torn" else json.dumps(spoilt))
    assert standing(folder) == before


def test_a_projection_of_another_scenario_is_passed_over(folder):
    append(folder, story(folder).events)
    standing(folder)
    folder.save_bundle(bundle({"host": answered(exact="pc-2")}))
    assert standing(folder)["teams"][0]["score"] == 0


def test_where_nothing_can_be_kept_standings_are_given_all_the_same(folder, monkeypatch):
    append(folder, story(folder).events)
    folder.projections.write_text("a file where the folder should be")
    assert standing(folder)["teams"][0]["score"] > 0


def test_standings_follow_a_log_that_grows(folder):
    events = story(folder).events
    with Log.open(folder.log) as log:
        live = Standings("e1", folder.bundle(), log)
        for event in events:
            log.append([Draft(event.kind, event.data, event.team, event.actor, event.at)])
            assert live.follow()
        assert not live.follow()
        assert full(live.grade) == full(grade(folder.bundle(), log.read()))
