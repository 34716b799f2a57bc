"""The SSH server of one team. What it does not allow by name, it refuses."""

from __future__ import annotations

import hmac
import logging
import re
import socket
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import asyncssh

from range.access.gateway.budget import (
    ATTEMPTS,
    FORWARDS_EACH,
    LOGIN_WITHIN,
    SESSIONS_EACH,
    WINDOW,
    Budget,
    Ticket,
)
from range.access.gateway.config import GatewayConfig
from range.access.gateway.desk import DeskLine
from range.access.gateway.forward import forward, place_of
from range.access.gateway.session import TraineeSession
from range.access.gateway.sitting import Sittings
from range.text import line

_log = logging.getLogger(__name__)
_MEMBER = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True)
class House:
    """What all connections of a team share."""

    config: GatewayConfig
    desk: DeskLine
    sittings: Sittings
    budget: Budget


class Door(asyncssh.SSHServer):
    """One connection of a trainee, or of somebody who would like to be one."""

    def __init__(self, house: House, key: asyncssh.SSHKey, ticket: Ticket) -> None:
        self._house, self._key, self._ticket = house, key, ticket
        self._config, self._budget = house.config, house.budget
        self._connection: asyncssh.SSHServerConnection | None = None
        self._by = ""
        self._attempts = 0
        self._forwards = 0
        self._sessions = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Keep the connection."""
        self._connection = conn

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the ticket back."""
        self._ticket.give()

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
        self._ticket.proven()
        _log.info("%s from %s", line(self._by, 80), self._ticket.source)

    def session_requested(self) -> Any:
        """Open a request to the desk."""
        assert self._connection is not None
        if self._sessions >= SESSIONS_EACH:
            return False
        self._sessions += 1
        channel = self._connection.create_server_channel(encoding=None, window=WINDOW)
        nodes = tuple(self._config.nodes)
        house = self._house
        return channel, TraineeSession(
            house.desk, house.sittings, self._by, nodes, self._session_gone
        )

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


class SshServer:
    """Speaks SSH on connections that others have accepted."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._key = asyncssh.import_public_key(house.config.authorized)
        self._options = asyncssh.SSHServerConnectionOptions(
            config=None,
            server_host_keys=[asyncssh.import_private_key(house.config.host_key)],
            server_version="CYDER",
            login_timeout=LOGIN_WITHIN,
            connect_timeout=None,
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

    async def receive(self, guest: socket.socket, ticket: Ticket) -> None:
        """Let a guest log in, or not; the connection then lives on its own."""
        try:
            await asyncssh.run_server(
                guest,
                options=self._options,
                server_factory=lambda: Door(self._house, self._key, ticket),
            )
        except (asyncssh.Error, OSError, TimeoutError):
            ticket.give()
            guest.close()
