import pytest
from stories import Story, bundle, probed, text


def claims(**more):
    fixed = {"form": "report", "field": "fixed", "equals": "yes", "true_when": ["gone"]}
    return bundle({"gone": probed(), "claim": {**probed(), "probe": None, "expect": {},
                   "claim": fixed, **more}})  # fmt: skip


@pytest.mark.parametrize(("claimed_at", "credit"), [(25, 1), (15, 1), (5, 0)])
def test_a_claim_must_be_true_when_it_is_made(claimed_at, credit):
    story = Story(claims()).seen("gone", 0, False)
    if claimed_at < 10:
        story.handed_in(claimed_at, fixed="Yes").seen("gone", 10, False)
    else:
        story.seen("gone", 10, False)
    if claimed_at == 15:  # mended and said so before anybody looked again
        story.handed_in(claimed_at, fixed="yes")
    story.seen("gone", 20, True)
    if claimed_at == 25:
        story.handed_in(claimed_at, fixed="yes")
    assert story.ends().check("claim").credit == credit


def test_one_false_claim_is_not_mended_by_a_true_one():
    story = Story(claims(penalty=5)).seen("gone", 0, False).handed_in(10, fixed="yes")
    story.seen("gone", 20, False).seen("gone", 200, True).handed_in(210, fixed="yes").ends()
    assert story.result.deducted == 5


def test_who_never_claims_loses_nothing_and_earns_nothing():
    assert Story(claims(penalty=5)).seen("gone", 0, False).ends().result.deducted == 0
    assert Story(claims()).seen("gone", 0, False).ends().check("claim").outcome == "FAIL"


@pytest.mark.parametrize(
    ("decided", "contained", "outcome"),
    [(100, 200, "PASS"), (300, 200, "FAIL"), (None, 200, "FAIL"), (100, None, "FAIL")],
)
def test_the_order_of_two_events_decides(decided, contained, outcome):
    order = {
        "title": text(),
        "objective": "decide",
        "order": {"first": {"form": "report"}, "then": {"check": "gone"}},
    }
    story = Story(bundle({"gone": probed(), "order": order}))
    happenings = []
    if decided:
        happenings.append((decided, lambda: story.handed_in(decided, host="x")))
    if contained:
        happenings.append((contained, lambda: story.seen("gone", contained, True)))
    for _, happen in sorted(happenings, key=lambda pair: pair[0]):
        happen()
    assert story.ends().check("order").outcome == outcome


def test_on_a_clock_that_stands_still_the_order_in_the_log_decides():
    order = {"title": text(), "objective": "decide",
             "order": {"first": {"form": "report"}, "then": {"check": "gone"}}}  # fmt: skip
    both = bundle({"gone": probed(), "order": order})
    right = Story(both).handed_in(100, host="x").seen("gone", 100, True).ends()
    wrong = Story(both).seen("gone", 100, True).handed_in(100, host="x").ends()
    assert right.check("order").outcome == "PASS"
    assert wrong.check("order").outcome == "FAIL"


@pytest.mark.parametrize(
    ("combine", "credit"),
    [
        ({"all": ["a", "b", "c"]}, 0),
        ({"any": ["a", "b", "c"]}, 1),
        ({"of": ["a", "b", "c"], "at_least": 2}, 1),
        ({"of": ["a", "b", "c"], "at_least": 3}, 0),
        ({"not": "c"}, 1),
        ({"not": "a"}, 0),
    ],
)
def test_checks_combine(combine, credit):
    checks = {name: probed(weight=0) for name in "abc"}
    checks["both"] = {"title": text(), "objective": "act", "combine": combine}
    story = Story(bundle(checks)).seen("a", 1, True).seen("b", 2, True).seen("c", 3, False).ends()
    assert story.check("both").credit == credit


def test_a_combination_knows_what_its_parts_leave_open():
    checks = {name: probed(weight=0) for name in "ab"}
    checks["all"] = {"title": text(), "objective": "act", "combine": {"all": ["a", "b"]}}
    checks["any"] = {"title": text(), "objective": "act", "combine": {"any": ["a", "b"]}}
    story = Story(bundle(checks)).seen("a", 1, True).seen("b", 2, None).ends()
    assert story.check("all").outcome == "ERROR"
    assert story.check("any").outcome == "PASS"


def test_parts_that_flip_at_one_look_make_no_gap_in_between():
    checks = {name: probed(weight=0) for name in "ab"}
    any_ = {"title": text(), "objective": "act", "combine": {"any": ["a", "b"]}, "valued": "held"}
    story = Story(bundle({**checks, "any": any_})).seen("a", 1, False).seen("b", 1, True)
    story.seen("a", 60, True).seen("b", 60, False).seen("b", 90, True).seen("a", 90, False).ends()
    assert [run.low for run in story.check("any").runs] == [1.0]
    story = Story(bundle({**checks, "any": any_})).seen("a", 1, True).seen("b", 1, False)
    story.seen("a", 60, False).seen("b", 60, True).ends()
    assert story.check("any").credit == 1


def test_two_checks_that_flip_at_one_look_are_in_order_either_way():
    checks = {
        "kept": probed(),
        "gone": probed(),
        "order": {
            "title": text(),
            "objective": "act",
            "order": {"first": {"check": "kept"}, "then": {"check": "gone"}},
        },
    }
    story = Story(bundle(checks)).seen("gone", 60, True).seen("kept", 60, True).ends()
    assert story.check("order").outcome == "PASS"
    later = Story(bundle(checks)).seen("gone", 60, True).seen("kept", 61, True).ends()
    assert later.check("order").outcome == "FAIL"


def test_a_claim_before_anybody_looked_is_open_while_the_checker_fails():
    story = Story(claims(penalty=5)).seen("gone", 0, False).handed_in(30, fixed="yes")
    story.seen("gone", 60, None).ends()
    assert story.check("claim").outcome == "ERROR"
    assert story.result.deducted == 0
    story = Story(claims(penalty=5)).seen("gone", 0, False).handed_in(30, fixed="yes")
    story.seen("gone", 60, None).seen("gone", 80, True).ends()
    assert story.check("claim").outcome == "PASS"


def test_a_claim_about_a_combination_is_given_the_same_time():
    checks = {
        "a": probed(),
        "both": {"title": text(), "objective": "act", "combine": {"all": ["a"]}},
        "claim": {
            "title": text(),
            "objective": "act",
            "penalty": 5,
            "claim": {"form": "report", "field": "fixed", "equals": "yes", "true_when": ["both"]},
        },
    }
    story = Story(bundle(checks)).seen("a", 0, False).handed_in(30, fixed="yes")
    assert story.seen("a", 60, True).ends().result.deducted == 0
