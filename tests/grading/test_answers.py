from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from range.grading.answers import Unknown, assess, moment, resolver
from range.scenario.check import Answer

TOKYO = ZoneInfo("Asia/Tokyo")


def credit(answer, given, facts=None, outcomes=None):
    resolve = resolver(facts or {}, outcomes or {}, {"flag": "s3cret"})
    parsed = Answer.model_validate({"form": "f", "field": "x", **answer})
    return assess(parsed, given, resolve, TOKYO).credit


@pytest.mark.parametrize("given", ["PC-1", " pc-1 ", "ＰＣ－１", "ｐｃ-1\n"])
def test_texts_compare_whatever_their_width_case_and_edges(given):
    assert credit({"exact": "PC-1"}, given) == 1


def test_another_text_is_wrong():
    assert credit({"exact": "pc-1"}, "pc-2") == 0


def test_numbers_and_flags_compare_as_they_are_written():
    assert credit({"exact": 443}, "４４３") == 1
    assert credit({"exact": True}, "true") == 1


def test_any_one_of_several_is_right():
    assert credit({"among": ["fw", "firewall"]}, "Firewall") == 1
    assert credit({"among": ["fw", "firewall"]}, "proxy") == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a", "b"], 1),
        ("B、a", 1),
        ("a\nb", 1),
        (["a"], 2 / 3),
        (["a", "b", "c", "d"], 2 * 2 / (2 + 4)),
        (["c"], 0),
        ("", 0),
        (["a", "a", "b"], 1),
    ],
)
def test_a_set_earns_the_balance_of_precision_and_recall(given, expected):
    assert credit({"set": ["a", "b"]}, given) == pytest.approx(expected)


def test_naming_everything_does_not_pay():
    everything = [f"host-{n}" for n in range(100)] + ["a"]
    assert credit({"set": ["a"]}, everything) < 0.03


@pytest.mark.parametrize("given", ["1200", "１，２００件", "1200.0", 1200, "1,150"])
def test_a_number_may_be_off_by_its_margin(given):
    assert credit({"number": 1200, "margin": 50}, given) == 1


@pytest.mark.parametrize("given", ["1149", "千二百", "", "about 1200"])
def test_other_numbers_and_words_are_wrong(given):
    assert credit({"number": 1200, "margin": 50}, given) == 0


SINCE = {"A2": {"since": "2026-11-21T10:05:30+09:00"}}
TIME = {"time": {"inject": "A2", "fact": "since"}, "tolerance": "2m"}


@pytest.mark.parametrize(
    "given",
    [
        "2026-11-21T10:05:30+09:00",
        "2026-11-21T01:05:30Z",
        "2026-11-21 10:05",
        "2026/11/21 10:05",
        "２０２６年１１月２１日　１０時６分",
        "10:07",
        "10時5分30秒",
        1795223130,
    ],
)
def test_times_are_read_as_people_and_programs_write_them(given):
    assert credit(TIME, given, SINCE) == 1


@pytest.mark.parametrize("given", ["10:08", "2026-11-22 10:05", "01:05", "early", "99:99", ""])
def test_other_times_are_wrong(given):
    assert credit(TIME, given, SINCE) == 0


def test_a_time_without_tolerance_is_read_to_the_minute():
    wish = {"time": "2026-11-21T10:05:30+09:00"}
    assert credit(wish, "10:05") == 1
    assert credit(wish, "10:07") == 0


def test_facts_may_be_unix_time_as_logs_have_it():
    assert credit(TIME, "10:05", {"A2": {"since": "1795223130.482"}}) == 1


def test_years_and_single_digits_are_read():
    near = datetime(2026, 11, 1, 9, 5, tzinfo=TOKYO)
    assert moment("2026/11/1 9:05", TOKYO) == near


def test_secrets_of_the_lab_can_be_asked_for():
    assert credit({"exact": {"secret": "flag"}}, "S3CRET") == 1


@pytest.mark.parametrize(
    ("outcome", "reached"), [("prevented", False), ("error", True), ("succeeded", True)]
)
def test_a_fact_that_was_never_recorded_is_unknown(outcome, reached):
    with pytest.raises(Unknown) as unknown:
        credit(TIME, "10:05", {}, {"A2": {outcome}})
    assert unknown.value.reached is reached
