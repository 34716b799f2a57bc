"""A node's SSH server, for labs without guests: `node_sshd.py SEED NODE`. Runs what it is told."""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import sys
import termios

import asyncssh

from range.access.credentials import private_text, public_line
from range.providers.lxc.clone import host_key, trainee_key

_AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


async def _run(process: asyncssh.SSHServerProcess[bytes]) -> None:
    if process.term_type is not None:
        await _on_a_terminal(process)
        return
    program = await asyncio.create_subprocess_exec(
        *_AS_NOBODY, "sh", "-c", process.command or "true",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    out, err = await program.communicate()
    process.stdout.write(out)
    process.stderr.write(err)
    process.exit(program.returncode or 0)


async def _on_a_terminal(process: asyncssh.SSHServerProcess[bytes]) -> None:
    """A shell that knows its terminal's name and size."""
    master, terminal = os.openpty()
    os.fchmod(terminal, 0o666)

    def size(columns: int, rows: int) -> None:
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    size(*process.term_size[:2])
    program = await asyncio.create_subprocess_exec(
        *_AS_NOBODY, "setsid", "--ctty", "sh", "-i", stdin=terminal, stdout=terminal,
        stderr=terminal, cwd="/", env={"PATH": "/usr/bin:/bin", "TERM": str(process.term_type)},
    )  # fmt: skip
    os.close(terminal)
    loop = asyncio.get_running_loop()
    shown = loop.create_task(_show(master, process))
    typed = loop.create_task(_type(master, process, size))
    await program.wait()
    await shown
    typed.cancel()
    process.exit(program.returncode or 0)


async def _show(master: int, process: asyncssh.SSHServerProcess[bytes]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            data = await loop.run_in_executor(None, os.read, master, 65_536)
        except OSError:
            return
        process.stdout.write(data)


async def _type(master: int, process: asyncssh.SSHServerProcess[bytes], size: object) -> None:
    while True:
        try:
            data = await process.stdin.read(4096)
        except asyncssh.TerminalSizeChanged as changed:
            assert callable(size)
            size(changed.width, changed.height)
            continue
        if not data:
            return
        os.write(master, data)


async def _serve(seed: str, node: str) -> None:
    authorized = asyncssh.import_authorized_keys(public_line(trainee_key(seed), "t").decode())
    await asyncssh.listen(
        "0.0.0.0",
        22,
        server_host_keys=[asyncssh.import_private_key(private_text(host_key(seed, node)))],
        authorized_client_keys=authorized,
        process_factory=_run,
        encoding=None,
    )
    print("ready", flush=True)
    await asyncio.get_running_loop().create_future()


asyncio.run(_serve(*sys.argv[1:]))
