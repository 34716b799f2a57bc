"""Files of a guest, handled from the host. Paths are resolved by the kernel inside the guest's
root (openat2 with RESOLVE_IN_ROOT), so that no link of the guest's leads anywhere else.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import secrets
import stat
from pathlib import PurePosixPath

from range.guest.base import FileClaim

HASHED_UP_TO = 64 * 1024 * 1024  # bytes

_libc = ctypes.CDLL(None, use_errno=True)
_OPENAT2 = 437
_NO_MAGICLINKS, _IN_ROOT = 0x02, 0x10
_CHUNK = 1 << 20


# File systems that a guest stores files in. Through any other, such as /proc, who reads with the
# host's rights would be shown the host.
_STORAGE = (0x794C_7630, 0x0102_1994, 0x8584_58F6)  # overlay, tmpfs, ramfs


class _How(ctypes.Structure):
    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


def open_in_root(root: int, path: str, flags: int) -> int:
    """Open `path` as if the folder `root` were `/`; raises OSError, ValueError for a NUL."""
    if "\0" in path:
        raise ValueError("a path has no NUL in it")
    how = _How(flags | os.O_CLOEXEC, 0, _NO_MAGICLINKS | _IN_ROOT)
    result = _libc.syscall(_OPENAT2, root, os.fsencode(path), ctypes.byref(how), ctypes.sizeof(how))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return int(result)


def read_file(root: int, uid_base: int, path: str, *, limit: int, tail: bool) -> FileClaim:
    """Look at a path. Links are followed inside the root; one that leads nowhere is a `link`."""
    try:
        place = open_in_root(root, path, os.O_PATH)
    except OSError:
        return _not_there(root, uid_base, path)
    try:
        facts, stored = os.fstat(place), _is_stored(place)
    finally:
        os.close(place)
    if stat.S_ISDIR(facts.st_mode):
        return _claim("directory", facts, uid_base)
    if not stored or not stat.S_ISREG(facts.st_mode):
        return _claim("other", facts, uid_base)  # never opened: a pipe or device could block
    try:
        descriptor = open_in_root(root, path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return FileClaim("absent")
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or not _is_stored(descriptor):
            return _claim("other", facts, uid_base)
        digest = ""
        if facts.st_size <= HASHED_UP_TO:
            digest = _digest(descriptor)
        file.seek(max(0, facts.st_size - limit) if tail else 0)
        content = _up_to(descriptor, limit)
    return _claim("file", facts, uid_base, content, digest)


def _is_stored(descriptor: int) -> bool:
    """True for files of a guest's own storage; `f_type` comes first in struct statfs."""
    buffer = ctypes.create_string_buffer(256)
    if _libc.fstatfs(descriptor, buffer) < 0:
        return False
    return ctypes.cast(buffer, ctypes.POINTER(ctypes.c_long)).contents.value in _STORAGE


def _not_there(root: int, uid_base: int, path: str) -> FileClaim:
    try:
        place = open_in_root(root, path, os.O_PATH | os.O_NOFOLLOW)
    except OSError:
        return FileClaim("absent")
    try:
        facts = os.fstat(place)
    finally:
        os.close(place)
    return _claim("link" if stat.S_ISLNK(facts.st_mode) else "other", facts, uid_base)


def _claim(
    kind: str, facts: os.stat_result, uid_base: int, content: bytes = b"", digest: str = ""
) -> FileClaim:
    return FileClaim(
        type=kind,
        size=facts.st_size,
        mode=stat.S_IMODE(facts.st_mode),
        uid=facts.st_uid - uid_base,
        gid=facts.st_gid - uid_base,
        mtime=facts.st_mtime,
        content=content,
        sha256=digest,
    )


def _digest(descriptor: int) -> str:
    digest, read = hashlib.sha256(), 0
    while read <= HASHED_UP_TO and (chunk := os.read(descriptor, _CHUNK)):
        digest.update(chunk)
        read += len(chunk)
    return digest.hexdigest()


def _up_to(descriptor: int, limit: int) -> bytes:
    parts, left = [], limit
    while left > 0 and (chunk := os.read(descriptor, min(left, _CHUNK))):
        parts.append(chunk)
        left -= len(chunk)
    return b"".join(parts)


def write_file(root: int, uid_base: int, path: str, content: bytes, *, mode: int, uid: int) -> None:
    """Put a file at a path, whole or not at all; missing folders are made. Raises OSError."""
    place = PurePosixPath("/") / path
    folder = _folder(root, uid_base, place.parent)
    aside = f".{secrets.token_hex(8)}"
    try:
        descriptor = os.open(
            aside,
            os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC,
            0o600,
            dir_fd=folder,
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                os.fchown(descriptor, uid_base + uid, uid_base + uid)
                os.fchmod(descriptor, mode)
            os.rename(aside, place.name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            os.unlink(aside, dir_fd=folder)
            raise
    finally:
        os.close(folder)


def _folder(root: int, uid_base: int, path: PurePosixPath) -> int:
    """Open a folder, making what is missing of it; each step is taken inside the root."""
    try:
        return _open_folder(root, path)
    except FileNotFoundError:
        parent = _folder(root, uid_base, path.parent)
    try:
        os.mkdir(path.name, 0o755, dir_fd=parent)
        os.chown(path.name, uid_base, uid_base, dir_fd=parent, follow_symlinks=False)
    except FileExistsError:
        pass  # a link that leads nowhere, or the guest was quicker: opening it again tells
    finally:
        os.close(parent)
    return _open_folder(root, path)


def _open_folder(root: int, path: PurePosixPath) -> int:
    folder = open_in_root(root, str(path), os.O_PATH | os.O_DIRECTORY)
    if not _is_stored(folder):
        os.close(folder)
        raise PermissionError(errno.EPERM, "not a place for files", str(path))
    return folder
