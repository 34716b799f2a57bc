"""What making images tells those who wait for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

ImageState = Literal[
    "present", "waiting", "making", "booting", "baking", "keeping", "done", "failed"
]


@dataclass(frozen=True)
class ImageProgress:
    """A system or layer moved on. `detail` is the task at hand, or why it failed."""

    id: str
    title: str  # the image's or the role's name
    state: ImageState
    detail: str = ""
    seconds: float = 0  # since its making began


ImageReport = Callable[[ImageProgress], None]


def silent(_: ImageProgress) -> None:
    """Report to nobody."""
