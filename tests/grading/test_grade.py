import json
from dataclasses import replace

import pytest
from stories import Story, answered, bundle, probed, text

from range.events.event import Kind
from range.grading.result import summary, summary_text
from range.grading.value import time_factor
from range.scenario.check import Goal

GOAL = {"since": {"inject": "A1"}, "within": "10m", "limit": "20m"}


def act(story: Story) -> float:
    """Points of the phase act, of 30."""
    return story.result.phases[3].points


def test_a_check_that_passes_at_the_end_earns_all_and_one_that_fails_nothing():
    two = bundle({"a": probed(), "b": probed(weight=2)})
    story = Story(two).seen("a", 10, True).seen("b", 10, False).ends()
    assert act(story) == pytest.approx(10)
    assert story.check("a").possible == pytest.approx(10)
    assert story.check("b").possible == pytest.approx(20)


def test_phases_weigh_20_25_25_30_and_a_scenario_may_change_that():
    checks = {phase: probed(phase) for phase in ("observe", "orient", "decide", "act")}
    for phases, expected in (({}, [20, 25, 25, 30]), ({"phases": {"act": 100}}, [0, 0, 0, 100])):
        story = Story(bundle(checks, **phases))
        for check in checks:
            story.seen(check, 10, True)
        assert [phase.points for phase in story.ends().result.phases] == expected
        assert story.result.score == 100


@pytest.mark.parametrize(
    ("looks", "final", "first", "held"),
    [
        ([False, True], 1, 1, 0),
        ([True, False], 0, 1, 0),
        ([True, True], 1, 1, 1),
        ([False, False], 0, 0, 0),
        ([True, None, True], 1, 1, 1),
        ([True, False, True], 1, 1, 0),
    ],
)
def test_checks_are_valued_as_they_declare(looks, final, first, held):
    three = bundle({name: probed(valued=name) for name in ("final", "first", "held")})
    story = Story(three)
    for at, look in enumerate(looks):
        for name in ("final", "first", "held"):
            story.seen(name, at * 60, look)
    story.ends()
    credits = [story.check(name).credit for name in ("final", "first", "held")]
    assert credits == [final, first, held]


def test_availability_is_the_share_of_time_it_was_up():
    story = Story(bundle({"up": probed(valued="availability")}))
    story.seen("up", 0, True).seen("up", 900, False).seen("up", 1800, True).ends(3600)
    assert story.check("up").credit == pytest.approx(0.75)


def test_availability_does_not_depend_on_how_often_somebody_looked():
    one = bundle({"up": probed(valued="availability")})
    seldom = Story(one).seen("up", 0, True).seen("up", 900, False).ends(1800)
    often = Story(one).seen("up", 0, True)
    for _ in range(50):
        often.seen("up", 900, False)
    often.ends(1800)
    assert seldom.check("up").credit == often.check("up").credit == 0.5


def test_time_nobody_could_see_counts_neither_as_up_nor_as_down():
    story = Story(bundle({"up": probed(valued="availability")}))
    story.seen("up", 0, True).seen("up", 900, None).seen("up", 2700, False).ends(3600)
    assert story.check("up").credit == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("elapsed", "factor"),
    [(-5, 1), (0, 1), (600, 1), (900, 0.65), (1200, 0.3), (1201, 0)],
)
def test_the_time_factor_falls_to_three_tenths_at_the_limit_and_to_nothing_after(elapsed, factor):
    assert time_factor(Goal.model_validate(GOAL), elapsed) == pytest.approx(factor)


def test_a_goal_counts_from_its_event_not_from_the_start():
    story = Story(bundle({"a": probed(goal=GOAL)}))
    story.seen("a", 0, False).fired("A1", 2000).seen("a", 2900, True).ends()
    assert story.check("a").factor == pytest.approx(0.65)


def test_where_the_event_of_a_goal_never_came_nothing_was_late():
    story = Story(bundle({"a": probed(goal=GOAL)})).seen("a", 3500, True).ends()
    assert story.check("a").factor == 1


def test_a_setback_makes_the_last_recovery_count():
    story = Story(bundle({"a": probed(goal=GOAL)})).fired("A1", 0)
    story.seen("a", 100, True).seen("a", 200, False).seen("a", 900, True).ends()
    assert story.check("a").factor == pytest.approx(0.65)


def test_what_was_due_and_not_handed_in_fails():
    story = Story(bundle({"host": answered(exact="pc-1")})).ends()
    assert story.check("host").outcome == "FAIL"
    assert not story.result.provisional


def test_the_last_report_counts():
    story = Story(bundle({"host": answered(exact="pc-1")}))
    story.handed_in(10, host="pc-1").handed_in(20, host="pc-2").ends()
    assert story.check("host").credit == 0


def test_the_same_report_received_twice_counts_once():
    story = Story(bundle({"host": answered(exact="pc-1")})).handed_in(10, host="pc-1")
    story.handed_in(20, host="pc-2")
    story.add(Kind.SUBMITTED, 30, {**story.events[-2].data}).ends()
    assert story.check("host").credit == 0


