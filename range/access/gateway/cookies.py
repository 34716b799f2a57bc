"""Cookies and tokens of browsers: signed, never stored; and how often somebody may guess."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict

_LIVES = 7 * 24 * 3600  # seconds
_GUESSES = 8  # wrong tokens from one address ...
_WITHIN = 60.0  # ... in so many seconds
_SOURCES = 1000  # addresses that are remembered


class Cookies:
    """Makes and recognises the cookie of a team's desk.

    Cookies know no ports, and each team has one of the same host: so each has a name of its own.
    """

    def __init__(self, team: str, key: str) -> None:
        self._key = bytes.fromhex(key)
        self.name = f"__Host-cyder-{team}-{self._sign('name')[:8]}"

    def make(self) -> str:
        """Return a new cookie's value."""
        what = f"{int(time.time())}.{secrets.token_hex(8)}"
        return f"{what}.{self._sign(what)}"

    def session(self, value: str) -> str | None:
        """Return a cookie's session id; None for one that is not ours, or too old."""
        what, _, signed = value[:200].rpartition(".")
        if not hmac.compare_digest(signed.encode(), self._sign(what).encode()):
            return None
        issued, _, id_ = what.partition(".")
        return id_ if time.time() - int(issued) < _LIVES else None

    def _sign(self, what: str) -> str:
        return hmac.new(self._key, what.encode(), hashlib.sha256).hexdigest()


class Tokens:
    """Compares tokens, and answers nobody who has guessed too often."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def may_try(self, source: str) -> bool:
        """True unless there were too many wrong tokens from an address lately."""
        since = time.monotonic() - _WITHIN
        wrong = [at for at in self._wrong.get(source, []) if at > since]
        return len(wrong) < _GUESSES

    def fits(self, token: str, source: str) -> bool:
        """Compare, in a time that tells nothing. Spaces and dashes do not count."""
        bare = "".join(token[:80].split()).replace("-", "")
        if hmac.compare_digest(bare.encode("utf-8", "replace"), self._token):
            return True
        known = self._wrong.pop(source, [])
        self._wrong[source] = [*known[1 - _GUESSES :], time.monotonic()]
        while len(self._wrong) > _SOURCES:
            self._wrong.popitem(last=False)
        return False
