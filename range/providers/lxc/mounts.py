"""Root file systems of guests: layers mounted with shifted owners, an overlay above them.

Each guest has a range of uids of its own. Layers are owned by uids from 0, so they are mounted with
a mapping; the upper directory belongs to the guest's own uids, because an overlay with a mapped
upper would be read-only. Once the overlay is mounted, it no longer needs the mounts of its layers.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from range.errors import HostNotReady, ProvisioningFailed

UIDS = 65_536  # of each guest

_libc = ctypes.CDLL(None, use_errno=True)
# Numbers that all Linux architectures but alpha share.
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_OPEN_TREE_CLONE = 1
_MOVE_MOUNT_F_EMPTY_PATH = 4
_AT_EMPTY_PATH = 0x1000
_MOUNT_ATTR_IDMAP = 0x0010_0000
_MNT_DETACH = 2
_CLONE_FS, _CLONE_NEWNS = 0x200, 0x2_0000
_ENOENT, _EINVAL = 2, 22


class _MountAttr(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def _call(what: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise ProvisioningFailed(
            f"{what}: {os.strerror(number)}",
            hint="Mounts with shifted owners need Linux 5.19 and ext4, xfs or btrfs.",
        )
    return result


@contextmanager
def user_namespace(uid_base: int) -> Iterator[int]:
    """Yield a descriptor of a user namespace that maps 0.. to `uid_base`.. (65,536 ids)."""
    child = subprocess.Popen(
        ["unshare", "--user", "sh", "-c", "echo && read -r _"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert child.stdout is not None
        if not child.stdout.readline():
            raise HostNotReady("user namespaces cannot be made on this host")
        mapping = f"0 {uid_base} {UIDS}"
        for kind in ("uid_map", "gid_map"):
            Path(f"/proc/{child.pid}/{kind}").write_text(mapping)
        namespace = os.open(f"/proc/{child.pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        child.kill()
        child.communicate()
    try:
        yield namespace
    finally:
        os.close(namespace)


def mount_shifted(source: Path, target: Path, namespace: int) -> None:
    """Mount `source` at `target` with the owners that `namespace` maps to."""
    tree = _call(
        f"cannot open {source}",
        _libc.syscall(
            _OPEN_TREE, -1, os.fsencode(source), ctypes.c_uint(_OPEN_TREE_CLONE | os.O_CLOEXEC)
        ),
    )
    try:
        attributes = _MountAttr(_MOUNT_ATTR_IDMAP, 0, 0, namespace)
        _call(
            f"cannot shift the owners of {source}",
            _libc.syscall(
                _MOUNT_SETATTR,
                tree,
                b"",
                _AT_EMPTY_PATH,
                ctypes.byref(attributes),
                ctypes.sizeof(attributes),
            ),
        )
        _call(
            f"cannot mount {source} at {target}",
            _libc.syscall(
                _MOVE_MOUNT, tree, b"", -1, os.fsencode(target), _MOVE_MOUNT_F_EMPTY_PATH
            ),
        )
    finally:
        os.close(tree)


def mount_overlay(lowers: Sequence[Path], work: Path, uid_base: int) -> Path:
    """Mount `lowers` (bottom first) below `work`/upper; return the merged root, `work`/root."""
    root, below = work / "root", work / "lower"
    root.mkdir(exist_ok=True)
    below.mkdir(exist_ok=True)
    places = [below / str(index) for index, _ in enumerate(lowers)]
    # The option string has 4 KiB at most: a short name for the folder, however deep it lies.
    folder = os.open(below, os.O_PATH | os.O_CLOEXEC)
    try:
        with user_namespace(uid_base) as namespace:
            for lower, place in zip(lowers, places, strict=True):
                place.mkdir(exist_ok=True)
                mount_shifted(lower, place, namespace)
        short = f"/proc/self/fd/{folder}"
        stack = ":".join(f"{short}/{place.name}" for place in reversed(places))
        options = f"lowerdir={stack},upperdir={work}/upper,workdir={work}/work,xino=off"
        _call(
            f"cannot mount an overlay at {root}",
            _libc.mount(b"overlay", os.fsencode(root), b"overlay", 0, options.encode()),
        )
    finally:
        os.close(folder)
        for place in places:
            unmount(place)
    return root


def unmount(path: Path) -> None:
    """Take away whatever is mounted at `path`, also when it is busy; nothing there is fine."""
    while True:
        if _libc.umount2(os.fsencode(path), _MNT_DETACH) < 0:
            number = ctypes.get_errno()
            if number in (_ENOENT, _EINVAL):
                return
            raise ProvisioningFailed(f"cannot unmount {path}: {os.strerror(number)}")


def unmount_below(folder: Path) -> None:
    """Take away whatever is mounted at `folder` or below it, innermost first."""
    top = str(folder.resolve())
    places = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        # Blanks and the like in a path are written as octal numbers.
        place = line.split()[4].encode().decode("unicode_escape").encode("latin-1").decode()
        if place == top or place.startswith(f"{top}/"):
            places.append(place)
    for place in reversed(places):
        unmount(Path(place))


def unmount_inside(init: int, path: str) -> None:
    """Take away what is mounted at `path` in the mount namespace of a process.

    A thread of its own enters the namespace and ends there. Nothing at `path` is fine.
    """
    failures: list[OSError] = []

    def enter_and_unmount() -> None:
        try:
            namespace = os.open(f"/proc/{init}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            failures.append(error)
            return
        try:
            # Threads share a root and a working directory unless told not to.
            entered = _libc.unshare(_CLONE_FS) == 0 and _libc.setns(namespace, _CLONE_NEWNS) == 0
            if not entered:
                failures.append(OSError(ctypes.get_errno(), "cannot enter its mounts"))
            else:
                _libc.umount2(path.encode(), _MNT_DETACH)
        finally:
            os.close(namespace)

    thread = threading.Thread(target=enter_and_unmount, name="mounts")
    thread.start()
    thread.join()
    if failures:
        raise ProvisioningFailed(f"cannot reach the mounts of process {init}: {failures[0]}")