def test_facts_of_guest_time_decide_answers_about_since_when():
    when = answered("when", time={"inject": "A1", "fact": "since"}, tolerance="2m")
    story = Story(bundle({"when": when})).fired("A1", 60, since="2026-11-21T10:05:00+09:00")
    assert story.handed_in(70, when="10:06").ends().check("when").credit == 1


def test_a_fact_of_an_attack_that_was_prevented_is_not_asked_for():
    when = answered("when", time={"inject": "A1", "fact": "since"})
    story = Story(bundle({"when": when})).fired("A1", 60, "prevented").ends()
    assert story.check("when").outcome == "SKIP"


def test_a_fact_that_a_failed_attack_owes_makes_nobody_lose():
    when = answered("when", time={"inject": "A1", "fact": "since"})
    story = Story(bundle({"when": when, "a": probed("observe")})).fired("A1", 60, "error")
    story.handed_in(70, when="10:06").seen("a", 80, True).ends()
    assert story.check("when").outcome == "ERROR"
    assert story.result.score == 20
    assert story.result.provisional


def test_a_branch_not_taken_is_skipped_and_costs_nothing():
    checks = {"a": probed(), "b": probed(applies={"inject": "A1", "outcome": "succeeded"})}
    story = Story(bundle(checks)).seen("a", 10, True).seen("b", 10, False).ends()
    assert story.check("b").outcome == "SKIP"
    assert act(story) == 30


def test_a_start_that_the_team_owed_is_a_failure_not_a_skip():
    story = Story(bundle({"a": probed(starts={"form": "report"})})).ends()
    assert story.check("a").outcome == "FAIL"


def test_only_what_is_seen_between_start_and_end_counts():
    window = probed(starts={"inject": "A1"}, ends={"form": "report"}, valued="held")
    story = Story(bundle({"a": window})).seen("a", 10, False).fired("A1", 20).seen("a", 30, True)
    story.handed_in(40, host="x").seen("a", 50, False).ends()
    assert story.check("a").credit == 1


def test_what_is_free_earns_only_after_the_act_it_requires():
    up = probed(requires={"check": "host"}, valued="availability")
    checks = {"up": up, "host": answered(exact="pc-1")}
    idle = Story(bundle(checks)).seen("up", 0, True).seen("up", 3600, True).ends()
    assert idle.check("up").outcome == "FAIL"
    acted = Story(bundle(checks)).seen("up", 0, False).handed_in(60, host="pc-1")
    assert acted.seen("up", 60, True).ends().check("up").credit == 1


def test_a_failing_checker_neither_earns_nor_costs_and_shows_an_interval():
    story = Story(bundle({"a": probed(), "b": probed()})).seen("a", 10, True)
    result = story.seen("b", 10, True).seen("b", 20, None).ends().result
    assert result.check("b").outcome == "ERROR"
    assert (result.low, result.score, result.high) == (15, 30, 30)
    assert result.reasons == ("unknown", "observed")


def test_an_error_that_was_observed_again_leaves_no_trace():
    story = Story(bundle({"a": probed()})).seen("a", 10, None).seen("a", 20, True).ends()
    assert not story.result.provisional
    assert story.check("a").outcome == "PASS"


def test_what_passed_once_stays_passed_though_the_checker_fails_later():
    story = Story(bundle({"a": probed(valued="first")})).seen("a", 10, True).seen("a", 20, None)
    assert story.ends().check("a").outcome == "PASS"


def test_a_mark_overrides_a_check_and_fills_in_a_free_text():
    free = answered("free", "decide", rubric=text())
    story = Story(bundle({"a": probed(), "free": free})).seen("a", 10, False)
    story.handed_in(20, free="reasons").ends()
    assert story.result.check("free").pending
    story.marked("a", None, 1).marked("free", None, 0.8)
    assert story.check("a").credit == 1
    assert story.check("free").credit == 0.8
    assert not story.result.provisional


def test_the_last_mark_counts():
    story = Story(bundle({"a": probed()})).seen("a", 10, False)
    assert story.marked("a", 20, 1).marked("a", 30, 0.25).ends().check("a").credit == 0.25


def test_a_mark_for_a_free_text_leaves_its_time_as_it_was():
    free = answered("free", "decide", rubric=text())
    story = Story(bundle({"free": {**free, "goal": GOAL}})).fired("A1", 0)
    story.handed_in(900, free="late").ends().marked("free", None, 1)
    assert story.check("free").factor == pytest.approx(0.65)


def test_penalties_hints_and_resets_are_taken_off_the_total_at_most_25():
    many = bundle({"a": probed(), "bad": probed(penalty=20, valued="held")})
    story = Story(many).seen("a", 10, True).seen("bad", 10, True).seen("bad", 20, False)
    story.add(Kind.HINT, 30, {"hint": "H1"}).add(Kind.HINT, 40, {"hint": "H1"})
    story.add(Kind.REVERTED, 50, {"node": "pc", "charged": True})
    story.add(Kind.REVERTED, 60, {"node": "pc", "charged": False}).ends()
    assert [(p.kind, p.points) for p in story.result.penalties] == [
        ("check", 20),
        ("hint", 3),
        ("revert", 2),
    ]
    assert story.result.score == 30 - 25
    story.events.insert(-1, story.events[-3])
    assert story.result.deducted == 25
    assert story.result.score == 30 - 25


