"""`observe`: a probe and a lab become an observation, which the log keeps and grading judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from range.checks.registry import OBSERVERS
from range.checks.view import LabView
from range.errors import CyderError
from range.scenario.probe import Probe
from range.text import line

__all__ = ["LabView", "Observation", "observe"]


@dataclass(frozen=True)
class Observation:
    """What was seen (`raw`), or why the checker could not look (`error`). Never both."""

    raw: Mapping[str, Any] | None
    error: str | None = None


def observe(probe: Probe, view: LabView) -> Observation:
    """Look at what a probe asks for. Blocking, bounded by the probe's time-out.

    A service that is down is an observation; a guest or checker that fails is an error.
    """
    try:
        seen = OBSERVERS[probe.kind](probe, view)
    except CyderError as error:
        return Observation(None, line(error.message, 300))
    return Observation({**seen, "nonce": view.nonce})
