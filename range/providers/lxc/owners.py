"""Shifting the owners of a tree, with what a change of owner would lose put back."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

_CAPABILITY = "security.capability"
_VERSION_MASK, _VERSION_2, _VERSION_3 = 0xFF00_0000, 0x0200_0000, 0x0300_0000
_WITH_ROOT = struct.calcsize("<6I")  # version 3: five words and the uid of root


def shift_owners(tree: Path, offset: int, count: int) -> None:
    """Add `offset` to every uid and gid in `tree` that lies in the guest's 65,536; idempotent.

    Changing an owner drops the set-uid bit and file capabilities, so both are written again;
    capabilities name the uid of their root, which is shifted as well.
    """
    first = -offset if offset < 0 else 0
    for path in _everything(tree):
        facts = path.lstat()
        uid = _shifted(facts.st_uid, offset, first, count)
        gid = _shifted(facts.st_gid, offset, first, count)
        if (uid, gid) == (facts.st_uid, facts.st_gid):
            continue
        regular = stat.S_ISREG(facts.st_mode)
        capability = _capability(path) if regular else None
        os.lchown(path, uid, gid)
        if not stat.S_ISLNK(facts.st_mode) and facts.st_mode & 0o7000:
            path.chmod(stat.S_IMODE(facts.st_mode))
        if capability is not None:
            os.setxattr(path, _CAPABILITY, _rooted(capability, offset), follow_symlinks=False)


def _everything(tree: Path) -> Iterator[Path]:
    yield tree
    for folder, folders, files in os.walk(tree):
        for name in (*folders, *files):
            yield Path(folder, name)


def _shifted(number: int, offset: int, first: int, count: int) -> int:
    return number + offset if first <= number < first + count else number


def _capability(path: Path) -> bytes | None:
    try:
        return os.getxattr(path, _CAPABILITY, follow_symlinks=False)
    except OSError:
        return None


def _rooted(capability: bytes, offset: int) -> bytes:
    """Return a capability whose root is shifted; without a root of its own it stays as it is."""
    words = list(struct.unpack(f"<{len(capability) // 4}I", capability))
    if words[0] & _VERSION_MASK != _VERSION_3 or len(capability) != _WITH_ROOT:
        return capability
    root = words[5] + offset
    if root:
        return struct.pack("<6I", *words[:5], root)
    words[0] = words[0] & ~_VERSION_MASK | _VERSION_2
    return struct.pack("<5I", *words[:5])
