"""What every provider promises, tried on each of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from range.errors import ProvisioningFailed
from range.guest.base import GuestUnreachable
from range.plan.model import Plan
from range.providers import deployments
from range.providers.base import Progress, Provider
from range.providers.memory import MemoryProvider
from range.providers.snapshots import MOST, NoSuchSnapshot, SnapshotRefused
from range.settings import Settings


@dataclass(frozen=True)
class Case:
    """A provider and a plan of two labs for it."""

    provider: Provider
    plan: Plan
    settings: Settings

    def up(self) -> list[Progress]:
        told: list[Progress] = []
        lock = threading.Lock()

        def report(progress: Progress) -> None:
            with lock:
                told.append(progress)

        self.provider.up(self.plan, report)
        return told

    def states(self) -> dict[tuple[str, str], str]:
        return {(told.team, told.node): told.state for told in self.provider.status(self.plan)}


@pytest.fixture(params=["memory", pytest.param("lxc", marks=pytest.mark.guests)])
def case(request, tmp_path, plan_two_segments) -> Iterator[Case]:
    if request.param == "memory":
        here = Settings(home=tmp_path)
        yield Case(MemoryProvider(here), plan_two_segments("test"), here)
        return
    from range.providers.lxc.provider import LxcProvider

    here = request.getfixturevalue("host")
    plan = request.getfixturevalue("plan_real")("contract")
    provider = LxcProvider(here)
    yield Case(provider, plan, here)
    provider.down(plan.deployment)


def every_node(case: Case) -> set[tuple[str, str]]:
    return {(lab.team, node.name) for lab in case.plan.labs for node in lab.nodes}


def test_up_makes_every_node_and_says_so(case):
    told = case.up()
    assert {(t.team, t.node) for t in told if t.state == "running"} == every_node(case)
    assert case.states() == dict.fromkeys(every_node(case), "running")


def test_before_up_and_after_down_nothing_is_there(case):
    assert set(case.states().values()) == {"absent"}
    case.up()
    assert case.provider.down(case.plan.deployment) == len(every_node(case))
    assert set(case.states().values()) == {"absent"}


def test_down_of_what_is_not_there_is_fine(case):
    assert case.provider.down(case.plan.deployment) == 0


def test_up_again_leaves_what_runs_as_it_is(case):
    case.up()
    first = case.plan.labs[0]
    case.provider.guest(first, "pc-1").write("/srv/work", b"of the team")
    case.up()
    assert case.provider.guest(first, "pc-1").read("/srv/work").content == b"of the team"


def test_reset_undoes_one_node_and_no_other(case):
    case.up()
    first = case.plan.labs[0]
    for node in ("pc-1", "pc-2"):
        case.provider.guest(first, node).write("/srv/work", b"x")
    case.provider.reset(first, "pc-1")
    assert case.provider.guest(first, "pc-1").read("/srv/work").type == "absent"
    assert case.provider.guest(first, "pc-2").read("/srv/work").type == "file"
    assert case.states()["team1", "pc-1"] == "running"


def test_labs_share_nothing(case):
    case.up()
    first, second = case.plan.labs
    case.provider.guest(first, "pc-1").write("/srv/work", b"x")
    assert case.provider.guest(second, "pc-1").read("/srv/work").type == "absent"


def test_a_guest_that_is_not_there_is_unreachable(case):
    with pytest.raises(GuestUnreachable):
        case.provider.guest(case.plan.labs[0], "pc-1")


def test_an_unknown_node_is_unreachable(case):
    case.up()
    with pytest.raises(GuestUnreachable):
        case.provider.guest(case.plan.labs[0], "nobody")


def test_places_of_a_lab_have_namespaces_of_their_own(case):
    case.up()
    places = [
        case.provider.network_namespace(lab, place)
        for lab in case.plan.labs
        for place in ("access", "inside", "outside", "pc-1")
    ]
    assert len(set(places)) == len(places)


def test_what_up_made_is_found_by_another_process(case):
    """A new provider knows nothing but what is on disk and on the host."""
    case.up()
    other = type(case.provider)(case.settings)
    other.guest(case.plan.labs[0], "pc-1").write("/srv/work", b"x")
    assert case.provider.guest(case.plan.labs[0], "pc-1").read("/srv/work").content == b"x"
    deployments.save(case.settings, case.plan)
    assert other.down(case.plan.deployment) == len(every_node(case))


def content(case: Case, node: str, path: str = "/srv/work") -> bytes:
    return case.provider.guest(case.plan.labs[0], node).read(path).content


def write(case: Case, node: str, text: bytes, path: str = "/srv/work") -> None:
    case.provider.guest(case.plan.labs[0], node).write(path, text)


def test_a_snapshot_brings_one_node_back_to_its_moment_and_no_other(case):
    case.up()
    first, second = case.plan.labs
    for node in ("pc-1", "pc-2"):
        write(case, node, b"before")
    case.provider.guest(second, "pc-1").write("/srv/work", b"of others")
    case.provider.snapshot(first, "pc-1", "clean")
    for node in ("pc-1", "pc-2"):
        write(case, node, b"after")
        write(case, node, b"x", "/srv/new")
    case.provider.revert(first, "pc-1", "clean")
    assert content(case, "pc-1") == b"before"
    assert case.provider.guest(first, "pc-1").read("/srv/new").type == "absent"
    assert content(case, "pc-2") == b"after"
    assert case.provider.guest(second, "pc-1").read("/srv/work").content == b"of others"
    assert case.states() == dict.fromkeys(every_node(case), "running")


def test_a_node_goes_back_and_forth_between_snapshots_also_after_a_reset(case):
    case.up()
    lab = case.plan.labs[0]
    for name in ("one", "two"):
        write(case, "pc-1", name.encode())
        case.provider.snapshot(lab, "pc-1", name)
    case.provider.reset(lab, "pc-1")
    for name in ("one", "two", "one"):
        case.provider.revert(lab, "pc-1", name)
        assert content(case, "pc-1") == name.encode()
        write(case, "pc-1", b"spoilt")


def test_snapshots_are_listed_by_whoever_looks_and_gone_after_down(case):
    case.up()
    lab = case.plan.labs[0]
    write(case, "pc-1", b"x" * 100_000)
    case.provider.snapshot(lab, "pc-1", "b")
    case.provider.snapshot(lab, "pc-2", "a")
    listed = type(case.provider)(case.settings).snapshots(lab)
    assert [(kept.node, kept.name) for kept in listed] == [("pc-1", "b"), ("pc-2", "a")]
    assert listed[0].size >= 100_000
    assert listed[0].at <= listed[1].at
    assert case.provider.snapshots(case.plan.labs[1]) == ()
    deployments.save(case.settings, case.plan)
    case.provider.down(case.plan.deployment)
    assert case.provider.snapshots(lab) == ()


def test_a_name_that_is_taken_or_none_and_a_snapshot_too_many_are_refused(case):
    case.up()
    lab = case.plan.labs[0]
    for number in range(MOST):
        case.provider.snapshot(lab, "pc-1", f"s{number}")
    for name in ("s0", "", "..", "a/b", "-a", "A", "あ", "a" * 41, "one-more"):
        with pytest.raises(SnapshotRefused):
            case.provider.snapshot(lab, "pc-1", name)
    with pytest.raises(NoSuchSnapshot) as caught:
        case.provider.revert(lab, "pc-2", "s0")
    assert caught.value.hint == "There are: none"
    with pytest.raises(NoSuchSnapshot) as caught:
        case.provider.revert(lab, "pc-1", "../../pc-2")
    assert "s0, s1" in caught.value.hint
    assert len(case.provider.snapshots(lab)) == MOST


def test_a_node_that_was_not_made_cannot_be_kept(case):
    with pytest.raises(ProvisioningFailed, match="was not made"):
        case.provider.snapshot(case.plan.labs[0], "pc-1", "early")
    assert case.provider.snapshots(case.plan.labs[0]) == ()
