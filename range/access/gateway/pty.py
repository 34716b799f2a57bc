"""Between a pseudo-terminal and a trainee's terminal: bytes both ways, sizes, and no more memory
than either side has asked for."""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import termios

from range.access.gateway.terminal import Size, Terminal

_AT_ONCE = 65_536  # bytes
_TYPED_AHEAD = 65_536  # bytes that may wait for a desk that does not read


class PtyRelay:
    """Owns the master's descriptor until `close`."""

    def __init__(self, master: int, terminal: Terminal) -> None:
        self._master, self._terminal = master, terminal
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self._writing = False
        os.set_blocking(master, False)

    async def run(self) -> None:
        """Show what the pseudo-terminal says until its last user is gone."""
        while True:
            await self._readable()
            try:
                data = os.read(self._master, _AT_ONCE)
            except BlockingIOError:
                continue
            except OSError:  # EIO: nobody has the other side open any more
                return
            if not data:
                return
            await self._terminal.show(data)

    def typed(self, data: bytes) -> None:
        """Hand on what was typed, now or when there is room."""
        self._waiting += data[: 2 * _TYPED_AHEAD]
        self._flush()

    def resized(self, size: Size) -> None:
        """Tell the kernel, which tells the desk."""
        columns, rows = size
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self) -> None:
        """Close the master: whoever is at the other side gets a hang-up."""
        if self._master >= 0:
            self._loop.remove_reader(self._master)
            self._loop.remove_writer(self._master)
            os.close(self._master)
            self._master = -1
            self._terminal.hold(False)

    def _flush(self) -> None:
        try:
            while self._waiting:
                written = os.write(self._master, self._waiting[:4096])
                del self._waiting[:written]
        except BlockingIOError:
            pass
        except OSError:
            self._waiting.clear()
        if bool(self._waiting) != self._writing:
            self._writing = bool(self._waiting)
            if self._writing:
                self._loop.add_writer(self._master, self._flush)
            else:
                self._loop.remove_writer(self._master)
        self._terminal.hold(len(self._waiting) > _TYPED_AHEAD)

    async def _readable(self) -> None:
        ready = self._loop.create_future()
        self._loop.add_reader(self._master, _tell, ready)
        try:
            await ready
        finally:
            if self._master >= 0:
                self._loop.remove_reader(self._master)


def _tell(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
