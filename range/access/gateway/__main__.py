"""`python -m range.access.gateway PID READY DESK EAR...`: descriptors; configuration on stdin.

It goes into the background and keeps three children: the gateway, which enters the lab's namespace,
gives up its rights and its view of the host's files, and serves; the mother of the desks (see
tui.desk.mother), which has no network at all; and the porter, who keeps DESK and takes another.
READY is written to when the gateway serves.
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
from pathlib import Path

from range.access.gateway import porter
from range.access.gateway.assets import load_assets
from range.access.gateway.config import GatewayConfig
from range.access.gateway.serve import Descriptors, Prepared, serve
from range.access.gateway.supervise import Child, keep
from range.network.agent.confine import drop_rights, end_with_parent, enter_network, limit

_MEMORY = 1 << 30
_FILES = 1024
_LOG = 16 << 20  # bytes; what is more is lost


def main() -> int:
    """Go into the background and keep the children alive; returns the exit code."""
    pid_file, ready, desk, *ears = map(int, sys.argv[1:])
    config = GatewayConfig.load(sys.stdin.read())
    if os.fork():
        return 0
    os.setsid()
    os.ftruncate(pid_file, 0)
    os.pwrite(pid_file, str(os.getpid()).encode(), 0)
    # Both ends stay open here: whichever child falls finds its end again.
    ours, mothers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    news, porters = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener = porter.listen(config.handover)
    once = [ready]

    def gateway() -> None:
        os.close(pid_file)  # what it says is trusted: no concern of whoever faces trainees
        for other in (mothers, porters, listener):
            other.close()
        if desk >= 0:
            os.close(desk)  # the porter has it, or a newer one
        given = Descriptors(once[0], news.detach(), ours.detach(), tuple(ears))
        _serve(config, given)

    def mother() -> None:
        ours.close()
        os.dup2(mothers.fileno(), 3)
        os.closerange(4, _FILES)
        arguments = [sys.executable, "-P", "-m", "tui.desk.mother", "3", str(config.desk_uid)]
        os.execv(sys.executable, arguments)

    def keep_the_desk() -> None:
        porter.Porter(listener, porters, config.mark(), desk).serve()

    def began() -> None:
        if once[0] >= 0:
            os.close(once[0])
            once[0] = -1

    return keep(
        [
            Child("gateway", gateway, needed=True, began=began),
            Child("mother", mother),
            Child("porter", keep_the_desk),
        ]
    )


def _serve(config: GatewayConfig, given: Descriptors) -> None:
    """Serve in a child and end; never returns."""
    supervisor = os.getppid()
    try:
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
        logging.getLogger("range").setLevel(logging.INFO)
        prepared = Prepared(config, load_assets())
        "".encode("idna")  # codecs are files, and soon there will be none
        enter_network(config.namespace)
        _leave_files()
        limit(memory=_MEMORY, files=_FILES, written=_LOG)
        drop_rights(config.uid)
        end_with_parent(signal.SIGKILL)  # the change of user has cleared it
        if os.getppid() != supervisor:
            os._exit(1)
        asyncio.run(serve(prepared, given))
    except BaseException:
        logging.exception("the gateway fell")
    os._exit(1)


def _leave_files() -> None:
    """Take an empty folder that no name leads to as the root: nothing of the host can be opened."""
    folder = tempfile.mkdtemp(prefix="cyder-gateway-")
    os.chdir(folder)
    with contextlib.suppress(OSError):
        Path(folder).rmdir()
    os.chroot(".")


if __name__ == "__main__":
    sys.exit(main())
