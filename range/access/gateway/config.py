"""What a gateway is told when it starts. It opens no file and has no other way to know anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class GatewayConfig:
    """One team's gateway. Handed over on standard input: it holds secrets."""

    team: str
    uid: int  # that it becomes
    namespace: str  # that it dials in
    host_key: str  # private, OpenSSH format
    authorized: str  # public key of the team, one line
    password: str
    places: Mapping[str, str]  # what trainees call a node -> its address in the access network
    nodes: tuple[str, ...]  # for the greeting

    def dump(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> GatewayConfig:
        """Read what `dump` wrote."""
        known = json.loads(text)
        return cls(**{**known, "nodes": tuple(known["nodes"])})
