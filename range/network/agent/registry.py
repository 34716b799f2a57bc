"""What an agent can be asked to do. One line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from range.network.agent.ops.dns import dns
from range.network.agent.ops.frames import frames
from range.network.agent.ops.http import http_session
from range.network.agent.ops.mail import mail, send
from range.network.agent.ops.reach import answer, reach
from range.network.agent.ops.smb import smb
from range.network.agent.ops.tcp import tcp

Op = Callable[[dict[str, Any], float], dict[str, Any]]  # arguments, deadline (monotonic)

OPS: dict[str, Op] = {
    "http": http_session,
    "tcp": tcp,
    "dns": dns,
    "mail": mail,
    "send": send,
    "smb": smb,
    "reach": reach,
    "answer": answer,
    "frames": frames,
}
# These speak to nobody: they send what they were told and read nothing.
PRIVILEGED = frozenset({"frames"})
# Slow to import, so the mother does it when first asked. What they import only when they need it is
# here as well: children cannot read the files where only root can, as below /root.
PRELOADED: dict[str, tuple[str, ...]] = {
    "smb": (
        "smbclient",
        "smbprotocol.exceptions",
        "cryptography.hazmat.backends.openssl.backend",
    )
}
