"""`python -m range.access.gateway PID READY DESK EAR...`: descriptors; configuration on stdin.

It goes into the background. The parent only starts the child again should it fall. The child
enters the lab's namespace, gives up its rights and its view of the host's files, and serves. READY
is written to when it does.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # noqa: F401  asyncio imports it late, when no file is left
import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from range.access.gateway.config import GatewayConfig
from range.access.gateway.server import serve
from range.network.agent.confine import drop_rights, end_with_parent, enter_network, limit

_MEMORY = 1 << 30
_FILES = 1024
_LOG = 16 << 20  # bytes; what is more is lost
_STABLE = 10.0  # seconds; a child that falls earlier has a cause that stays
_MOST_FALLS = 5


def main() -> int:
    """Go into the background and keep a child serving; returns the exit code."""
    pid_file, ready, desk, *ears = map(int, sys.argv[1:])
    config = GatewayConfig.load(sys.stdin.read())
    if os.fork():
        return 0
    os.setsid()
    os.ftruncate(pid_file, 0)
    os.pwrite(pid_file, str(os.getpid()).encode(), 0)
    falls = 0
    while falls < _MOST_FALLS:
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            _serve(config, ready, desk, ears)
        if ready >= 0:
            os.close(ready)
            ready = -1
        os.waitpid(pid, 0)
        falls = falls + 1 if time.monotonic() - began < _STABLE else 1
    return 1


def _serve(config: GatewayConfig, ready: int, desk: int, ears: list[int]) -> None:
    """Serve in a child and end; never returns."""
    try:
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
        logging.getLogger("range").setLevel(logging.INFO)
        "".encode("idna")  # codecs are files, and soon there will be none
        enter_network(config.namespace)
        _leave_files()
        limit(memory=_MEMORY, files=_FILES, written=_LOG)
        drop_rights(config.uid)
        end_with_parent(signal.SIGKILL)  # a change of user would have cleared it
        asyncio.run(_talk(config, ready, desk, ears))
    except BaseException:
        logging.exception("the gateway fell")
    os._exit(1)


async def _talk(config: GatewayConfig, ready: int, desk: int, ears: list[int]) -> None:
    def announce() -> None:
        if ready >= 0:
            os.write(ready, b"1")
            os.close(ready)

    listening = [socket.socket(fileno=ear) for ear in ears]
    for ear in listening:
        ear.setblocking(False)
    await serve(config, listening, socket.socket(fileno=desk) if desk >= 0 else None, announce)


def _leave_files() -> None:
    """Take an empty folder that no name leads to as the root: nothing of the host can be opened."""
    folder = tempfile.mkdtemp(prefix="cyder-gateway-")
    os.chdir(folder)
    with contextlib.suppress(OSError):
        Path(folder).rmdir()
    os.chroot(".")


if __name__ == "__main__":
    sys.exit(main())
