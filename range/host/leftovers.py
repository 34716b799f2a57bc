"""Things of labs that no deployment owns any more: found by their names, ended one by one.

Domains are called `cyder-DEPLOYMENT-...`, bridges, devices and namespaces `cy` + the deployment's
slot in two hex digits. A deployment lives as long as its folder under `labs/` holds a plan. Guests
of another state folder are somebody else's, and so is every slot that they use.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from range.host import remains
from range.host.claims import claims
from range.settings import Settings

_DEVICE = re.compile(r"cy([0-9a-f]{2})")
_TARGET = re.compile(r"<target dev='cy([0-9a-f]{2})")


@dataclass(frozen=True)
class Leftover:
    """One thing to remove: what it is, its name, and how it is ended."""

    kind: str
    name: str
    remove: Callable[[], None]


def leftovers(settings: Settings) -> list[Leftover]:
    """List what no deployment owns, in the order in which it must go."""
    owned = _owned(settings.labs)
    seen = remains.guests("cyder-")  # before the guests: what is just being started has one by then
    found, foreign = _domains(settings, tuple(f"cyder-{deployment}-" for deployment in owned))
    slots = set(owned.values()) | foreign | _claimed(settings)
    found += _namespaces(slots)
    found += _devices(slots)
    found += _mounts(settings, set(owned))
    found += _remains(seen)
    return found


def _owned(labs: Path) -> dict[str, str]:
    """Deployment -> slot as two hex digits."""
    owned = {}
    for plan in labs.glob("*/plan.json"):
        try:
            owned[plan.parent.name] = f"{int(json.loads(plan.read_text())['slot']):02x}"
        except (OSError, ValueError, KeyError, TypeError):
            continue  # half written: what it made is a leftover
    return owned


def _claimed(settings: Settings) -> set[str]:
    """Slots that deployments of other state folders have, as two hex digits."""
    if not settings.slots.is_dir():
        return set()
    ours = settings.labs.resolve()
    with claims(settings.slots) as host:
        return {f"{slot:02x}" for slot, mark in host.held().items() if mark.parents[1] != ours}


def _domains(settings: Settings, prefixes: tuple[str, ...]) -> tuple[list[Leftover], set[str]]:
    """Guests that nobody owns, and the slots of guests that another state folder owns."""
    import libvirt

    try:
        connection = libvirt.open("lxc:///system")
    except libvirt.libvirtError:
        return [], set()  # no libvirt, no domains
    found, foreign = [], set()
    for domain in connection.listAllDomains():
        name = domain.name()
        if not name.startswith("cyder-") or name.startswith((*prefixes, "cyder-bake-")):
            continue
        try:
            text = domain.XMLDesc()
        except libvirt.libvirtError:
            continue  # ended while we looked
        if f"'{settings.home}/" in text:
            found.append(Leftover("guest", name, _destroy(domain)))
        else:
            foreign |= set(_TARGET.findall(text))
    return found, foreign


def _remains(seen: set[str]) -> list[Leftover]:
    """What libvirt keeps in /run of guests that have ended, whosever they were."""
    import libvirt

    try:
        running = {domain.name() for domain in libvirt.open("lxc:///system").listAllDomains()}
    except libvirt.libvirtError:
        return []  # who knows which of them run
    return [
        Leftover("remains of guest", name, partial(remains.forget, name))
        for name in sorted(seen - running)
    ]


def _destroy(domain: Any) -> Callable[[], None]:
    import libvirt

    def remove() -> None:
        try:
            domain.destroy()
        except libvirt.libvirtError as error:
            if error.get_error_code() != libvirt.VIR_ERR_NO_DOMAIN:
                raise OSError(f"libvirt: {error}") from error

    return remove


def _unowned(name: str, slots: set[str]) -> bool:
    match = _DEVICE.match(name)
    return match is not None and match[1] not in slots


def _namespaces(slots: set[str]) -> list[Leftover]:
    folder = Path("/run/netns")
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    return [
        Leftover("namespace", name, _command("ip", "netns", "delete", name))
        for name in names
        if _unowned(name, slots)
    ]


def _devices(slots: set[str]) -> list[Leftover]:
    names = sorted(entry.name for entry in Path("/sys/class/net").iterdir())
    return [
        Leftover("network device", name, _command("ip", "link", "delete", name))
        for name in names
        if _unowned(name, slots)
    ]


def _mounts(settings: Settings, owned: set[str]) -> list[Leftover]:
    inside = f"{settings.labs}/"
    points = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = line.split()[4]
        if point.startswith(inside) and point[len(inside) :].split("/")[0] not in owned:
            points.append(point)
    return [
        Leftover("mount", point, _command("umount", "--lazy", point)) for point in reversed(points)
    ]


def _command(*words: str) -> Callable[[], None]:
    def remove() -> None:
        subprocess.run(words, capture_output=True, check=True, stdin=subprocess.DEVNULL)

    return remove
