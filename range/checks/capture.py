"""Watching every device of the host for frames that carry our mark."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from range.errors import HostNotReady

MAGIC = b"CYDER-PREFLIGHT:"
MARK = 16  # bytes after the magic: whose frame it is
_EVERYTHING = 3  # ETH_P_ALL
_SO_RCVBUFFORCE, _SOL_PACKET, _PACKET_STATISTICS = 33, 263, 6
_BUFFER = 128 << 20  # bytes; a burst of all labs at once
_END = MAGIC + b"end".ljust(MARK, b".")
_END_WITHIN = 30.0  # seconds


@dataclass
class Seen:
    """Which devices saw which marks; `lost` frames could not be looked at."""

    devices: dict[bytes, set[str]] = field(default_factory=dict)
    lost: int = 0


@contextmanager
def capture() -> Iterator[Seen]:
    """Watch while the block runs. What was sent in it is in the result after it."""
    seen = Seen()
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERYTHING))
    with wire:
        wire.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        wire.settimeout(_END_WITHIN)
        thread = threading.Thread(target=_watch, args=(wire, seen), name="capture", daemon=True)
        thread.start()
        try:
            yield seen
        finally:
            # The end mark stands behind all other frames in the queue, so none is missed.
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
                talk.sendto(_END, ("127.0.0.1", 9))
            thread.join(_END_WITHIN)
        if thread.is_alive():
            raise HostNotReady("the capture of this host's devices does not keep up")
        statistics = wire.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        seen.lost = struct.unpack("@II", statistics)[1]


def _watch(wire: socket.socket, seen: Seen) -> None:
    while True:
        try:
            frame, sender = wire.recvfrom(2048)
        except TimeoutError:
            return
        place = frame.find(MAGIC)
        if place < 0:
            continue
        mark = frame[place + len(MAGIC) : place + len(MAGIC) + MARK]
        if sender[0] == "lo" and mark == _END[len(MAGIC) :]:
            return
        seen.devices.setdefault(mark, set()).add(sender[0])
