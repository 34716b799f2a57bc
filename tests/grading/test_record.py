import pytest
from stories import Story, answered, bundle, probed, text

from range.events.event import Kind
from range.grading.record import Record
from range.scenario.moment import Moment


def when(story: Story, **moment) -> float | None:
    record = Record(story.bundle, story.team)
    for event in story.events:
        record.apply(event)
    return record.happened(Moment(**moment))


@pytest.fixture
def story():
    return Story(bundle({"gone": probed(), "host": answered(exact="pc-1"), "free": free()}))


def free():
    return {"title": text(), "objective": "decide", "rubric": text()}


def test_the_start_is_at_zero_and_a_wait_counts_from_it(story):
    assert when(story, start=True) == 0
    assert when(story, start=True, wait="5m") == 300


@pytest.mark.parametrize(
    ("outcome", "happened"),
    [("delivered", True), ("succeeded", True), ("prevented", True), ("error", True),
     ("skipped", False), ("expired", False)],
)  # fmt: skip
def test_done_is_what_was_tried_in_the_lab(story, outcome, happened):
    story.fired("A1", 300, outcome)
    assert (when(story, inject="A1") == 300) is happened


def test_an_outcome_asked_for_is_the_first_of_its_kind(story):
    story.fired("A1", 300, "error").fired("A1", 400).fired("A1", 500)
    assert when(story, inject="A1", outcome="succeeded") == 400
    assert when(story, inject="A1", outcome="prevented") is None


def test_forms_and_hints_count_from_the_first_time(story):
    story.handed_in(100, host="a").handed_in(200, host="b").add(Kind.HINT, 250, {"hint": "H1"})
    assert when(story, form="report") == 100
    assert when(story, hint="H1", wait="10s") == 260


def test_a_check_becomes_what_it_becomes_at_its_first_look_of_that_kind(story):
    story.seen("gone", 10, False).seen("gone", 20, None).seen("gone", 30, True)
    story.seen("gone", 40, False)
    assert when(story, check="gone") == 30
    assert when(story, check="gone", becomes="fail") == 10


def test_an_answer_becomes_right_when_the_right_one_is_handed_in(story):
    story.handed_in(100, host="pc-9").handed_in(200, host="pc-1")
    assert when(story, check="host") == 200


def test_a_full_mark_makes_a_check_pass(story):
    story.marked("free", 100, 0.5).marked("free", 200, 1)
    assert when(story, check="free") == 200


def test_other_teams_are_passed_over(story):
    story.add(Kind.HINT, 10, {"hint": "H1"}, team="team2")
    assert when(story, hint="H1") is None


def test_checks_that_wait_for_each_other_never_happen():
    circle = bundle(
        {
            "a": probed(starts={"check": "b"}),
            "b": probed(starts={"check": "a"}),
        }
    )
    story = Story(circle).seen("a", 1, True).seen("b", 2, True).ends()
    assert when(story, check="a") is None
    assert story.result.score == 0


def test_events_that_make_no_sense_are_passed_over(story):
    for kind in Kind:
        for data in ({}, {"check": 7, "inject": [], "form": None, "hint": {}, "node": 1}):
            story.add(kind, 50.0, data)
    story.handed_in(60, host={"a": [1]}).handed_in(61, host=None)
    assert story.result.check("host").credit == 0


def test_folding_step_by_step_gives_what_folding_at_once_gives(story):
    story.seen("gone", 10, False).fired("A1", 20).seen("gone", 30, True).handed_in(40, host="pc-1")
    record = Record(story.bundle, story.team)
    for event in story.events:
        record.apply(event)
        record.happened(Moment(check="gone"))
        record.happened(Moment(check="host"))
    assert record.happened(Moment(check="gone")) == 30
    assert record.happened(Moment(check="host")) == 40


def test_a_wait_that_is_over_precedes_what_happens_in_that_second():
    check = probed(starts={"start": True, "wait": "1m"})
    story = Story(bundle({"a": check})).seen("a", 60, True).ends()
    assert story.check("a").credit == 1
    record = Record(story.bundle, story.team)
    for event in story.events:
        record.apply(event)
    stamp = record.stamp(Moment(inject=None, start=True, wait=60))
    assert stamp is not None
    assert stamp < (60, 1)
