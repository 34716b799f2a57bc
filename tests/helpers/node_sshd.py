"""A node's SSH server, for labs without guests: `node_sshd.py SEED NODE`. Runs what it is told."""

from __future__ import annotations

import asyncio
import sys

import asyncssh

from range.access.credentials import private_text, public_line
from range.providers.lxc.clone import host_key, trainee_key

_AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c")


async def _run(process: asyncssh.SSHServerProcess[bytes]) -> None:
    program = await asyncio.create_subprocess_exec(
        *_AS_NOBODY, process.command or "true",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    out, err = await program.communicate()
    process.stdout.write(out)
    process.stderr.write(err)
    process.exit(program.returncode or 0)


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
