import hashlib
import json

import pytest
from drawn import SCENARIO, stories, told
from hypothesis import given, settings
from stories import Story, answered, bundle, probed, text

from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.grading.grade import grade
from range.grading.packed import packed, unpacked
from range.grading.record import Record
from range.grading.result import full
from range.report import standings
from range.report.standings import Standings
from range.scenario.scenario import Bundle


@pytest.fixture(autouse=True)
def keep_everything(monkeypatch):
    monkeypatch.setattr(standings, "WORTH_KEEPING", 1)


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


def newest(folder: ExerciseFolder):
    return max(folder.projections.glob("standings-*.json"))


def kept(folder: ExerciseFolder) -> tuple[dict, list]:
    head, state = newest(folder).read_text().split("\n")
    return json.loads(head), json.loads(state)


def put(folder: ExerciseFolder, head: dict, state: object, *, proven: bool = True) -> None:
    text = json.dumps(state)
    if proven:
        head["state"] = hashlib.sha256(text.encode()).hexdigest()
    newest(folder).write_text(f"{json.dumps(head)}\n{text}")


def test_standings_kept_at_any_event_end_as_the_whole_log_ends(folder):
    events = story(folder).events
    for event in events:
        append(folder, [event])
        standing(folder)
        assert kept(folder)[0]["seq"] == event.seq
    with folder.read() as log:
        whole = full(grade(folder.bundle(), log.read(), exercise="e1"))
    assert standing(folder) == whole


def test_a_projection_is_used_where_it_fits(folder, monkeypatch):
    append(folder, story(folder).events)
    before = standing(folder)
    with folder.read() as log:
        monkeypatch.setattr(log, "read", lambda after=0: iter(()))
        assert full(Standings.of(folder, log).grade) == before


@pytest.mark.parametrize("change", ["hash", "key", "byte", "shape", "torn", "seq"])
def test_a_projection_that_does_not_fit_is_passed_over(folder, change):
    append(folder, story(folder).events)
    before = standing(folder)
    head, state = kept(folder)
    spoilt = json.loads(json.dumps(state).replace("0.5", "0.25"))  # the credit of the mark
    assert spoilt != state
    if change in ("hash", "key"):
        put(folder, {**head, change: "0" * 64}, spoilt)
    elif change == "seq":
        put(folder, {**head, "seq": head["seq"] + 1}, spoilt)
    elif change == "byte":
        put(folder, head, spoilt, proven=False)
    elif change == "shape":
        put(folder, head, {"team1": {"latest": "no"}})
    else:
        newest(folder).write_text("{")
    assert standing(folder) == before


def test_what_a_projection_holds_is_believed_where_it_fits(folder):
    append(folder, story(folder).events)
    before = standing(folder)
    head, state = kept(folder)
    put(folder, head, json.loads(json.dumps(state).replace("0.5", "0.25")))
    assert standing(folder) != before


def test_a_log_that_was_cut_off_is_graded_by_itself(folder):
    events = story(folder).events
    append(folder, events)
    standing(folder)
    folder.log.unlink()
    append(folder, events[:6])
    with folder.read() as log:
        assert standing(folder) == full(grade(folder.bundle(), log.read(), exercise="e1"))
    for event in events[6:]:
        append(folder, [event])
        standing(folder)
    assert kept(folder)[0]["seq"] == len(events)
    assert len(list(folder.projections.iterdir())) == 3, "only the newest are kept"


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


def linked() -> Bundle:
    """The drawn scenario, and checks that wait for other checks or are measured from them."""
    known = SCENARIO.model_dump(mode="json", by_alias=True, exclude_none=True)["scenario"]["checks"]
    title = text()
    return bundle(
        {
            **known,
            "after": probed(starts={"check": "p-first"}, valued="availability"),
            "told": answered("host", exact={"inject": "A1", "fact": "since"}),
            "until": probed(ends={"check": "p-final"}),
            "timed": probed(
                goal={"since": {"check": "lost"}, "within": "1m", "limit": "20m"}, valued="first"
            ),
            "turn": {
                "title": title,
                "objective": "decide",
                "order": {"first": {"check": "p-held"}, "then": {"check": "goal"}},
            },
        }
    )


LINKED = linked()


@given(stories)
@settings(max_examples=100, deadline=None)
def test_grading_only_what_changed_gives_the_grade_of_the_whole(story):
    events = told(story).events
    live = Standings("e1", LINKED, None)
    for count, event in enumerate(events, 1):
        live.apply(event)
        assert full(live.grade) == full(grade(LINKED, events[:count], exercise="e1"))


@given(stories)
@settings(max_examples=60, deadline=None)
def test_states_come_back_from_being_packed_as_they_were(story):
    record = Record(SCENARIO, "team1")
    of_another_probe = {"check": "goal", "probe": "0" * 16, "raw": {"count": 0}, "error": None}
    for event in told(story, ends=False).add(Kind.OBSERVED, 3000, of_another_probe).ends().events:
        record.apply(event)
    assert record.state.stale == {"goal"}
    assert unpacked(json.loads(json.dumps(packed(record.state)))) == record.state


def test_what_was_up_and_down_is_worth_something_else_as_time_goes_by(folder):
    told = Story(folder.bundle()).seen("up", 0, False).seen("up", 100, True)
    live = Standings("e1", told.bundle, None)
    for event in told.seen("gone", 200, True).events:
        live.apply(event)
    assert live.grade.team("team1").check("up").credit == pytest.approx(100 / 200)
    told.seen("gone", 400, True)
    live.apply(told.events[-1])
    assert live.grade.team("team1").check("up").credit == pytest.approx(300 / 400)


@pytest.mark.parametrize("kept_before", [False, True])
def test_a_team_that_is_heard_of_late_knows_what_concerned_all(folder, kept_before):
    told = Story(folder.bundle()).seen("up", 50, True)
    append(folder, told.events)
    if kept_before:
        standing(folder)
    told.team = "team9"
    told.seen("gone", 100, True).ends()
    append(folder, told.events[3:])
    with folder.read() as log:
        whole = full(grade(folder.bundle(), log.read(), exercise="e1"))
        standings = Standings.of(folder, log)
        record = standings.record("team9")
    assert full(standings.grade) == whole
    assert record is not None
    assert record.state.started is not None
