"""The shelf of snapshots: whole or not there, and never the host's last bytes."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from range.errors import ProvisioningFailed
from range.providers.snapshots import NoSuchSnapshot, Shelf, remove, room_for_copy
from range.settings import Settings


@pytest.fixture
def shelf(tmp_path, plan_two_segments) -> Shelf:
    return Shelf(Settings(home=tmp_path), plan_two_segments("test").labs[0])


def keep(shelf: Shelf, name: str, text: str = "kept") -> None:
    with shelf.adding("pc-1", name) as place:
        place.mkdir()
        (place / "file").write_text(text)


def test_what_was_interrupted_is_not_there_and_does_not_stand_in_the_way(shelf, tmp_path):
    with pytest.raises(FileNotFoundError), shelf.adding("pc-1", "a") as place:
        (place / "file").write_text("into a folder that is not there")
    lab = tmp_path / "labs/test/snapshots/team1"
    (lab / "b/.pc-1.new/contents").mkdir(parents=True)  # killed while it was copied
    (lab / "c/pc-1/contents").mkdir(parents=True)  # killed between the last two steps
    assert shelf.listed() == ()
    for name in ("a", "b", "c"):
        keep(shelf, name)
    assert [kept.name for kept in shelf.listed()] == ["a", "b", "c"]
    assert sorted(path.name for path in (lab / "b").iterdir()) == ["pc-1"]
    assert (shelf.contents("pc-1", "c") / "file").read_text() == "kept"


@pytest.mark.parametrize("about", ["", "[]", "{}", '{"at": "x", "size": 1}', "\xff"])
def test_a_snapshot_that_is_damaged_is_as_good_as_none(shelf, tmp_path, about):
    keep(shelf, "a")
    file = tmp_path / "labs/test/snapshots/team1/a/pc-1/about.json"
    file.write_text(about, encoding="latin-1")
    assert shelf.listed() == ()
    with pytest.raises(NoSuchSnapshot):
        shelf.contents("pc-1", "a")


def test_only_root_looks_into_what_guests_have_written(shelf, tmp_path):
    keep(shelf, "a")
    assert (tmp_path / "labs/test/snapshots").stat().st_mode & 0o777 == 0o700


def test_a_copy_that_would_take_the_last_bytes_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    room_for_copy(tmp_path, tmp_path, 100_000)
    with pytest.raises(ProvisioningFailed, match="only 0 MiB are free"):
        room_for_copy(tmp_path, tmp_path, 950_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    room_for_copy(tmp_path, tmp_path, -200_000)  # what is there goes first


def test_a_tree_however_deep_is_removed(tmp_path: Path) -> None:
    top = tmp_path / "deep"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    remove(top)
    assert not top.exists()
