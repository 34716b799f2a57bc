"""Loading without the cyclic collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Spare the collector: a scenario is one large tree without cycles that lives on.

    Walking all of it again and again while it grows made the time of loading grow faster than the
    scenario (10,000 nodes took 17 times as long as 1,000).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
