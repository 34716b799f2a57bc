"""What a gateway is told when it starts. It opens no file and has no other way to know anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class GatewayConfig:
    """One team's gateway. Handed over on standard input: it holds secrets."""

    team: str
    uid: int  # that it becomes
    desk_uid: int  # that its desks become
    namespace: str  # that it dials in
    listen: str  # address of the host that trainees come to
    handover: str  # path of the socket where another desk can be given to it
    host_key: str  # private, OpenSSH format
    authorized: str  # public key of the team, one line
    team_key: str  # the team's private key: desks visit nodes with it
    password: str
    token: str  # for browsers
    cookie_key: str  # hex; signs the cookies of those who had the token
    certificate: str  # PEM, of HTTPS
    certificate_key: str  # PEM, private
    places: Mapping[str, str]  # what trainees call a node -> its address in the access network
    nodes: Mapping[str, str]  # nodes that may be entered -> their public host key, one line

    def dump(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    def mark(self) -> str:
        """Return what tells one configuration from another."""
        # OpenSSH's format has random bytes in it; the certificate's key is of the same seed.
        known = asdict(self) | {"host_key": "", "team_key": ""}
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    @classmethod
    def load(cls, text: str) -> GatewayConfig:
        """Read what `dump` wrote."""
        return cls(**json.loads(text))
