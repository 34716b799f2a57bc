import pytest
from hypothesis import given
from hypothesis import strategies as st

from range.clock import Clock, spoken

moments = st.floats(0, 1e6)
steps = st.lists(
    st.tuples(st.sampled_from(["pause", "resume", "rate"]), st.floats(0, 1e4), st.floats(0, 60)),
    max_size=20,
)


def test_time_stands_still_while_paused_and_goes_on_from_there():
    clock = Clock().resumed(100)
    clock = clock.paused(160)
    assert clock.now(500) == 60
    assert clock.resumed(500).now(510) == 70


def test_a_changed_rate_counts_from_its_change_only():
    assert Clock().resumed(0).at_rate(10, 4).now(20) == 50


def test_pausing_twice_is_pausing_once():
    clock = Clock().resumed(0).paused(10)
    assert clock.paused(50).resumed(60).now(61) == 11


def test_a_jumping_clock_moves_only_when_it_jumps():
    clock = Clock(rate=0).resumed(0)
    assert clock.now(1000) == 0
    assert clock.jumped(300).now(2000) == 300


def test_a_clock_never_jumps_back():
    with pytest.raises(ValueError, match="cannot go back"):
        Clock(virtual=10).jumped(9)


def test_a_real_clock_that_goes_back_does_not_take_time_away():
    assert Clock().resumed(100).now(50) == 0


def test_no_clock_runs_backwards():
    with pytest.raises(ValueError, match="rate"):
        Clock(rate=-1)


def test_it_says_when_a_moment_will_come():
    clock = Clock().resumed(100).at_rate(100, 4)
    assert clock.reaches(40) == 110
    assert clock.paused(100).reaches(40) is None
    assert Clock(rate=0).resumed(0).reaches(1) is None


@given(steps)
def test_whatever_is_done_to_it_time_never_goes_back(steps):
    clock, real, before = Clock().resumed(0), 0.0, 0.0
    for step, passing, rate in steps:
        real += passing
        match step:
            case "pause":
                clock = clock.paused(real)
            case "resume":
                clock = clock.resumed(real)
            case _:
                clock = clock.at_rate(real, rate)
        now = clock.now(real)
        assert now >= before
        before = now


@given(st.lists(st.tuples(moments, moments), max_size=8), moments)
def test_pauses_of_any_length_change_nothing(pauses, rest):
    clock, real, run = Clock().resumed(0), 0.0, 0.0
    for running, pause in pauses:
        real += running
        run += running
        clock = clock.paused(real).resumed(real + pause)
        real += pause
    assert clock.now(real + rest) == pytest.approx(run + rest)


def test_times_are_written_as_people_say_them():
    assert [spoken(0), spoken(85 * 60), spoken(5130)] == ["T+00:00", "T+01:25", "T+01:25:30"]
