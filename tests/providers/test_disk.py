"""How big a lab's disk is, and when it has none. What it holds back is shown by real guests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from range.errors import HostNotReady
from range.providers.lxc import disk
from range.settings import Settings

GIB = 2**30


@pytest.fixture
def here(tmp_path, monkeypatch) -> Settings:
    """A state folder on a file system of 20 GiB of which 12 are free."""
    home = Settings(home=tmp_path)
    home.labs.mkdir()
    facts = type("Facts", (), {"f_bavail": 12 * GIB // 4096, "f_frsize": 4096})
    monkeypatch.setattr(disk.os, "statvfs", lambda path: facts)
    return home


def image(here: Settings, deployment: str, size: int) -> Path:
    path = here.labs / deployment / "lxc" / "team1.disk"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path


def test_a_guest_has_what_is_planned_where_the_host_has_it(here):
    assert disk._share(here, 4) == disk.EACH


def test_guests_share_what_the_host_has_beside_what_it_needs_itself(here):
    assert disk._share(here, 40) == 10 * GIB // 40


def test_what_other_labs_may_still_write_is_not_given_away_again(here):
    made = image(here, "other", 6 * GIB)
    assert disk._share(here, 40) == 4 * GIB // 40
    with made.open("r+b") as file:  # what they have written is gone from the free room already
        file.write(b"x" * 4096)
    assert disk._share(here, 40) > 4 * GIB // 40


def test_more_guests_than_the_host_has_room_for_are_refused_with_what_would_help(here):
    with pytest.raises(HostNotReady, match="disks of 250 guests need") as caught:
        disk._share(here, 250)
    assert "cyder down" in caught.value.hint


def test_where_there_are_no_loop_devices_nothing_is_made(here, monkeypatch):
    monkeypatch.setattr(disk, "_LOOPS", here.home / "no-loop-control")
    lab = here.labs / "city" / "lxc" / "team1"
    disk.ensure_disks(here, {lab: 4})
    assert not disk.image_of(lab).exists()


def test_guests_that_were_made_without_a_disk_stay_as_they_are(here, monkeypatch):
    monkeypatch.setattr(disk, "_LOOPS", here.home)
    lab = here.labs / "city" / "lxc" / "team1"
    (lab / "pc" / "upper").mkdir(parents=True)
    disk.ensure_disks(here, {lab: 4})
    assert not disk.image_of(lab).exists()
    disk.remove_disk(lab)
    assert (lab / "pc" / "upper").is_dir()
    shutil.rmtree(lab)
