"""Entering a network namespace and giving up rights: for processes that face guests or trainees."""

from __future__ import annotations

import ctypes
import os
import resource

_CLONE_NEWNET = 0x4000_0000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_libc = ctypes.CDLL(None, use_errno=True)

AGENT_UID = 899_999  # no user of the host; nor of any guest: theirs start at 1,000,000


def enter_network(path: str) -> None:
    """Move the calling thread into the network namespace at `path`; OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.setns(descriptor, _CLONE_NEWNET) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), path)
    finally:
        os.close(descriptor)


def end_with_parent(signal: int) -> None:
    """Have the kernel send `signal` to this process when its parent ends."""
    _prctl(_PR_SET_PDEATHSIG, signal)


def drop_rights(uid: int) -> None:
    """Become `uid` for good: no groups, no capabilities, nothing to gain by running programs."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def limit(
    *, memory: int, files: int, written: int, cpu: int | None = None, processes: int | None = None
) -> None:
    """Bound address space and written files (bytes), open files, and processor time (seconds).

    `processes` bounds the threads of all processes of the user.
    """
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_NOFILE: files,
        resource.RLIMIT_FSIZE: written,
        resource.RLIMIT_CORE: 0,
    }
    if cpu is not None:
        bounds[resource.RLIMIT_CPU] = cpu
    if processes is not None:
        bounds[resource.RLIMIT_NPROC] = processes
    for what, bound in bounds.items():
        resource.setrlimit(what, (bound, bound))


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
