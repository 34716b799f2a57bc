"""The door to libvirt's LXC driver. libvirtd may die at any time: guests live on, we reconnect."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import libvirt

from range.errors import HostNotReady
from range.host.libvirtd import ensure_libvirt
from range.settings import settings

URI = "lxc:///system"
RECONNECT_WITHIN = 20.0  # seconds for libvirtd to come back

_T = TypeVar("_T")
_lock = threading.Lock()
_connection: list[Any] = []
_ever = threading.Event()  # libvirt answered this process once: worth waiting for
_LOST = {
    libvirt.VIR_ERR_SYSTEM_ERROR,
    libvirt.VIR_ERR_RPC,
    libvirt.VIR_ERR_INTERNAL_ERROR,
    libvirt.VIR_ERR_NO_CONNECT,
    libvirt.VIR_ERR_INVALID_CONN,
}


def _quiet(_context: object, _error: object) -> None:
    """Keep libvirt from printing; every failure is raised anyway."""


libvirt.registerErrorHandler(_quiet, None)


def _connect() -> Any:
    with _lock:
        if _connection and _connection[0].isAlive():
            return _connection[0]
        _connection.clear()
        try:
            _connection.append(libvirt.open(URI))
            _ever.set()
        except libvirt.libvirtError as error:
            raise HostNotReady(
                f"libvirt does not answer at {URI}: {error}",
                hint="`cyder doctor --fix` starts it.",
            ) from error
        return _connection[0]


def with_libvirt(work: Callable[[Any], _T]) -> _T:
    """Call `work` with a connection; when libvirtd was lost meanwhile, once more with a new one.

    `work` must bear being repeated. Its own libvirt errors come through; HostNotReady if libvirtd
    stays away for `RECONNECT_WITHIN` seconds.
    """
    deadline = time.monotonic() + RECONNECT_WITHIN
    while True:
        connection = _connect_by(deadline)
        try:
            return work(connection)
        except libvirt.libvirtError as error:
            lost = error.get_error_code() in _LOST and not connection.isAlive()
            if not lost or time.monotonic() > deadline:
                raise


def _connect_by(deadline: float) -> Any:
    pause = threading.Event()
    while True:
        try:
            return _connect()
        except HostNotReady:
            if time.monotonic() > deadline or not _ever.is_set():
                raise
            pause.wait(0.1)  # nothing tells that a daemon listens again
            with contextlib.suppress(HostNotReady):
                ensure_libvirt(settings())  # it dies by itself now and then
