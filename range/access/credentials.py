"""What opens a team's way in, computed from its lab's seed. Nothing of it is stored."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from range.plan.model import LabPlan
from range.plan.secrets import derive, secret
from range.providers.lxc.clone import host_key, public_line, trainee_key

PASSWORD_LENGTH = 12
_TOKEN_LENGTH = 20


def password(lab: LabPlan) -> str:
    """Return the team's password: of the gateway, and of `trainee` on its nodes."""
    return secret(lab.seed, "trainee-password", PASSWORD_LENGTH)


def token(lab: LabPlan) -> str:
    """Return what opens the team's desk in a browser."""
    return secret(lab.seed, "desk-token", _TOKEN_LENGTH)


def cookie_key(lab: LabPlan) -> str:
    """Return the key (hex) that signs the cookies of browsers that had the token."""
    return derive(lab.seed, "desk-cookies").hex()


def gateway_key(lab: LabPlan) -> Ed25519PrivateKey:
    """Return the SSH host key of the team's gateway."""
    return Ed25519PrivateKey.from_private_bytes(derive(lab.seed, "gateway-hostkey"))


def private_text(key: Ed25519PrivateKey) -> str:
    """Return a key as the file that ssh reads."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def trainee_private(lab: LabPlan) -> str:
    """Return the team's key as the file that `ssh -i` reads."""
    return private_text(trainee_key(lab.seed))


def trainee_public(lab: LabPlan) -> str:
    """Return the public half of the team's key, one line."""
    return public_line(trainee_key(lab.seed), "trainee").decode().strip()


def gateway_public(lab: LabPlan) -> str:
    """Return the public half of the gateway's host key, one line."""
    return public_line(gateway_key(lab), "gateway").decode().strip()


def node_public(lab: LabPlan, node: str) -> str:
    """Return the public half of a node's host key, one line."""
    return public_line(host_key(lab.seed, node), node).decode().strip()
