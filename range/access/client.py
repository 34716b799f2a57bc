"""A team's way in, as a program uses it: the responders' only door. Blocking; threads may share it.

Two SSH connections, one inside the other, as `ssh -J` makes them. Host keys are known from the
lab's seed, so nobody in between can pose as a node.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import paramiko

from range.access.credentials import gateway_public, node_public, trainee_private
from range.errors import CyderError
from range.plan.model import LabPlan
from range.text import clean

logging.getLogger("paramiko").addHandler(logging.NullHandler())  # its errors are raised as well

USER = "trainee"
_CONNECT_WITHIN = 15.0  # seconds
_OUTPUT = 1_048_576  # bytes of each stream
_DESK_WITHIN = 60.0
_LINGER = 1.0  # seconds that output may come after the exit status
_LOOK = 0.01  # seconds between two looks at both outputs: paramiko has no way to await either


class NoWayIn(CyderError):
    """The access point, or the node behind it, cannot be entered."""


class DeskRefused(CyderError):
    """The desk refused; `text` says why in both languages."""

    def __init__(self, text: Mapping[str, str]) -> None:
        super().__init__(text.get("en") or "refused")
        self.text = dict(text)


@dataclass(frozen=True)
class Ran:
    """How a script on a node ended. Outputs are cut at a megabyte each."""

    exit: int
    stdout: str
    stderr: str


class TeamClient:
    """One team's connections. They are made when needed and kept; `close` ends them."""

    def __init__(self, lab: LabPlan, *, host: str = "127.0.0.1", member: str = "responder") -> None:
        self._lab, self._host = lab, host
        self._user = f"{lab.team}+{member}"
        self._key = paramiko.Ed25519Key.from_private_key(io.StringIO(trainee_private(lab)))
        self._lock = threading.Lock()
        self._gateway: paramiko.Transport | None = None
        self._nodes: dict[str, paramiko.Transport] = {}

    def run(self, node: str, script: str, timeout: float = 60) -> Ran:
        """Run a script on a node as the trainee; NoWayIn, also when it takes too long."""
        with self._channel(lambda: self._to(node), f"{self._lab.team} {node}") as channel:
            return _run(channel, script, b"", timeout, node)

    def desk(self, verb: str, payload: Mapping[str, Any] | None = None) -> Any:
        """Ask the desk; DeskRefused, NoWayIn."""
        text = json.dumps(dict(payload or {})).encode()
        with self._channel(self._to_gateway, f"{self._lab.team}'s desk") as channel:
            ran = _run(channel, f"{verb} -" if payload else verb, text, _DESK_WITHIN, "the desk")
        try:
            said = json.loads(ran.stdout)
        except ValueError:
            raise NoWayIn(f"the desk of {self._lab.team} answers strangely") from None
        if ran.exit != 0:
            raise DeskRefused(said)
        return said

    def close(self) -> None:
        """End all connections."""
        with self._lock:
            transports = [*self._nodes.values()]
            if self._gateway is not None:
                transports.append(self._gateway)
            self._nodes, self._gateway = {}, None
        for transport in transports:
            transport.close()

    @contextmanager
    def _channel(self, transport: Any, what: str) -> Iterator[paramiko.Channel]:
        """Open a session; once more if the connection that was kept turns out to be dead."""
        try:
            try:
                channel = transport().open_session(timeout=_CONNECT_WITHIN)
            except paramiko.ChannelException:
                raise  # the gateway's own answer
            except (paramiko.SSHException, EOFError, OSError):
                self.close()
                channel = transport().open_session(timeout=_CONNECT_WITHIN)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise NoWayIn(f"no way in to {what}: {error or type(error).__name__}") from error
        with contextlib.closing(channel):
            yield channel

    def _to_gateway(self) -> paramiko.Transport:
        with self._lock:
            return self._gateway_locked()

    def _gateway_locked(self) -> paramiko.Transport:
        if self._gateway is None or not self._gateway.is_active():
            self._gateway = self._transport(
                (self._host, self._lab.access.port), self._user, gateway_public(self._lab)
            )
        return self._gateway

    def _to(self, node: str) -> paramiko.Transport:
        with self._lock:
            known = self._nodes.get(node)
            if known is not None and known.is_active():
                return known
            through = self._gateway_locked().open_channel(
                "direct-tcpip", (node, 22), ("127.0.0.1", 0), timeout=_CONNECT_WITHIN
            )
            transport = self._transport(through, USER, node_public(self._lab, node))
            self._nodes[node] = transport
            return transport

    def _transport(self, sock: Any, user: str, public: str) -> paramiko.Transport:
        transport = paramiko.Transport(sock)
        transport.banner_timeout = transport.auth_timeout = _CONNECT_WITHIN
        try:
            transport.start_client(timeout=_CONNECT_WITHIN)
            expected = base64.b64decode(public.split()[1])
            if transport.get_remote_server_key().asbytes() != expected:
                raise paramiko.SSHException("it has another host key than this lab's")
            transport.auth_publickey(user, self._key)
        except BaseException:
            transport.close()
            raise
        transport.set_keepalive(30)
        return transport


def _run(channel: paramiko.Channel, command: str, stdin: bytes, timeout: float, where: str) -> Ran:
    deadline = time.monotonic() + timeout
    try:
        channel.settimeout(timeout)
        channel.exec_command(command)
        with contextlib.suppress(OSError):  # who has answered already need not read it all
            if stdin:
                channel.sendall(stdin)
            channel.shutdown_write()
        out, err = _drain(channel, deadline)
    except TimeoutError:
        raise NoWayIn(f"{where}: no end within {timeout:g} s") from None
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise NoWayIn(f"{where}: the connection broke: {error}") from error
    status = channel.recv_exit_status()
    return Ran(status, clean(bytes(out), _OUTPUT), clean(bytes(err), _OUTPUT))


def _drain(channel: paramiko.Channel, deadline: float) -> tuple[bytearray, bytearray]:
    """Read both outputs until the program ends. Raises TimeoutError."""
    outputs = (bytearray(), bytearray())
    readers = ((channel.recv_ready, channel.recv), (channel.recv_stderr_ready, channel.recv_stderr))
    linger = deadline
    while True:
        # The status may overtake output; but what runs on in the background may hold it open.
        now = time.monotonic()
        if channel.exit_status_ready():
            linger = min(linger, now + _LINGER)
        over = channel.closed or channel.eof_received or now >= linger
        idle = True
        for output, (is_ready, receive) in zip(outputs, readers, strict=True):
            while is_ready():
                chunk = receive(65_536)
                if not chunk:
                    break
                idle = False
                output += chunk[: _OUTPUT - len(output)]
        if over and idle and channel.exit_status_ready():
            return outputs
        if now >= deadline:
            raise TimeoutError
        if idle:
            channel.status_event.wait(_LOOK)
