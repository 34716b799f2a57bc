from __future__ import annotations

import shutil
import subprocess
import sys
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
    return Settings(home=tmp_path / "home", host=tmp_path / "host")


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


@pytest.fixture
def there(tmp_path, devices) -> Settings:
    """Another state folder of the same host."""
    return Settings(home=tmp_path / "elsewhere", host=tmp_path / "host")


def test_two_state_folders_of_a_host_never_get_the_same_slot(here, there):
    homes = (here, there, here, there)
    assert [deployments.reserve(home, f"d{n}") for n, home in enumerate(homes)] == [0, 1, 2, 3]
    deployments.release(here, "d2")
    assert deployments.reserve(there, "d4") == 2


def test_a_state_folder_that_was_removed_gives_its_slots_back(here, there):
    assert deployments.reserve(there, "theirs") == 0
    shutil.rmtree(there.home)
    assert deployments.reserve(here, "mine") == 0


def test_a_name_that_another_state_folder_has_is_refused_with_where_it_is(here, there):
    deployments.reserve(there, "city")
    with pytest.raises(CyderError, match=str(there.home)) as caught:
        deployments.reserve(here, "city")
    assert "--name" in caught.value.hint
    assert not (here.labs / "city").exists()


def test_a_slot_that_went_to_another_state_folder_is_not_used_any_more(here, there):
    """As when a state folder was away, on a disk that was not mounted, and came back."""
    assert deployments.reserve(here, "old") == 0
    aside = here.home.rename(here.home.with_name("aside"))
    assert deployments.reserve(there, "new") == 0
    aside.rename(here.home)
    with pytest.raises(CyderError, match="given to another state folder"):
        deployments.reserve(here, "old")


def test_a_deployment_without_guests_takes_no_slot_of_the_host(here, there):
    assert deployments.reserve(here, "a", on_host=False) == 0
    assert deployments.reserve(there, "b") == 0
    assert deployments.reserve(here, "c", on_host=False) == 1
    assert deployments.reserve(here, "d") == 2


def test_processes_of_many_state_folders_that_reserve_at_once_get_different_slots(tmp_path):
    program = (
        "import sys; from pathlib import Path; from range.settings import Settings\n"
        "from range.providers import deployments; deployments._NET = Path(sys.argv[1])\n"
        "here = Settings(home=Path(sys.argv[2]), host=Path(sys.argv[3]))\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "print(*(deployments.reserve(here, f'{here.home.name}-{n}') for n in range(12)))\n"
    )
    (tmp_path / "devices").mkdir()
    several = [
        subprocess.Popen(
            [sys.executable, "-c", program, tmp_path / "devices", tmp_path / f"home{n}",
             tmp_path / "host"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for n in (1, 2, 3, 4)
    ]  # fmt: skip
    for process in several:
        assert process.stdout.readline() == "ready\n"
    for process in several:
        process.stdin.write("go\n")
        process.stdin.flush()
    slots = [int(slot) for process in several for slot in process.communicate()[0].split()]
    assert sorted(slots) == [*range(48)]


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
