from stories import bundle, probed

from range.grading.judge import Judge


def test_a_verdict_remembered_for_one_is_not_given_for_true():
    judge = Judge(bundle({"a": probed(expect={"count": 1})}))
    assert judge.credit("a", {"count": 1})[0] == 1
    assert judge.credit("a", {"count": True})[0] == 0


def test_a_verdict_is_not_remembered_across_nonces():
    judge = Judge(bundle({"a": probed(expect={"body": {"contains": "{nonce}"}})}))
    assert judge.credit("a", {"body": "x1", "nonce": "x1"})[0] == 1
    assert judge.credit("a", {"body": "x1", "nonce": "x2"})[0] == 0


def test_what_cannot_be_remembered_is_judged_each_time():
    judge = Judge(bundle({"a": probed(expect={"answers": {"contains": "a"}})}))
    assert judge.credit("a", {"answers": ["a"]})[0] == 1
    assert judge.credit("a", {"answers": ["b"]})[0] == 0


def test_a_check_without_a_probe_has_no_digest():
    assert Judge(bundle({"a": probed()})).digest("b") is None
