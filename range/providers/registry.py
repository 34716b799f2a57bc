"""The providers there are. One line each; loaded when asked for."""

from __future__ import annotations

from range.errors import CyderError
from range.providers.base import Provider
from range.settings import Settings

NAMES = ("lxc", "memory")


class NoSuchProvider(CyderError):
    """There is no provider of that name."""

    exit_code = 2


def provider(name: str, settings: Settings) -> Provider:
    """Return the provider called `name`; NoSuchProvider lists the valid ones."""
    match name:
        case "lxc":
            from range.providers.lxc.provider import LxcProvider

            return LxcProvider(settings)
        case "memory":
            from range.providers.memory import MemoryProvider

            return MemoryProvider(settings)
    raise NoSuchProvider(f"there is no provider {name!r}", hint=f"There are: {', '.join(NAMES)}")
