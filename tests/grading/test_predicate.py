import pytest
from pydantic import TypeAdapter

from range.grading.predicate import judge, probe_digest
from range.scenario.probe import Expect, Probe

EXPECT = TypeAdapter(Expect)
PROBE = TypeAdapter(Probe)


def passes(expect, raw):
    return judge(EXPECT.validate_python(expect), raw).outcome == "PASS"


@pytest.mark.parametrize(
    ("expect", "right", "wrong"),
    [
        ({"status": 200}, {"status": 200}, {"status": 503}),
        ({"status": {"differs": 200}}, {"status": 503}, {"status": 200}),
        ({"body": {"contains": "住民"}}, {"body": "住民票"}, {"body": "x"}),
        ({"body": {"lacks": "hacked"}}, {"body": "ok"}, {"body": "hacked by x"}),
        ({"body": {"matches": "^a.c$"}}, {"body": "abc"}, {"body": "abd"}),
        ({"exit": {"among": [0, 2]}}, {"exit": 2}, {"exit": 1}),
        ({"count": {"at_least": 3}}, {"count": 3}, {"count": 2}),
        ({"count": {"at_most": 3}}, {"count": 3}, {"count": 4}),
        ({"error": {"present": False}}, {"status": 1}, {"error": "refused"}),
        ({"error": {"present": True}}, {"error": "refused"}, {}),
        ({"answers": {"contains": "10.0.0.1"}}, {"answers": ["10.0.0.1"]}, {"answers": []}),
        ({"headers": {"contains": "x-a: 1"}}, {"headers": {"x-a": "1"}}, {"headers": {}}),
        ({"connected": True}, {"connected": True}, {"connected": 1}),
        ({"exit": 1}, {"exit": 1}, {"exit": True}),
    ],
)
def test_each_operator_flips(expect, right, wrong):
    assert passes(expect, right)
    assert not passes(expect, wrong)


@pytest.mark.parametrize("operator", ["differs", "lacks", "contains", "matches", "equals"])
def test_what_was_not_observed_meets_no_expectation(operator):
    assert not passes({"body": {operator: "x"}}, {"error": "timeout"})


def test_every_operator_of_a_field_must_hold():
    assert not passes({"n": {"at_least": 1, "at_most": 3}}, {"n": 4})


def test_a_flag_is_no_number():
    assert not passes({"n": {"at_least": 0}}, {"n": True})


def test_the_nonce_of_the_observation_is_expected():
    expect = {"body": {"contains": "token={nonce}"}, "id": {"matches": "^{nonce}$"}}
    assert passes(expect, {"nonce": "a.b", "body": "token=a.b", "id": "a.b"})
    assert not passes(expect, {"nonce": "a.b", "body": "token=a.b", "id": "axb"})


def test_a_failure_says_what_was_seen_and_what_was_expected():
    verdict = judge(EXPECT.validate_python({"status": 200}), {"error": "refused"})
    assert verdict.detail == 'error = "refused"; status absent; expected it to be present'


def test_a_detail_carries_no_terminal_escapes_and_is_bounded():
    verdict = judge(EXPECT.validate_python({"body": "x"}), {"body": "\x1b[2J" + "A" * 10_000})
    assert "\x1b" not in verdict.detail
    assert len(verdict.detail) <= 400


def test_the_digest_follows_the_question_not_the_expectation_or_its_spelling():
    short = PROBE.validate_python({"kind": "file", "node": "pc", "path": "/a", "timeout": "10s"})
    long = PROBE.validate_python({"path": "/a", "node": "pc", "kind": "file", "timeout": 10})
    other = PROBE.validate_python({"kind": "file", "node": "pc", "path": "/b"})
    assert probe_digest(short) == probe_digest(long)
    assert probe_digest(short) != probe_digest(other)
