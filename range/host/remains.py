"""What libvirt's LXC driver leaves of each guest that ever ran: empty mount points and a socket."""

from __future__ import annotations

import contextlib
from pathlib import Path

FOLDER = Path("/run/libvirt/lxc")
_FOLDERS, _FILES = (".dev", ".devpts", ".fuse"), (".sock",)


def guests(prefix: str) -> set[str]:
    """Names of guests, dead or alive, of which there is something."""
    try:
        found = [entry.name for entry in FOLDER.iterdir()]
    except OSError:
        return set()  # libvirt has never run a guest here
    ends = (*_FOLDERS, *_FILES)
    return {name.rpartition(".")[0] for name in found
            if name.startswith(prefix) and name.endswith(ends)}  # fmt: skip


def forget(guest: str) -> None:
    """Remove what is left of a guest that does not run; nothing there is fine.

    Of one that runs it would take the mounts away.
    """
    for end in _FOLDERS:
        with contextlib.suppress(OSError):  # not there, or not empty: then it is not libvirt's
            (FOLDER / f"{guest}{end}").rmdir()
    for end in _FILES:
        with contextlib.suppress(OSError):
            (FOLDER / f"{guest}{end}").unlink()
