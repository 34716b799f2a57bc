"""One file system for each lab, of a fixed size: what its guests write cannot fill the host's.

It lies in a sparse image, so room that is not used costs nothing. A guest that fills it is told
that its disk is full, and so are the other guests of its team; the host and other teams do not
notice.
"""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from range.errors import HostNotReady, ProvisioningFailed
from range.providers.lxc.mounts import unmount
from range.settings import Settings

MIB = 2**20
EACH = 1024 * MIB  # for a guest, on average: how they share it is theirs
_LEAST = 48 * MIB  # with less, a guest may not even boot
_KEPT_FREE = 2048 * MIB  # of the host's disk, for images, logs and everything else
_AT_ONCE = 4  # file systems that are made at a time
_LOOPS = Path("/dev/loop-control")
_MAKE = (
    "mkfs.ext4", "-q", "-F", "-m", "0", "-b", "4096", "-J", "size=8", "-O", "^resize_inode",
    "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard",
)  # fmt: skip
# Tables of inodes that nobody needs stay unwritten; what guests delete is given back to the host.
_OPTIONS = "loop,noatime,noinit_itable,discard"


def image_of(lab: Path) -> Path:
    """Return the image behind a lab's folder."""
    return lab.with_name(f"{lab.name}.disk")


def ensure_disks(settings: Settings, labs: dict[Path, int]) -> None:
    """Mount a file system at each folder of `labs` (folder -> guests), made if it is not there.

    Folders with guests that were made without one stay as they are. On a host without loop devices
    nothing is made, and nothing limits what guests write; the doctor says so. HostNotReady when the
    host has too little room.
    """
    if not _LOOPS.exists():
        return
    for folder in labs:
        folder.mkdir(parents=True, exist_ok=True)
    new = [folder for folder in labs if not image_of(folder).exists() and not any(folder.iterdir())]
    each = _share(settings, sum(labs[folder] for folder in new))

    def ready(folder: Path) -> None:
        if folder in new:
            _make(image_of(folder), each * labs[folder])
        mount_disk(folder)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(ready, labs))


def mount_disk(folder: Path) -> None:
    """Mount a lab's file system where that is not done, as after a restart of the host."""
    if image_of(folder).exists() and not folder.is_mount():
        _run("mount", "-o", _OPTIONS, str(image_of(folder)), str(folder))


def remove_disk(folder: Path) -> None:
    """Take a lab's file system away, with all that is in it; none there is fine."""
    unmount(folder)
    image_of(folder).unlink(missing_ok=True)


def _share(settings: Settings, guests: int) -> int:
    """Bytes for each of so many new guests, of what the host has and no lab may still claim."""
    facts = os.statvfs(settings.labs)
    promised = 0
    for image in settings.labs.glob("*/lxc/*.disk"):
        size = image.stat()
        promised += size.st_size - size.st_blocks * 512
    room = facts.f_bavail * facts.f_frsize - promised - _KEPT_FREE
    each = min(EACH, room // max(guests, 1))
    if guests and each < _LEAST:
        raise HostNotReady(
            f"the disks of {guests} guests need {guests * _LEAST // MIB} MiB beside what other "
            f"labs may still write and {_KEPT_FREE // MIB} MiB for the host",
            hint="Remove other labs (cyder status, cyder down), or take fewer teams.",
        )
    return each


def _make(image: Path, size: int) -> None:
    """Make an image, whole or not at all."""
    aside = image.with_suffix(".making")
    with aside.open("wb") as file:
        file.truncate(size)
    aside.chmod(0o600)
    _run(*_MAKE, str(aside))
    aside.rename(image)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise ProvisioningFailed(f"{words[0]}: {' '.join(done.stderr.split())[:300]}")
