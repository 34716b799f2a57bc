"""`python -m tui.desk.mother CONTROL UID`: opens desks by forking. Started by a team's gateway.

Whatever a desk needs is loaded once. Then the process gives up the host's files, networks and
rights; what remains are pseudo-terminals of its own and the sockets it is handed. CONTROL is a
socket of datagrams: `{"open": id, "columns", "rows"}` with the desk's line beside it is answered
by `{"id"}` with the terminal's master; `{"close": id}` ends a desk that has not ended by itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import io
import json
import logging
import os
import select
import selectors
import signal
import socket
import struct
import sys
import termios
from typing import Any

from range.access.alone import leave_all_but_terminals
from range.network.agent.confine import drop_rights, end_with_parent, limit

_log = logging.getLogger(__name__)
_DESKS = 24  # at a time; the gateway allows fewer
_MEMORY = 1 << 30
_FILES = 128
_LOG = 16 << 20  # bytes; what is more is lost
_CPU = 4 * 3600  # seconds of processor time for one desk
_PROCESSES = 400  # threads count, too
_MESSAGE = 4096  # bytes
_NICE = 5  # the engine and the labs come first
_LATER = 15  # while loading ahead of the first desk
_QUIET = 60.0  # seconds until then: exercises that run by themselves never need a desk


def main() -> int:
    """Prepare, confine and serve until the gateway's supervisor is gone."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    control = socket.socket(fileno=int(sys.argv[1]))
    uid = int(sys.argv[2])
    parent = os.getppid()
    asked, _, _ = select.select([control], [], [], _QUIET)
    os.setpriority(os.PRIO_PROCESS, 0, 0 if asked else _LATER)
    _preload()
    leave_all_but_terminals(_DESKS)
    os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    limit(memory=_MEMORY, files=_FILES, written=_LOG, processes=_PROCESSES)
    drop_rights(uid)
    end_with_parent(signal.SIGKILL)  # a change of user would have cleared it
    if os.getppid() != parent:
        return 1
    gc.collect()
    gc.freeze()  # what is never collected is never copied for a desk, either
    return Mother(control).serve()


def _preload() -> None:
    """Load the desk: not before, for it is a lot."""
    from tui.desk.preload import preload

    preload()
    importlib.import_module("tui.desk.sit")


class Mother:
    """Opens desks, and sees to it that they end."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._desks: dict[str, int] = {}  # id -> pidfd
        self._events = selectors.DefaultSelector()

    def serve(self) -> int:
        """Serve until nobody can ask any more; returns the exit code."""
        self._events.register(self._control, selectors.EVENT_READ)
        while True:
            for key, _ in self._events.select():
                if key.data is not None:
                    self._ended(key.data)
                elif not self._asked():
                    return 0

    def _asked(self) -> bool:
        said, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 4)
        if not said:
            return False
        try:
            self._do(json.loads(said), descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def _do(self, asked: dict[str, Any], descriptors: list[int]) -> None:
        if "close" in asked:
            known = self._desks.get(asked["close"])
            if known is not None:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(known, signal.SIGKILL)
            return
        id_ = str(asked["open"])
        try:
            if len(self._desks) >= _DESKS or len(descriptors) != 1:
                raise OSError("too many desks are open")
            self._open(id_, descriptors[0], asked)
        except OSError as error:
            _log.exception("no desk")
            self._control.sendmsg([json.dumps({"id": id_, "error": str(error)}).encode()])

    def _open(self, id_: str, line: int, asked: dict[str, Any]) -> None:
        master, terminal = os.openpty()
        try:
            size = struct.pack("HHHH", int(asked["rows"]), int(asked["columns"]), 0, 0)
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
            pid = os.fork()
            if pid == 0:
                _become_desk(line, terminal)
            pidfd = os.pidfd_open(pid)
            self._desks[id_] = pidfd
            self._events.register(pidfd, selectors.EVENT_READ, id_)
            socket.send_fds(self._control, [json.dumps({"id": id_}).encode()], [master])
        finally:
            os.close(master)
            os.close(terminal)

    def _ended(self, id_: str) -> None:
        pidfd = self._desks.pop(id_)
        self._events.unregister(pidfd)
        os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
        os.close(pidfd)


def _become_desk(line: int, terminal: int) -> None:
    """Be one desk on its terminal, in the child; never returns."""
    try:
        from tui.desk.sit import sit  # loaded long ago

        end_with_parent(signal.SIGKILL)
        limit(memory=_MEMORY, files=_FILES, written=_LOG, cpu=_CPU, processes=_PROCESSES)
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        end = socket.socket(fileno=os.dup(line))
        for standard in (0, 1, 2):
            os.dup2(terminal, standard)
        kept = end.fileno()
        os.closerange(3, kept)
        os.closerange(kept + 1, _FILES)
        # A traceback belongs into the log: it goes there by the line, never to the trainee.
        sys.stderr = io.StringIO()
        sit(end, sys.stderr)
    finally:
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
