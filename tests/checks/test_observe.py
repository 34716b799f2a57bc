"""Observations: what a guest says is bounded and clean, and only a failing checker is an error."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from range.checks.observe import LabView, observe
from range.checks.registry import OBSERVERS
from range.checks.view import NotKnown
from range.grading.predicate import Outcome, judge
from range.guest.base import Completed, FileClaim, GuestUnreachable, Process
from range.network.agent.agent import AgentFailed, AgentLate
from range.plan.secrets import secret
from range.scenario.model import FactRef, SecretRef
from range.scenario.probe import OBSERVES, Expect, Probe
from range.scenario.scenario import Scenario, Secret

PROBE: TypeAdapter[Any] = TypeAdapter(Probe)
EXPECT: TypeAdapter[Any] = TypeAdapter(Expect)


def test_every_kind_of_probe_has_its_observer_and_no_other():
    union = get_args(get_args(Probe)[0])
    kinds = {get_args(kind.model_fields["kind"].annotation)[0] for kind in union}
    assert set(OBSERVERS) == kinds == set(OBSERVES)


@dataclass
class FakeGuest:
    """A guest that answers as it was told."""

    node: str = "pc-1"
    completed: Completed | None = None
    files: dict[str, FileClaim] = field(default_factory=dict)
    running: tuple[Process, ...] = ()
    ran: list[Any] = field(default_factory=list)

    def run(self, argv, **options):
        self.ran.append((argv, options))
        if self.completed is None:
            raise GuestUnreachable("no end within 5 s")
        return self.completed

    def read(self, path, *, limit, tail=False):
        return self.files.get(path, FileClaim("absent"))

    def processes(self):
        return self.running


@dataclass
class FakeAgents:
    """Agents that remember what they were asked."""

    answer: dict[str, Any] | Exception = field(default_factory=dict)
    asked: list[Any] = field(default_factory=list)

    def at(self, namespace, addresses=()):
        self.where = (namespace, tuple(map(str, addresses)))
        return self

    def ask(self, op, args, timeout):
        self.asked.append((op, args, timeout))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class FakeProvider:
    """Knows one guest."""

    known: FakeGuest

    def guest(self, lab, node):
        if node != self.known.node:
            raise GuestUnreachable(f"{node} does not run")
        return self.known

    def network_namespace(self, lab, place):
        return f"/ns/{place}"


@pytest.fixture
def guest():
    return FakeGuest()


@pytest.fixture
def agents():
    return FakeAgents()


@pytest.fixture
def view(plan_two_segments, guest, agents):
    plan = plan_two_segments()
    scenario = Scenario.model_construct(secrets={"mail": Secret(length=12)})
    return LabView(FakeProvider(guest), plan.labs[0], scenario, {"A1": {"bytes": 7}}, agents)


def look(view, **probe):
    return observe(PROBE.validate_python(probe), view)


def test_a_program_s_output_is_clean_and_carries_the_nonce(view, guest):
    guest.completed = Completed(3, b"\x1b[1mhi\x07\n" + b"x" * 99_999, b"\xff")
    seen = look(view, kind="command", node="pc-1", run="id")
    assert seen.raw["exit"] == 3
    assert seen.raw["stdout"].startswith("[1mhi\n")
    assert len(seen.raw["stdout"]) <= 16_384
    assert seen.raw["nonce"] == view.nonce == guest.ran[0][1]["env"]["NONCE"]


def test_a_guest_that_does_not_answer_is_an_error_and_not_a_fail(view):
    assert look(view, kind="command", node="pc-1", run="id").error == "no end within 5 s"
    assert look(view, kind="file", node="pc-2", path="/x").error == "pc-2 does not run"


def test_a_service_that_is_down_is_an_observation_that_fails(view, agents):
    agents.answer = {"error": "refused", "ms": 1}
    seen = look(view, **{"kind": "http", "from": "inside", "requests": [{"url": "http://a/"}]})
    assert seen.error is None
    expect = EXPECT.validate_python({"status": 200})
    assert judge(expect, seen.raw).outcome is Outcome.FAIL


def test_a_service_that_takes_too_long_is_a_time_out_of_the_service(view, agents):
    agents.answer = AgentLate("no end within its time")
    seen = look(view, **{"kind": "tcp", "from": "pc-1", "host": "10.9.1.1", "port": 80,
                         "timeout": 4})  # fmt: skip
    assert seen.raw == {"connected": False, "banner": "", "error": "timeout", "ms": 4000,
                        "nonce": view.nonce}  # fmt: skip


def test_an_agent_that_fails_is_an_error(view, agents):
    agents.answer = AgentFailed("the agents' process ended")
    seen = look(view, **{"kind": "tcp", "from": "pc-1", "host": "10.9.1.1", "port": 80})
    assert seen.raw is None
    assert seen.error == "the agents' process ended"


def test_probes_start_at_hidden_addresses_of_networks_or_in_nodes(view, agents):
    probe = next(p for p in view.lab.probes if p.network == "inside")
    look(view, **{"kind": "tcp", "from": "inside", "host": "10.9.1.1", "port": 80})
    assert agents.where == ("/ns/inside", tuple(map(str, probe.addresses)))
    look(view, **{"kind": "tcp", "from": "pc-1", "host": "10.9.1.1", "port": 80})
    assert agents.where == ("/ns/pc-1", ())
    assert [args["resolver"] for _, args, _ in agents.asked] == ["10.9.1.1", "10.9.1.1"]
    look(view, **{"kind": "tcp", "from": "outside", "host": "203.0.113.2", "port": 80})
    assert agents.asked[-1][1]["resolver"] == ""


def test_secrets_facts_and_nonces_are_filled_in(view, agents):
    look(view, **{
        "kind": "http", "from": "inside", "user": "op", "password": {"secret": "mail"},
        "requests": [{"url": "http://a/{nonce}", "method": "POST", "headers": {"X": "{nonce}"},
                      "form": {"n": {"inject": "A1", "fact": "bytes"}, "flag": True,
                               "t": "{nonce}"}}],
    })  # fmt: skip
    args = agents.asked[0][1]
    request = args["requests"][0]
    assert args["password"] == secret(view.lab.seed, "mail", 12)
    assert request["url"] == f"http://a/{view.nonce}"
    assert request["form"] == {"n": "7", "flag": "true", "t": view.nonce}
    assert request["headers"] == {"X": view.nonce}


def test_a_fact_that_was_never_recorded_is_an_error(view):
    seen = look(view, **{
        "kind": "http", "from": "inside",
        "requests": [{"url": "http://a/", "form": {"n": {"inject": "A9", "fact": "bytes"}}}],
    })  # fmt: skip
    assert seen.error == "A9 recorded no fact bytes"
    with pytest.raises(NotKnown):
        view.text(FactRef(inject="A1", fact="other"))


def test_values_are_the_same_text_everywhere(view):
    assert view.text(SecretRef(secret="mail")) == secret(view.lab.seed, "mail", 12)
    assert [view.text(v) for v in (1, 1.5, False, "a")] == ["1", "1.5", "false", "a"]


def test_each_look_has_a_nonce_of_its_own(view, plan_two_segments):
    other = LabView(view.provider, view.lab, view.scenario, {}, view.agents)
    assert view.nonce != other.nonce


def test_a_file_is_told_with_owner_mode_and_digest(view, guest):
    content = "memo\u202e\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    guest.files["/m"] = FileClaim("file", 8, 0o4640, 1000, 0, 0.0, content, digest)
    assert look(view, kind="file", node="pc-1", path="/m").raw == {
        "exists": True, "type": "file", "size": 8, "owner": 1000, "mode": "4640",
        "content": "memo\n", "sha256": digest, "nonce": view.nonce,
    }  # fmt: skip
    assert look(view, kind="file", node="pc-1", path="/no").raw["exists"] is False


def test_lines_of_a_log_are_counted_across_its_rotation(view, guest):
    guest.files["/l.1"] = FileClaim("file", content=b"hit 1\nmiss\n")
    guest.files["/l"] = FileClaim("file", content=b"hit \x1b2\nhit 3\n")
    seen = look(view, kind="log", node="pc-1", path="/l", matches=r"^hit \d$").raw
    assert (seen["count"], seen["lines"]) == (3, ["hit 1", "hit 2", "hit 3"])
    assert "error" not in seen


def test_a_log_without_end_shows_its_last_lines_only(view, guest):
    guest.files["/l"] = FileClaim("file", content=b"hit\n" * 5000)
    seen = look(view, kind="log", node="pc-1", path="/l", matches="hit").raw
    assert seen["count"] == 5000
    assert len(seen["lines"]) == 20


def test_a_log_that_is_gone_is_told(view):
    seen = look(view, kind="log", node="pc-1", path="/l", matches="hit").raw
    assert (seen["count"], seen["error"]) == (0, "absent")


def test_processes_are_matched_by_their_whole_command_line(view, guest):
    guest.running = (
        Process(1, ("/sbin/init",)),
        Process(7, ("python3", "/tmp/\x1bsyncd.py", "--x")),
    )
    seen = look(view, kind="process", node="pc-1", matches=r"python3 \S*syncd\.py").raw
    assert (seen["count"], seen["commands"]) == (1, ["python3 /tmp/syncd.py --x"])
