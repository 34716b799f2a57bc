"""Seats of bake guests: each has a number of its own, from which its address and uids come."""

from __future__ import annotations

from pathlib import Path

from range.errors import ProvisioningFailed
from range.images.store import locked, works
from range.settings import Settings

SEATS = 200
# Labs take their uids from 1,000,000 up; bakes from the far end of what libvirt accepts.
_UIDS_FROM, _UIDS = 0x7000_0000, 65_536


def take_seat(settings: Settings, work: Path) -> int:
    """Return a number that no other bake guest has, kept ones included; goes with `work`."""
    with locked(settings, "seats"):
        taken = set()
        for other in works(settings):
            if other != work and (other / "seat").exists():
                taken.add(int((other / "seat").read_text()))
        for seat in range(SEATS):
            if seat not in taken:
                (work / "seat").write_text(str(seat))
                return seat
    raise ProvisioningFailed(
        f"all {SEATS} seats for bake guests are taken",
        hint="`cyder image prune` removes the guests of failed bakes.",
    )


def uid_base(seat: int) -> int:
    """Return the first of a seat's uids on the host."""
    return _UIDS_FROM + seat * _UIDS
