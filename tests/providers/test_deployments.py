from __future__ import annotations

import threading
from pathlib import Path

import pytest

from range.errors import CyderError, HostNotReady
from range.providers import deployments
from range.settings import Settings


@pytest.fixture
def devices(tmp_path, monkeypatch) -> Path:
    """The host's network devices, as far as this module sees them: none."""
    folder = tmp_path / "devices"
    folder.mkdir()
    monkeypatch.setattr(deployments, "_NET", folder)
    return folder


@pytest.fixture
def here(tmp_path, devices) -> Settings:
    return Settings(home=tmp_path / "home")


def test_a_slot_whose_devices_the_host_still_has_is_not_given_away(here, devices):
    for name in ("cy0000b1", "cy0203n1f", "cybake0", "eth0"):
        (devices / name).mkdir()
    assert [deployments.reserve(here, name) for name in ("a", "b")] == [1, 3]


def test_each_deployment_has_a_slot_of_its_own_and_keeps_it(here):
    assert [deployments.reserve(here, name) for name in ("a", "b", "a")] == [0, 1, 0]


def test_the_slot_of_a_deployment_that_is_gone_is_taken_again(here):
    for name in ("a", "b", "c"):
        deployments.reserve(here, name)
    deployments.release(here, "b")
    assert deployments.reserve(here, "d") == 1


def test_many_that_reserve_at_once_get_different_slots(here):
    slots: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: slots.append(deployments.reserve(here, f"d{n}")))
        for n in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slots) == list(range(16))


def test_a_full_host_says_what_frees_it(here):
    for number in range(deployments.SLOTS):
        deployments.reserve(here, f"d{number}")
    with pytest.raises(HostNotReady) as caught:
        deployments.reserve(here, "one-more")
    assert "cyder down" in caught.value.hint


def test_a_plan_is_read_as_it_was_saved(here, plan_two_segments):
    plan = plan_two_segments("kept", slot=3)
    deployments.save(here, plan)
    assert deployments.load(here, "kept") == plan
    assert deployments.names(here) == ["kept"]


def test_a_deployment_that_is_not_there_is_an_input_error_naming_those_that_are(
    here, plan_two_segments
):
    deployments.save(here, plan_two_segments("kept"))
    with pytest.raises(deployments.NoSuchDeployment) as caught:
        deployments.need(here, "lost")
    assert caught.value.exit_code == 2
    assert "kept" in caught.value.hint


def test_a_damaged_plan_is_said_to_be_damaged(here, plan_two_segments):
    deployments.save(here, plan_two_segments("kept"))
    (here.labs / "kept" / "plan.json").write_text('{"scenario": 1}')
    with pytest.raises(CyderError, match="another version or damaged"):
        deployments.load(here, "kept")


def test_a_lock_keeps_others_waiting_until_it_is_given_back(here):
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.set()
        with deployments.lock(here, "a"):
            order.append("second")

    thread = threading.Thread(target=second)
    with deployments.lock(here, "a"):
        thread.start()
        entered.wait()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
