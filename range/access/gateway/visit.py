"""A shell on a node, shown on the trainee's terminal: as `ssh -J`, but from the gateway."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import asyncssh

from range.access.gateway.budget import DIAL_WITHIN
from range.access.gateway.config import GatewayConfig
from range.access.gateway.terminal import Size, Terminal

_USER = "trainee"
_AT_ONCE = 65_536  # bytes
_TYPED_AHEAD = 65_536


class NoShell(Exception):
    """The node cannot be entered; the text says why, in a word or two."""


class _Shell:
    """See range.access.gateway.terminal.Shown."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes], terminal: Terminal) -> None:
        self._process, self._terminal = process, terminal
        self._draining: asyncio.Task[None] | None = None

    def typed(self, data: bytes) -> None:
        if self._process.is_closing():
            return
        self._process.stdin.write(data)
        if self._draining is None and self._process.stdin.channel.get_write_buffer_size():
            self._draining = asyncio.create_task(self._drain())

    def resized(self, size: Size) -> None:
        if not self._process.is_closing():
            self._process.change_terminal_size(*size)

    async def run(self) -> None:
        while data := await self._process.stdout.read(_AT_ONCE):
            await self._terminal.show(data)

    async def _drain(self) -> None:
        """Ask for no more keys while the node does not take them."""
        try:
            self._terminal.hold(True)
            await self._process.stdin.drain()
        except (OSError, asyncssh.Error):
            pass  # the shell has ended, and `run` says so
        finally:
            self._terminal.hold(False)
            self._draining = None


class Visits:
    """Connects to nodes. Made while there are files, for asyncssh looks for some at first."""

    def __init__(self, config: GatewayConfig) -> None:
        self._nodes, self._places = config.nodes, config.places
        key = asyncssh.import_private_key(config.team_key)
        self._options = asyncssh.SSHClientConnectionOptions(
            config=None,
            username=_USER,
            client_keys=[key],
            known_hosts=([], [], []),
            agent_path=None,
            x509_trusted_certs=None,
            x509_trusted_cert_paths=[],
            preferred_auth="publickey",
            compression_algs=None,
            login_timeout=DIAL_WITHIN,
            connect_timeout=DIAL_WITHIN,
            keepalive_interval=30,
            keepalive_count_max=4,
        )

    async def shell(self, node: str, terminal: Terminal) -> None:
        """Show a shell on a node until it ends; NoShell."""
        address = self._places.get(node.lower())
        if node not in self._nodes or address is None:
            raise NoShell("not a node that you may enter")
        trusted: Any = ([asyncssh.import_public_key(self._nodes[node])], [], [])
        try:
            connection = await asyncssh.connect(address, options=self._options, known_hosts=trusted)
        except asyncssh.HostKeyNotVerifiable:
            raise NoShell("its host key is not the one of this lab") from None
        except (OSError, TimeoutError, asyncssh.Error) as error:
            raise NoShell(_why(error)) from None
        try:
            process = await connection.create_process(
                term_type=terminal.term, term_size=terminal.size, encoding=None
            )
            shell = _Shell(process, terminal)
            terminal.shown = shell
            await shell.run()
        except (OSError, asyncssh.Error) as error:
            raise NoShell(str(error)[:200] or "the connection broke") from None
        finally:
            terminal.shown = None
            connection.abort()


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error)[:200] or type(error).__name__
