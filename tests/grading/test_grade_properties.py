"""What must hold for every exercise: bounded, monotone in each outcome, untouched by pauses."""

from dataclasses import replace

from drawn import SCENARIO, VALUED, stories, told
from hypothesis import given, settings
from hypothesis import strategies as st

from range.events.event import Event, Kind
from range.grading.grade import grade
from range.grading.result import TeamGrade, summary_text
from range.grading.series import Run, Stamp, availability, latched, streak


def sane(result: TeamGrade) -> None:
    assert 0 <= result.score <= result.max <= 100
    assert 0 <= result.low <= result.high <= 100 + 1e-9
    assert result.low - 1e-9 <= result.score
    assert 0 <= result.deducted <= 25
    for check in result.checks:
        assert 0 <= check.low <= check.high <= 1
        assert 0 <= check.points <= check.possible + 1e-9
    for phase in result.phases:
        own = [c for c in result.checks if c.phase is phase.phase and c.penalty is None]
        assert abs(sum(check.points for check in own) - phase.points) < 1e-6
        assert phase.points <= phase.max + 1e-9


@given(stories, st.booleans())
@settings(max_examples=150, deadline=None)
def test_scores_are_bounded_and_every_point_is_traced_to_a_check(story, ends):
    sane(told(story, ends=ends).result)


@given(stories, st.data())
@settings(max_examples=150, deadline=None)
def test_a_better_look_never_costs_a_point(story, data):
    spots = [i for i, (_, act) in enumerate(story) if act[0] == "look" and act[2] is False]
    if not spots:
        return
    spot = data.draw(st.sampled_from(spots))
    at, (kind, check, _) = story[spot]
    better = [*story[:spot], (at, (kind, check, True)), *story[spot + 1 :]]
    before, after = told(story).result, told(better).result
    assert after.score >= before.score - 1e-9
    assert after.low >= before.low - 1e-9
    assert after.high >= before.high - 1e-9


@given(stories, st.data())
@settings(max_examples=100, deadline=None)
def test_a_better_answer_never_costs_a_point(story, data):
    spots = [i for i, (_, act) in enumerate(story) if act[0] == "report" and act[1] != "pc-1"]
    if not spots:
        return
    spot = data.draw(st.sampled_from(spots))
    at, (kind, given_, listed) = story[spot]
    if given_ == "":
        return  # a free text appears with it: something new to mark, not something better
    better = [*story[:spot], (at, (kind, "pc-1", listed)), *story[spot + 1 :]]
    assert told(better).result.score >= told(story).result.score - 1e-9


@given(stories, st.data())
@settings(max_examples=100, deadline=None)
def test_the_interval_of_a_failed_last_look_holds_what_any_look_would_have_given(story, data):
    story = sorted(story, key=lambda item: item[0])
    last = {act[1]: spot for spot, (_, act) in enumerate(story) if act[0] == "look"}
    if not last:
        return
    spot = data.draw(st.sampled_from(sorted(last.values())))
    at, (kind, check, _) = story[spot]
    seen = []
    for look in (True, False):
        changed = [*story[:spot], (at, (kind, check, look)), *story[spot + 1 :]]
        seen.append(told(changed).result)
    failed = told([*story[:spot], (at, (kind, check, None)), *story[spot + 1 :]]).result
    if failed.check(check).pending:
        assert failed.low <= min(one.low for one in seen) + 1e-9
        assert failed.high >= max(one.high for one in seen) - 1e-9
    sane(failed)


@given(stories, st.lists(st.tuples(st.integers(0, 40), st.floats(1, 1e5)), max_size=5))
@settings(max_examples=100, deadline=None)
def test_pauses_change_nothing(story, pauses):
    log = told(story)
    paused: list[Event] = []
    shift = 0.0
    for index, event in enumerate(log.events):
        for where, length in pauses:
            if where == index and event.at is not None:
                at = event.at
                for running in (False, True):
                    data = {"running": running, "rate": 1.0}
                    paused.append(Event(0, Kind.CLOCK, data, "", "white", at, event.wall + shift))
                    shift += length
        paused.append(replace(event, wall=event.wall + shift))
    numbered = [replace(event, seq=seq) for seq, event in enumerate(paused, 1)]
    assert summary_text(grade(SCENARIO, numbered)) == summary_text(log.grade)


@given(stories)
@settings(max_examples=50, deadline=None)
def test_the_same_log_gives_the_same_bytes(story):
    log = told(story)
    assert summary_text(log.grade) == summary_text(grade(SCENARIO, list(log.events)))


points = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=12)


def series(credits: list[float]) -> list[Run]:
    return [
        Run(Stamp(i * 10.0, i), Stamp(i * 10.0, i), credit, credit)
        for i, credit in enumerate(credits)
    ]


@given(points, st.sampled_from(VALUED), st.data())
def test_raising_any_credit_raises_the_value_and_never_makes_it_later(credits, valued, data):
    index = data.draw(st.integers(0, len(credits) - 1))
    better = [*credits[:index], 1.0, *credits[index + 1 :]]
    before, after = latched(series(credits), valued), latched(series(better), valued)
    assert after[-1].low >= before[-1].low - 1e-9
    if valued != "availability" and after[-1].low == before[-1].low:
        assert streak(after) <= streak(before)


@given(points, st.floats(0, 1000))
def test_availability_is_a_share(credits, until):
    low, high = availability(series(credits), until)
    assert low == high
    assert 0 <= low <= 1
