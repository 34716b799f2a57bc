"""The SSH server of one team. What it does not allow by name, it refuses."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import asyncssh

from range.access.gateway.budget import (
    ATTEMPTS,
    FORWARDS_EACH,
    LOGIN_WITHIN,
    SESSIONS_EACH,
    WINDOW,
    Budget,
)
from range.access.gateway.config import GatewayConfig
from range.access.gateway.desk import DeskLine
from range.access.gateway.forward import forward, place_of
from range.access.gateway.session import DeskSession
from range.text import line

_log = logging.getLogger(__name__)
_MEMBER = re.compile(r"[A-Za-z0-9._-]{1,40}")


class Door(asyncssh.SSHServer):
    """One connection of a trainee, or of somebody who would like to be one."""

    def __init__(
        self, config: GatewayConfig, key: asyncssh.SSHKey, desk: DeskLine, budget: Budget
    ) -> None:
        self._config, self._key, self._desk, self._budget = config, key, desk, budget
        self._connection: asyncssh.SSHServerConnection | None = None
        self._source = ""
        self._by = ""
        self._taken = False
        self._proven = False
        self._attempts = 0
        self._forwards = 0
        self._sessions = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take one of the connections there may be, or hang up."""
        self._connection = conn
        peer = conn.get_extra_info("peername") or ("unknown",)
        self._source = str(peer[0])
        self._taken = self._budget.take_connection(self._source)
        if not self._taken:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the connection back."""
        if not self._taken:
            return
        self._budget.give_connection()
        if not self._proven:
            self._budget.proven(self._source)

    def begin_auth(self, username: str) -> bool:
        """Ask everybody for proof: an unknown name fails as a wrong password does."""
        self._by = username if self._is_ours(username) else ""
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are for those without a key file."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Compare, in a time that tells nothing."""
        same = hmac.compare_digest(password.encode(), self._config.password.encode())
        return self._may(username) and same

    def public_key_auth_supported(self) -> bool:
        """The key is the usual way."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Take the team's key and no other."""
        same = hmac.compare_digest(key.public_data, self._key.public_data)
        return self._may(username) and same

    def auth_completed(self) -> None:
        """Someone is in."""
        self._proven = True
        self._budget.proven(self._source)
        _log.info("%s from %s", line(self._by, 80), self._source)

    def session_requested(self) -> Any:
        """Open a request to the desk."""
        assert self._connection is not None
        if self._sessions >= SESSIONS_EACH:
            return False
        self._sessions += 1
        channel = self._connection.create_server_channel(encoding=None, window=WINDOW)
        return channel, DeskSession(self._desk, self._by, self._config.nodes, self._session_gone)

    def connection_requested(
        self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
    ) -> Any:
        """Open a forward to a node of the lab; to nothing else."""
        assert self._connection is not None
        address = place_of(dest_host, self._config.places)
        if address is None or not 0 < dest_port < 65_536:
            raise asyncssh.ChannelOpenError(
                asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "not a node that you may enter"
            )
        if self._forwards >= FORWARDS_EACH or not self._budget.take_forward():
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_RESOURCE_SHORTAGE, "too many at a time")
        self._forwards += 1
        going: Coroutine[Any, Any, Any] = forward(address, dest_port, self._forward_gone)
        return self._connection.create_tcp_channel(window=WINDOW), going

    def _session_gone(self) -> None:
        self._sessions -= 1

    def _forward_gone(self) -> None:
        self._forwards -= 1
        self._budget.give_forward()

    def _is_ours(self, username: str) -> bool:
        team, plus, member = username.partition("+")
        return team == self._config.team and (not plus or bool(_MEMBER.fullmatch(member)))

    def _may(self, username: str) -> bool:
        self._attempts += 1
        if self._attempts > ATTEMPTS:
            assert self._connection is not None
            self._connection.abort()
            return False
        return self._is_ours(username)


async def serve(
    config: GatewayConfig,
    ears: list[socket.socket],
    desk_end: socket.socket | None,
    listening: Callable[[], None],
) -> None:
    """Serve until cancelled; `listening` is called once trainees can come."""
    desk = DeskLine()
    if desk_end is not None:
        await desk.open(desk_end)
    key = asyncssh.import_public_key(config.authorized)
    host_key = asyncssh.import_private_key(config.host_key)
    budget = Budget()
    for ear in ears:
        await asyncssh.listen(
            sock=ear,
            server_factory=lambda: Door(config, key, desk, budget),
            server_host_keys=[host_key],
            server_version="CYDER",
            login_timeout=LOGIN_WITHIN,
            keepalive_interval=30,
            keepalive_count_max=4,
            compression_algs=None,
            agent_forwarding=False,
            x11_forwarding=False,
            allow_scp=False,
            line_editor=False,
            kbdint_auth=False,
            gss_host=None,
        )
    listening()
    await asyncio.get_running_loop().create_future()
