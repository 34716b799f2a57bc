"""How much of everything one team may have open at a time."""

from __future__ import annotations

from collections import Counter

CONNECTIONS = 96  # of the team; a browser takes up to six
UNPROVEN = 24  # connections that have not logged in yet
UNPROVEN_EACH = 6  # of them, from one address
FORWARDS = 160  # of the team
FORWARDS_EACH = 24  # of one connection
SESSIONS_EACH = 8  # requests and desks of one connection
DESKS = 16  # open desks of the team, with the shells that were entered from them
ATTEMPTS = 6  # log-ins tried by one connection
LOGIN_WITHIN = 20.0  # seconds
FIRST_BYTE_WITHIN = 0.5  # seconds; who says nothing is an SSH client that waits for the server
DIAL_WITHIN = 10.0  # seconds
SESSION_WITHIN = 60.0  # seconds for one desk request, its input included
IDLE = 12 * 3600.0  # seconds without a key until a desk is closed
WINDOW = 262_144  # bytes that a trainee may send ahead on one forward
INPUT = 262_144  # bytes of one desk request
ANSWER = 4_194_304  # bytes of one line from the desk


class Ticket:
    """One connection that may be. `give` it back once it is gone; more than once does no harm."""

    def __init__(self, budget: Budget, source: str) -> None:
        self.source = source
        self._budget = budget
        self._unproven = self._open = True

    def proven(self) -> None:
        """Its user has logged in."""
        if self._unproven:
            self._unproven = False
            self._budget.prove(self.source)

    def give(self) -> None:
        """The connection is gone."""
        self.proven()
        if self._open:
            self._open = False
            self._budget.connections -= 1


class Budget:
    """Counts what is open. Every `take_` that said yes is answered by its giving back."""

    def __init__(self) -> None:
        self.connections = 0
        self.forwards = 0
        self.desks = 0
        self._unproven: Counter[str] = Counter()

    def take_connection(self, source: str) -> Ticket | None:
        """Return a ticket if one more connection from an address may be."""
        if (
            self.connections >= CONNECTIONS
            or self._unproven.total() >= UNPROVEN
            or self._unproven[source] >= UNPROVEN_EACH
        ):
            return None
        self.connections += 1
        self._unproven[source] += 1
        return Ticket(self, source)

    def prove(self, source: str) -> None:
        """Someone at an address has logged in, or is gone without it."""
        self._unproven[source] -= 1
        if self._unproven[source] <= 0:
            del self._unproven[source]

    def take_forward(self) -> bool:
        """True if one more forward may be."""
        if self.forwards >= FORWARDS:
            return False
        self.forwards += 1
        return True

    def give_forward(self) -> None:
        """A forward is gone."""
        self.forwards -= 1

    def take_desk(self) -> bool:
        """True if one more desk may be."""
        if self.desks >= DESKS:
            return False
        self.desks += 1
        return True

    def give_desk(self) -> None:
        """A desk is closed."""
        self.desks -= 1
