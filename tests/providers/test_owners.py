from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from range.providers.lxc.owners import shift_owners

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="changing owners needs root")

BASE, COUNT = 5_000_000, 65_536
NET_RAW = 1 << 13


def made(folder: Path, name: str, uid: int, mode: int = 0o644) -> Path:
    path = folder / name
    path.write_text(name)
    os.chown(path, uid, uid)
    path.chmod(mode)
    return path


def test_owners_of_the_guest_become_owners_from_zero_and_others_stay(tmp_path):
    root, web = made(tmp_path, "root", BASE), made(tmp_path, "web", BASE + 33)
    other = made(tmp_path, "other", 1000)
    (tmp_path / "link").symlink_to("/etc/passwd")
    before = Path("/etc/passwd").stat().st_uid
    shift_owners(tmp_path, -BASE, COUNT)
    assert [path.stat().st_uid for path in (root, web, other)] == [0, 33, 1000]
    assert Path("/etc/passwd").stat().st_uid == before


def test_a_second_time_changes_nothing(tmp_path):
    web = made(tmp_path, "web", BASE + 33)
    shift_owners(tmp_path, -BASE, COUNT)
    shift_owners(tmp_path, -BASE, COUNT)
    assert web.stat().st_uid == 33


def test_programs_that_run_as_their_owner_still_do(tmp_path):
    sudo = made(tmp_path, "sudo", BASE, 0o4755)
    shift_owners(tmp_path, -BASE, COUNT)
    assert sudo.stat().st_mode & 0o7777 == 0o4755


def test_capabilities_of_the_guests_root_become_those_of_any_root(tmp_path):
    ping = made(tmp_path, "ping", BASE, 0o755)
    os.setxattr(
        ping, "security.capability",
        struct.pack("<6I", 0x0300_0001, NET_RAW, 0, 0, 0, BASE),
    )  # fmt: skip
    shift_owners(tmp_path, -BASE, COUNT)
    kept = struct.unpack("<5I", os.getxattr(ping, "security.capability"))
    assert kept == (0x0200_0001, NET_RAW, 0, 0, 0)
