"""Namespaces for a process that needs nothing of the host but pseudo-terminals of its own."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWNET = 0x0002_0000, 0x4000_0000
_CLONE_NEWIPC, _CLONE_NEWUTS = 0x0800_0000, 0x0400_0000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REMOUNT, _MS_REC, _MS_PRIVATE = 32, 0x4000, 1 << 18
_MNT_DETACH = 2
_libc = ctypes.CDLL(None, use_errno=True)
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


def leave_all_but_terminals(most: int) -> None:
    """Leave networks, mounts and IPC of the host for empty ones of this process; needs root.

    The new root has `/dev/ptmx` and `/dev/pts` with at most `most` pseudo-terminals, and nothing
    else; it cannot be written to.
    """
    _check(_libc.unshare(_CLONE_NEWNS | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS))
    _mount("none", "/", "", _MS_REC | _MS_PRIVATE, "")
    root = Path("/tmp")  # any folder will do: what is mounted here, only this process sees
    quiet = _MS_NOSUID | _MS_NOEXEC
    _mount("tmpfs", str(root), "tmpfs", quiet | _MS_NODEV, "size=64k,nr_inodes=16,mode=755")
    terminals = root / "dev" / "pts"
    terminals.mkdir(parents=True)
    options = f"newinstance,ptmxmode=0666,mode=0600,max={most}"
    _mount("devpts", str(terminals), "devpts", quiet, options)
    (root / "dev" / "ptmx").symlink_to("pts/ptmx")
    os.chdir(root)
    _mount("none", ".", "", _MS_REMOUNT | _MS_RDONLY | quiet | _MS_NODEV, "")
    _enter()


def _enter() -> None:
    """Make the working directory the root, and let go of the old one."""
    try:
        _check(_libc.syscall(_SYS_PIVOT_ROOT[os.uname().machine], b".", b"."))
        _check(_libc.umount2(b".", _MNT_DETACH))
    except (OSError, KeyError):
        # No mount, as in a chroot: without rights and descriptors there is no way back, either.
        os.chroot(".")
    os.chdir("/")


def _mount(source: str, target: str, kind: str, flags: int, options: str) -> None:
    words = [word.encode() for word in (source, target, kind)]
    _check(_libc.mount(*words, ctypes.c_ulong(flags), options.encode()))


def _check(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