def test_a_penalty_nobody_looked_for_is_not_charged():
    story = Story(bundle({"a": probed(), "bad": probed(penalty=20)})).seen("a", 10, True).ends()
    assert story.result.deducted == 0
    assert story.result.score == 30


def test_a_score_never_falls_below_zero():
    story = Story(bundle({"bad": probed(penalty=20)})).seen("bad", 10, False).ends()
    assert story.result.score == 0


def test_nothing_after_the_end_changes_the_score():
    story = Story(bundle({"a": probed(), "host": answered(exact="pc-1")})).seen("a", 10, False)
    story.ends(100)
    before = summary_text(story.grade)
    story.seen("a", 200, True).handed_in(200, host="pc-1").add(Kind.HINT, 200, {"hint": "H1"})
    story.add(Kind.REVERTED, 200, {"node": "pc", "charged": True})
    assert summary_text(story.grade) == before


def test_the_last_look_may_be_written_down_after_the_end():
    story = Story(bundle({"a": probed()})).seen("a", 10, False).ends(100).seen("a", 100, True)
    assert story.check("a").credit == 1


def test_too_little_observed_makes_a_score_provisional():
    checks = {"a": probed(weight=7), "b": probed(weight=3, applies={"inject": "A1"})}
    story = Story(bundle(checks)).seen("a", 10, True).ends()
    assert story.result.reasons == ("observed",)


def test_a_running_exercise_is_graded_as_if_it_ended_now():
    story = Story(bundle({"a": probed()})).seen("a", 10, True)
    assert story.result.score == 30
    assert story.result.reasons == ("running",)


def test_an_observation_by_another_probe_cannot_be_regraded():
    asked = Story(bundle({"a": probed(), "b": probed()})).seen("a", 1, True).seen("b", 1, True)
    asked.ends()
    changed = {**probed(), "probe": {"kind": "process", "node": "pc", "matches": "other"}}
    asked.bundle = bundle({"a": changed, "b": probed()})
    assert asked.grade.stale == ("a",)
    assert asked.check("a").outcome == "ERROR"
    assert asked.result.score == 30


def test_a_corrected_expectation_is_regraded_from_what_was_seen():
    story = Story(bundle({"a": probed(expect={"count": 9})})).seen("a", 1, True).ends()
    assert story.result.score == 0
    story.bundle = bundle({"a": probed(expect={"count": {"at_most": 0}})})
    assert story.result.score == 30
    assert story.grade.stale == ()


def test_each_team_has_its_own_score():
    story = Story(bundle({"a": probed()})).seen("a", 10, True)
    story.team = "team2"
    story.seen("a", 10, False).ends()
    scores = {team.team: team.score for team in story.grade.teams}
    assert scores == {"team1": 30, "team2": 0}


def test_who_studies_alone_pays_for_no_hint_and_no_reset_but_for_what_it_broke():
    many = bundle({"a": probed(), "bad": probed(penalty=20)}, profile="self-study")
    story = Story(many).seen("a", 10, True).seen("bad", 10, False)
    story.add(Kind.HINT, 30, {"hint": "H1"})
    story.add(Kind.REVERTED, 50, {"node": "pc", "charged": True}).ends()
    assert [(p.kind, p.points) for p in story.result.penalties] == [("check", 20)]


def test_a_team_is_called_what_the_exercise_calls_it_and_else_by_its_id():
    story = Story(bundle({"a": probed()}))
    assert story.result.name == "team1"
    named = {**story.events[0].data, "names": {"team1": "東部チーム"}}
    story.events[0] = replace(story.events[0], data=named)
    assert (story.result.team, story.result.name) == ("team1", "東部チーム")


def test_the_result_has_exactly_this_shape():
    story = Story(bundle({"a": probed()})).seen("a", 10, True).ends()
    assert summary(story.grade) == {
        "exercise": "e1",
        "scenario": "small",
        "teams": [
            {
                "team": "team1",
                "name": "team1",
                "score": 30.0,
                "max": 30.0,
                "provisional": False,
                "phases": {"observe": 0.0, "orient": 0.0, "decide": 0.0, "act": 30.0},
            }
        ],
    }
    assert json.loads(summary_text(story.grade)) == summary(story.grade)


def test_an_attack_fired_once_more_does_not_change_what_is_true():
    when = answered("when", time={"inject": "A1", "fact": "since"})
    story = Story(bundle({"when": when})).fired("A1", 60, since="2026-11-21T10:05:00+09:00")
    story.fired("A1", 90, since="2026-11-21T11:00:00+09:00").handed_in(99, when="10:05").ends()
    assert story.check("when").credit == 1
