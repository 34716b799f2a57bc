"""Exercise time: a frozen clock of (real base, virtual base, rate). Pure; looks at no watch.

`real` is a monotonic clock of the caller, in seconds; virtual time is exercise time in seconds,
0 at the start of the exercise. Neither a pause nor a real clock that goes back makes it go back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Clock:
    """Virtual time is `virtual` at `real` and runs from there at `rate`, unless it is halted.

    A rate of 0 is the jumping clock: it moves only by `jumped`.
    """

    real: float = 0.0
    virtual: float = 0.0
    rate: float = 1.0
    running: bool = False

    def __post_init__(self) -> None:
        if not self.rate >= 0:
            raise ValueError(f"a clock cannot run at rate {self.rate}")

    def now(self, real: float) -> float:
        """Exercise time at `real`."""
        if not self.running:
            return self.virtual
        return self.virtual + max(0.0, real - self.real) * self.rate

    def paused(self, real: float) -> Clock:
        """Stand still from `real` on."""
        return replace(self, real=real, virtual=self.now(real), running=False)

    def resumed(self, real: float) -> Clock:
        """Run on from where it stood."""
        return replace(self, real=real, virtual=self.now(real), running=True)

    def at_rate(self, real: float, rate: float) -> Clock:
        """Run at another rate from `real` on; paused stays paused."""
        return replace(self, real=real, virtual=self.now(real), rate=rate)

    def jumped(self, to: float) -> Clock:
        """Stand at `to`, a later exercise time; ValueError for an earlier one."""
        if to < self.virtual:
            raise ValueError(f"the clock stands at {self.virtual}; it cannot go back to {to}")
        return replace(self, virtual=to)

    def reaches(self, virtual: float) -> float | None:
        """Real time at which it will be `virtual`; None while it does not run there by itself."""
        if virtual <= self.virtual:
            return self.real
        if not self.running or self.rate == 0:
            return None
        return self.real + (virtual - self.virtual) / self.rate


def spoken(seconds: float) -> str:
    """Write an exercise time as people say it: `T+01:25` or `T+01:25:30`."""
    whole = int(seconds)
    text = f"T+{whole // 3600:02}:{whole // 60 % 60:02}"
    return f"{text}:{whole % 60:02}" if whole % 60 else text
