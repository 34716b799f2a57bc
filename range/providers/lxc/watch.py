"""Guests that reboot themselves: libvirt only sees them end, so somebody has to start them again.

A guest that was switched off stays off: that, too, is something a team may decide.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import libvirt

from range.errors import HostNotReady
from range.providers.lxc.connection import URI

_TICK = 200  # milliseconds after which the loop looks whether it should end
_AGAIN = 1.0  # seconds between attempts to reach a libvirtd that went away
_AT_ONCE = 4  # guests that are started again at a time

_registered = threading.Event()


class RebootWatch:
    """Calls `again` with the name of each domain in `names` that reboots. A context manager."""

    def __init__(self, names: frozenset[str], again: Callable[[str], None]) -> None:
        self._names, self._again = names, again
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="reboot")
        self._thread = threading.Thread(target=self._run, name="reboot-watch", daemon=True)

    def __enter__(self) -> RebootWatch:
        if not _registered.is_set():
            libvirt.virEventRegisterDefaultImpl()
            libvirt.virEventAddTimeout(_TICK, lambda _timer, _data: None, None)
            _registered.set()
        connection = self._connect()
        if connection is None:
            raise HostNotReady(f"libvirt does not answer at {URI}")
        self._first = connection
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._pool.shutdown(cancel_futures=True)

    def _run(self) -> None:
        connection: Any = self._first
        while not self._stopped.is_set():
            if connection is None:
                self._stopped.wait(_AGAIN)
                connection = self._connect()
                continue
            libvirt.virEventRunDefaultImpl()
            if not connection.isAlive():
                connection = None

    def _connect(self) -> Any:
        try:
            connection = libvirt.open(URI)
            connection.setKeepAlive(5, 3)
            kind = libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE
            connection.domainEventRegisterAny(None, kind, self._on_event, None)
        except libvirt.libvirtError:
            return None
        return connection

    def _on_event(self, _connection: Any, domain: Any, event: int, detail: int, _: Any) -> None:
        # The LXC driver gives no reason for a reboot, and that is its word for one.
        rebooted = (libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_FAILED)
        if (event, detail) == rebooted and domain.name() in self._names:
            self._pool.submit(self._again, domain.name())
