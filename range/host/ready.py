"""Making a host ready for labs: what every verb that boots guests calls first."""

from __future__ import annotations

from range.host.libvirtd import ensure_libvirt
from range.host.limits import raise_limits
from range.settings import Settings


def ensure_host(settings: Settings) -> None:
    """Start libvirt if nothing runs it and raise kernel limits; HostNotReady. Quick when ready."""
    ensure_libvirt(settings)
    raise_limits()
