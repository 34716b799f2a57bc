"""How much of everything one team may have open at a time."""

from __future__ import annotations

from collections import Counter

CONNECTIONS = 48  # of the team
UNPROVEN = 16  # connections that have not logged in yet
UNPROVEN_EACH = 6  # of them, from one address
FORWARDS = 160  # of the team
FORWARDS_EACH = 24  # of one connection
SESSIONS_EACH = 8  # desk requests of one connection
ATTEMPTS = 6  # log-ins tried by one connection
LOGIN_WITHIN = 20.0  # seconds
DIAL_WITHIN = 10.0  # seconds
SESSION_WITHIN = 60.0  # seconds for one desk request, its input included
WINDOW = 262_144  # bytes that a trainee may send ahead on one forward
INPUT = 262_144  # bytes of one desk request
ANSWER = 4_194_304  # bytes of one line from the desk


class Budget:
    """Counts what is open. Every `take_` that said True is answered by its `give_`."""

    def __init__(self) -> None:
        self.connections = 0
        self.forwards = 0
        self._unproven: Counter[str] = Counter()

    def take_connection(self, source: str) -> bool:
        """True if one more connection from an address may be."""
        if (
            self.connections >= CONNECTIONS
            or self._unproven.total() >= UNPROVEN
            or self._unproven[source] >= UNPROVEN_EACH
        ):
            return False
        self.connections += 1
        self._unproven[source] += 1
        return True

    def proven(self, source: str) -> None:
        """Someone at an address has logged in, or is gone without it."""
        self._unproven[source] -= 1
        if self._unproven[source] <= 0:
            del self._unproven[source]

    def give_connection(self) -> None:
        """A connection is gone."""
        self.connections -= 1

    def take_forward(self) -> bool:
        """True if one more forward may be."""
        if self.forwards >= FORWARDS:
            return False
        self.forwards += 1
        return True

    def give_forward(self) -> None:
        """A forward is gone."""
        self.forwards -= 1
