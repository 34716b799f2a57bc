"""Keeps the desk's end for the gateway, and takes another when the engine has started anew.

So an engine that fell and goes on finds its trainees where they were: in their shells. Only root
can reach the porter; a gateway that has just started asks it for the end.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import select
import socket
from collections.abc import Iterator
from pathlib import Path

ASK, GIVE = b"?", b"desk"
TAKEN, NOT_TAKEN = b"1", b"0"
_TALK_WITHIN = 3.0  # seconds
_MARK = 64  # bytes: SHA-256 in hex


def listen(path: str) -> socket.socket:
    """Return the socket on which new ends are handed over; only its owner may connect."""
    Path(path).unlink(missing_ok=True)  # of a gateway that was killed
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        with _short(path) as name:
            listener.bind(name)
    finally:
        os.umask(before)
    listener.listen(4)
    return listener


def hand_over(path: str, mark: str, desk: socket.socket) -> bool:
    """Give a running gateway another desk; False if it is none that `mark` is of."""
    try:
        with socket.socket(socket.AF_UNIX) as talk, _short(path) as name:
            talk.settimeout(_TALK_WITHIN)
            talk.connect(name)
            socket.send_fds(talk, [mark.encode()], [desk.fileno()])
            return talk.recv(1) == TAKEN
    except OSError:
        return False


@contextlib.contextmanager
def _short(path: str) -> Iterator[str]:
    """Another name for a path: the kernel takes no more than 107 bytes for a socket's."""
    folder, name = os.path.split(path)
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)


class Porter:
    """`news` leads to the gateway; `mark` tells one gateway's configuration from another's."""

    def __init__(self, listener: socket.socket, news: socket.socket, mark: str, desk: int) -> None:
        self._listener, self._news = listener, news
        self._mark = mark.encode()
        self._desk = desk

    def serve(self) -> None:
        """Serve until the supervisor ends."""
        while True:
            ready, _, _ = select.select([self._listener, self._news], [], [])
            if self._news in ready and self._news.recv(8) == ASK:
                self._give()
            if self._listener in ready:
                with contextlib.suppress(OSError):
                    self._receive()

    def _give(self) -> None:
        if self._desk >= 0:
            with contextlib.suppress(OSError):  # no gateway: it asks when it is there
                socket.send_fds(self._news, [GIVE], [self._desk], socket.MSG_DONTWAIT)

    def _receive(self) -> None:
        talk, _ = self._listener.accept()
        with talk:
            talk.settimeout(_TALK_WITHIN)
            mark, descriptors, _, _ = socket.recv_fds(talk, _MARK, 1)
            fits = hmac.compare_digest(mark, self._mark) and len(descriptors) == 1
            if fits:
                if self._desk >= 0:
                    os.close(self._desk)
                self._desk = descriptors.pop()
                self._give()
            for descriptor in descriptors:
                os.close(descriptor)
            talk.sendall(TAKEN if fits else NOT_TAKEN)
