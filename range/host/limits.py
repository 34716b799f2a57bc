"""Kernel settings that many systemd guests need, raised where they are too low."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_SYSCTL = Path("/proc/sys")


@dataclass(frozen=True)
class Limit:
    """A kernel setting, what is wanted of it, and why. `exact`: not a lower bound."""

    name: str
    wanted: int
    why: str
    exact: bool = False

    @property
    def current(self) -> int | None:
        """What the kernel has now; None where it does not know the setting."""
        try:
            return int((_SYSCTL / self.name.replace(".", "/")).read_text())
        except (OSError, ValueError):
            return None

    @property
    def holds(self) -> bool:
        """True when nothing needs to be done."""
        current = self.current
        if current is None:
            return True
        return current == self.wanted if self.exact else current >= self.wanted

    def apply(self) -> None:
        """Set it until the next boot; OSError without the right to."""
        (_SYSCTL / self.name.replace(".", "/")).write_text(f"{self.wanted}\n")


_FILTERED = "the host's firewall would filter what passes inside a lab"

LIMITS = (
    Limit("fs.inotify.max_user_instances", 8192, "each systemd needs a few; 128 end at 32 guests"),
    Limit("fs.inotify.max_user_watches", 1_048_576, "each guest watches its units and logs"),
    Limit("kernel.keys.maxkeys", 20_000, "each session of a guest holds a kernel key"),
    Limit("kernel.keys.maxbytes", 2_000_000, "each session of a guest holds a kernel key"),
    Limit("net.bridge.bridge-nf-call-iptables", 0, _FILTERED, exact=True),
    Limit("net.bridge.bridge-nf-call-ip6tables", 0, _FILTERED, exact=True),
    Limit("net.bridge.bridge-nf-call-arptables", 0, _FILTERED, exact=True),
)


def raise_limits() -> None:
    """Raise what is too low, leave the rest alone."""
    for limit in LIMITS:
        if not limit.holds:
            limit.apply()
