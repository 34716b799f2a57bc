"""Deployments of this host: their slots, their plans, their locks.

A folder `labs/NAME/` is a deployment. It holds a slot from the moment it is made, and `plan.json`
before anything else of it exists; so whatever was made can be found again and taken away. Slots of
deployments that have guests are the host's: no two of any state folders have the same one, nor the
same name.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from range.errors import CyderError, HostNotReady
from range.host.claims import claims
from range.plan.model import Plan
from range.settings import Settings

SLOTS = 64
FIRST_PORT = 12_000  # of the access points; each slot has as many as a deployment may have labs
PORTS = 255

_NET = Path("/sys/class/net")
_DEVICE = re.compile(r"cy([0-9a-f]{2})[0-9a-f]{2}[abnp]")
_PLAN = TypeAdapter(Plan)


class NoSuchDeployment(CyderError):
    """There is no deployment of that name."""

    exit_code = 2


def reserve(settings: Settings, deployment: str, *, on_host: bool = True) -> int:
    """Return the deployment's slot; a new deployment takes the lowest one that is free.

    One that makes nothing on the host, `on_host` false, needs a slot of its state folder only.
    HostNotReady where all are taken; CyderError where another state folder has the name.
    """
    with _locked(settings, "slots"):
        mark = settings.labs.resolve() / deployment / "slot"
        if not on_host:
            slot = _free(settings, mark, set())
            _write(mark, str(slot))
            return slot
        with claims(settings.slots) as host:
            foreign = {
                slot: other
                for slot, other in host.held().items()
                if other.parents[1] != mark.parents[1]
            }
            for other in foreign.values():
                if other.parent.name == deployment:
                    raise CyderError(
                        f"there is a deployment {deployment} already, in {other.parents[2]}",
                        hint="Give this one another --name: guests are called by it.",
                    )
            slot = _free(settings, mark, set(foreign))
            host.take(slot, mark)
            return slot


def _free(settings: Settings, mark: Path, foreign: set[int]) -> int:
    """Return the slot that a mark says, or the lowest one that nobody has."""
    if mark.exists():
        slot = int(mark.read_text())
        if slot in foreign:
            raise CyderError(
                f"slot {slot} of {mark.parent.name} was given to another state folder meanwhile",
                hint=f"`cyder down {mark.parent.name}` gives it up; make it anew then.",
            )
        return slot
    taken = {int(other.read_text()) for other in settings.labs.glob("*/slot")} | foreign
    taken |= _seen_on_host()  # what a crash has left
    free = next((slot for slot in range(SLOTS) if slot not in taken), None)
    if free is None:
        raise HostNotReady(
            f"this host has {SLOTS} deployments already", hint="`cyder down` removes one."
        )
    return free


def _seen_on_host() -> set[int]:
    found = (_DEVICE.match(device.name) for device in _NET.iterdir())
    return {int(match[1], 16) for match in found if match}


def first_port(slot: int) -> int:
    """Return the TCP port of a deployment's first access point."""
    return FIRST_PORT + slot * PORTS


def save(settings: Settings, plan: Plan) -> None:
    """Keep a plan; do so before making anything of it."""
    text = _PLAN.dump_json(plan, indent=1).decode()
    _write(settings.labs / plan.deployment / "plan.json", text)


def load(settings: Settings, deployment: str) -> Plan | None:
    """Return the plan of a deployment; None if there is none, or it was never finished."""
    try:
        text = (settings.labs / deployment / "plan.json").read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return _PLAN.validate_json(text)
    except ValidationError as error:
        raise CyderError(
            f"the plan of {deployment} is of another version or damaged",
            hint="`cyder doctor --fix` removes what nobody owns.",
        ) from error


def need(settings: Settings, deployment: str) -> Plan:
    """Return the plan of a deployment; NoSuchDeployment with the names that there are."""
    plan = load(settings, deployment)
    if plan is None:
        known = ", ".join(names(settings)) or "none"
        raise NoSuchDeployment(f"there is no deployment {deployment!r}", hint=f"There are: {known}")
    return plan


def names(settings: Settings) -> list[str]:
    """List the deployments that have a plan, by name."""
    return sorted(path.parent.name for path in settings.labs.glob("*/plan.json"))


def release(settings: Settings, deployment: str) -> None:
    """Forget a deployment of which nothing is left; its slot is free then."""
    folder = settings.labs / deployment
    with _locked(settings, "slots"):
        if not folder.exists():
            return
        # Plan and slot go last: as long as they are there, `down` can be called again.
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name not in ("plan.json", "slot"):
                path.unlink()
        for name in ("plan.json", "slot"):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


@contextmanager
def lock(settings: Settings, deployment: str) -> Iterator[None]:
    """Hold a deployment for oneself; a second holder waits. Ends with the process at the latest."""
    with _locked(settings, f"deployment-{deployment}"):
        yield


@contextmanager
def _locked(settings: Settings, name: str) -> Iterator[None]:
    settings.run.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(
        settings.run / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text)
    aside.replace(path)
