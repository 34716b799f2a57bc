"""Running a program with bounded output and time, whatever it does."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from range.guest.base import Completed, GuestUnreachable

_CHUNK = 65_536


@dataclass
class _Stream:
    """One output of a program, kept up to a limit and then only drained."""

    limit: int
    parts: bytearray = field(default_factory=bytearray)
    truncated: bool = False

    def take(self, chunk: bytes) -> None:
        room = self.limit - len(self.parts)
        self.parts += chunk[:room]
        self.truncated = self.truncated or len(chunk) > room


def run_bounded(
    argv: Sequence[str],
    *,
    what: str,
    stdin: bytes,
    env: Mapping[str, str],
    timeout: float,
    limit: int,
) -> Completed:
    """Run `argv` on the host; at most `limit` bytes of each output are kept.

    What a program leaves running in the background may hold its outputs open: it is not waited
    for. After `timeout` seconds the program and its group are killed: GuestUnreachable.
    """
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            start_new_session=True,
        )
    except OSError as error:
        raise GuestUnreachable(f"{what}: cannot be started: {error}") from error
    out, err = _Stream(limit), _Stream(limit)
    try:
        if not _converse(process, stdin, out, err, time.monotonic() + timeout):
            raise GuestUnreachable(f"{what}: no end within {timeout:g} s")
        ended = process.wait()
        return Completed(
            ended if ended >= 0 else 128 - ended,
            bytes(out.parts),
            bytes(err.parts),
            out.truncated or err.truncated,
        )
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _converse(
    process: subprocess.Popen[bytes], stdin: bytes, out: _Stream, err: _Stream, deadline: float
) -> bool:
    """Feed and drain a program until it ends; False when the deadline came first."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    feed, left = process.stdin.fileno(), memoryview(stdin)
    drains = {process.stdout.fileno(): out, process.stderr.fileno(): err}
    end = os.pidfd_open(process.pid)
    try:
        with selectors.DefaultSelector() as selector:
            for descriptor in (feed, *drains):
                os.set_blocking(descriptor, False)
            for descriptor in (end, *drains):
                selector.register(descriptor, selectors.EVENT_READ)
            if left:
                selector.register(feed, selectors.EVENT_WRITE)
            else:
                process.stdin.close()
            while (remaining := deadline - time.monotonic()) > 0:
                ready = {key.fd for key, _ in selector.select(remaining)}
                for descriptor in ready & drains.keys():
                    if not _drain(descriptor, drains[descriptor]):
                        selector.unregister(descriptor)
                if feed in ready:
                    left = _feed(feed, left)
                    if not left:
                        selector.unregister(feed)
                        process.stdin.close()
                if end in ready:
                    return True
            return False
    finally:
        os.close(end)


def _drain(descriptor: int, stream: _Stream) -> bool:
    """Take what there is, up to a chunk at the program's end; False at the end of the stream."""
    for _ in range(64):  # then let the others have their turn
        try:
            chunk = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return True
        if not chunk:
            return False
        stream.take(chunk)
    return True


def _feed(descriptor: int, left: memoryview) -> memoryview:
    try:
        return left[os.write(descriptor, left[:_CHUNK]) :]
    except BlockingIOError:
        return left
    except BrokenPipeError:
        return left[:0]  # it does not want more
