"""What each lab has for itself: secrets and keys, computed from the lab's recorded seed."""

from __future__ import annotations

import hashlib
import hmac

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


def derive(seed: str, *purpose: str) -> bytes:
    """Return 32 bytes for one purpose; different purposes tell nothing about each other."""
    return hmac.new(bytes.fromhex(seed), "\0".join(purpose).encode(), hashlib.sha256).digest()


def secret(seed: str, name: str, length: int = 16) -> str:
    """Return a secret of a lab: letters and digits that cannot be mistaken for one another."""
    number = int.from_bytes(derive(seed, "secret", name) + derive(seed, "secret+", name))
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)


def variable(name: str) -> str:
    """Name of the environment variable for an id: `db-app` -> `DB_APP`."""
    return name.replace("-", "_").upper()
