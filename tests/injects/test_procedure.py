"""Procedures: what their scripts are given, how they end, and that they end once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from range.guest.base import Completed, Guest, GuestUnreachable
from range.guest.once import Lost
from range.injects.context import LabContext, environment, opaque, receipt_name
from range.injects.procedure import run_procedure
from range.scenario.inject import ProcedureUse

Make = Callable[..., LabContext]
EVIL = '\'; touch /tmp/pwned-$(id -u); echo "$HOME" `id` \\ #\nnext'


def use(**more: Any) -> ProcedureUse:
    return ProcedureUse.model_validate({"procedure": "p", "node": "attacker", **more})


class C2:
    """A guest with only c2ctl, answering from a table; the rest of Guest is not needed here."""

    node = "attacker"

    def __init__(self, *answers: Completed) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[Sequence[str], bytes]] = []

    def run(self, argv: Sequence[str], *, stdin: bytes = b"", **_: Any) -> Completed:
        self.asked.append((argv, stdin))
        return self.answers.pop(0)


def answered(exit_: int, stdout: str = "") -> Completed:
    text = json.dumps({"exit": exit_, "stdout": stdout, "stderr": ""})
    return Completed(0, text.encode(), b"")


def test_steps_run_in_order_until_one_fails(with_procedure: Make) -> None:
    context = with_procedure(
        {"name": "one", "run": "echo one >> /tmp/trail"},
        {"name": "two", "run": "false"},
        {"name": "three", "run": "echo three >> /tmp/trail"},
    )
    ended = run_procedure("A01", use(), context)
    assert ended.outcome == "error"
    assert ended.detail.startswith("two: ")
    assert context.guest("attacker").read("/tmp/trail").content == b"one\n"


def test_a_failure_counts_as_prevented_only_with_evidence(with_procedure: Make) -> None:
    context = with_procedure({"name": "try", "run": "false"})
    stopped = run_procedure("A01", use(prevented_by=["cut"]), context)
    assert (stopped.outcome, stopped.blocked_by) == ("prevented", "cut")
    context.guest("pc").write("/run/implant", b"")
    broken = run_procedure("A02", use(prevented_by=["cut"]), context)
    assert (broken.outcome, broken.blocked_by) == ("error", "")


def test_facts_are_found_in_what_steps_print_and_cleaned(with_procedure: Make) -> None:
    step = {"name": "look", "run": "echo since=10:20\x1b[0m bytes=5", "facts": {
        "since": r"since=(\S+)", "all": r"bytes=\d"}}  # fmt: skip
    ended = run_procedure("A01", use(), with_procedure(step))
    assert ended.facts == {"since": "10:20[0m", "all": "bytes=5"}


def test_a_fact_that_is_not_printed_is_an_error(with_procedure: Make) -> None:
    step = {"name": "look", "run": "echo nothing", "facts": {"since": "since=(.*)"}}
    ended = run_procedure("A01", use(), with_procedure(step))
    assert (ended.outcome, ended.detail) == ("error", "look: its output has no since")


def test_a_fact_that_was_never_recorded_is_an_error_not_a_crash(with_procedure: Make) -> None:
    context = with_procedure({"name": "x", "run": "true"}, vars={"since": None})
    wants = use(vars={"since": {"inject": "A07", "fact": "bytes"}})
    assert run_procedure("A01", wants, context).detail == "A07 recorded no fact bytes"


def test_the_environment_has_variables_secrets_facts_and_the_injects_own(
    with_procedure: Make,
) -> None:
    context = with_procedure({"name": "x", "run": "true"}, vars={"plain": "a", "web-url": None})
    wants = use(session="pc", vars={
        "web-url": EVIL, "token": {"secret": "token"}, "since": {"inject": "A01", "fact": "since"},
        "quiet": True})  # fmt: skip
    env = environment("A03", context.bundle.procedures["p"], wants, context)
    assert env["PLAIN"] == "a"
    assert env["WEB_URL"] == EVIL
    assert len(env["TOKEN"]) == 20
    assert (env["SINCE"], env["QUIET"]) == ("10:20", "true")
    assert (env["EXERCISE"], env["SESSION"]) == ("e1", "pc")
    assert env["INJECT"] == opaque(context.lab.seed, "inject", "A03")[:12]
    assert (
        env["NONCE"] == environment("A03", context.bundle.procedures["p"], wants, context)["NONCE"]
    )


def test_a_value_never_becomes_shell_on_its_way_to_an_implant(with_procedure: Make) -> None:
    context = with_procedure({"name": "x", "c2": 'printf %s "$WHAT"'}, vars={"what": None})
    c2 = C2(answered(0))
    run_procedure(
        "A03",
        use(session="pc", vars={"what": EVIL}),
        replace(context, guest=lambda _: cast(Guest, c2)),
    )
    ((argv, stdin),) = c2.asked
    assert argv[:4] == ["c2ctl", "run", "pc", receipt_name(context.lab.seed, "A03", 1)]
    heard = subprocess.run(["sh"], input=stdin, capture_output=True, check=True, timeout=10)
    assert heard.stdout.decode() == EVIL


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        (answered(0, "bytes=7"), "succeeded", ""),
        (answered(1), "error", "exit = 1"),
        (Completed(75, b"", b""), "error", "no session"),
        (Completed(0, b"what?", b""), "error", "exit = 1"),
        (Completed(1, b"", b"server down"), "error", "server down"),
    ],
)
def test_what_the_c2_answers_decides(
    with_procedure: Make, answer: Completed, outcome: str, said: str
) -> None:
    context = replace(
        with_procedure({"name": "x", "c2": "id"}), guest=lambda _: cast(Guest, C2(answer))
    )
    ended = run_procedure("A03", use(session="pc"), context)
    assert ended.outcome == outcome
    assert said in ended.detail


def test_a_guest_that_cannot_be_reached_is_an_error(with_procedure: Make) -> None:
    def gone(_: str) -> Any:
        raise GuestUnreachable("team1 attacker does not run")

    context = replace(with_procedure({"name": "x", "run": "true"}), guest=gone)
    assert run_procedure("A01", use(), context).detail == "team1 attacker does not run"


def test_the_second_run_does_nothing_twice(with_procedure: Make) -> None:
    context = with_procedure({"name": "x", "run": "echo x >> /tmp/count", "facts": {}})
    for how in ("first", "resumed"):
        assert run_procedure("A01", use(), context, how=how).outcome == "succeeded"
    assert context.guest("attacker").read("/tmp/count").content == b"x\n"
    run_procedure("A01", use(), context, round_=1)  # fired again
    assert context.guest("attacker").read("/tmp/count").content == b"x\nx\n"


def test_only_the_step_that_was_lost_is_done_again(with_procedure: Make) -> None:
    context = with_procedure(
        {"name": "one", "run": "echo one >> /tmp/trail"},
        {"name": "two", "run": "echo two >> /tmp/trail"},
    )
    run_procedure("A01", use(), context)
    _lose(context, receipt_name(context.lab.seed, "A01", 2))
    with pytest.raises(Lost):
        run_procedure("A01", use(), context, how="resumed")
    assert run_procedure("A01", use(), context, how="retried").outcome == "succeeded"
    assert context.guest("attacker").read("/tmp/trail").content == b"one\ntwo\ntwo\n"


def test_a_procedure_ends_by_its_own_time(
    with_procedure: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[Mapping[str, object]] = [{"name": f"s{n}", "run": "true"} for n in (1, 2)]
    times = iter([0.0, 0.0, 100.0])
    monkeypatch.setattr("range.injects.procedure.time.monotonic", lambda: next(times))
    ended = run_procedure("A01", use(timeout=60), with_procedure(*steps))
    assert ended.detail == "s2: the time of 60 s was over"


def _lose(context: LabContext, key: str) -> None:
    """Make a receipt say that its script began and never ended."""
    guest: Any = context.guest("attacker")
    (guest._folder / f"var/lib/cyder/receipts/{key}/result").unlink()
