"""Settings of a guest's network namespace that it cannot make itself: /proc/sys is read-only."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Mapping
from pathlib import Path

from range.errors import ProvisioningFailed

_CLONE_NEWNET = 0x4000_0000
_libc = ctypes.CDLL(None, use_errno=True)


def set_in_namespace(path: str, settings: Mapping[str, str]) -> None:
    """Write `settings` (name below /proc/sys/net -> value) in a namespace; unknown ones are left.

    A thread of its own enters the namespace and ends there: the others never leave the host's.
    """
    failures: list[OSError] = []

    def enter_and_write() -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if _libc.setns(descriptor, _CLONE_NEWNET) < 0:
                    number = ctypes.get_errno()
                    raise OSError(number, os.strerror(number), path)
            finally:
                os.close(descriptor)
            for name, value in settings.items():
                setting = Path("/proc/sys/net") / name
                if setting.exists():
                    setting.write_text(value)
        except OSError as error:
            failures.append(error)

    thread = threading.Thread(target=enter_and_write, name="sysctl")
    thread.start()
    thread.join()
    if failures:
        raise ProvisioningFailed(f"cannot set up the network of a guest: {failures[0]}")
