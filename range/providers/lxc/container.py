"""One system container: start it, wait for it, end it, keep what it wrote.

Used for the nodes of labs and for bakes. Nothing here knows of plans.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libvirt

from range.errors import ProvisioningFailed
from range.guest.base import Completed, GuestUnreachable
from range.guest.container import ContainerGuest
from range.host import remains
from range.providers.lxc import cgroups
from range.providers.lxc.connection import with_libvirt
from range.providers.lxc.domain import ContainerSpec, Leg, StaticRoute, domain_xml
from range.providers.lxc.freezer import let_go
from range.providers.lxc.mounts import UIDS, mount_overlay, unmount, unmount_inside
from range.providers.lxc.owners import shift_owners

__all__ = [
    "ContainerSpec",
    "Leg",
    "RunningContainer",
    "StaticRoute",
    "find",
    "freeze",
    "kill",
    "prepare",
    "start",
    "still_runs",
    "wait_until_up",
]

END_WITHIN = 30.0  # seconds from SIGKILL until libvirt has cleaned up
_INIT_WITHIN = 5.0  # seconds from a controller's start until it has a guest
_MISSED_AFTER = 3.0  # seconds, of these, after which libvirt has not noticed an end
_STARTED_WITHIN = 20.0  # seconds for a start that another process began


@dataclass(frozen=True)
class RunningContainer:
    """A container by the pids of its controller (libvirt's id of it) and of its init."""

    name: str
    controller: int
    init: int
    uid_base: int

    def guest(self, node: str = "") -> ContainerGuest:
        """Return the control path into it."""
        return ContainerGuest(node or self.name, self.init, self.uid_base)


def prepare(spec: ContainerSpec) -> Path:
    """Make the upper directory, if it is not there yet, and return it: files may be put into it.

    They must be owned by `spec.uid_base` plus the uid that the guest shall see. Raises
    ProvisioningFailed when a layer is missing.
    """
    for lower in spec.lowers:
        if not lower.is_dir():
            raise ProvisioningFailed(
                f"{spec.name}: the layer {lower} is missing", hint="`cyder image bake` makes it."
            )
    upper = spec.work / "upper"
    spec.work.mkdir(parents=True, exist_ok=True)
    for folder, mode in ((upper, 0o755), (spec.work / "work", 0o700)):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(mode)
            os.chown(folder, spec.uid_base, spec.uid_base)
    return upper


def start(spec: ContainerSpec) -> RunningContainer:
    """Boot a container; one that runs already is only found. Raises ProvisioningFailed."""
    running = find(spec.name, spec.uid_base)
    if running is not None:
        return running
    prepare(spec)
    if _controller(spec.name) is not None:
        kill(spec.name)  # listed, but without an init: libvirt has missed its end
    unmount(spec.work / "root")
    root = mount_overlay(spec.lowers, spec.work, spec.uid_base)
    try:
        running = _create(spec)
        # libvirt's own /proc/meminfo cannot be sought in, and so breaks ps and free.
        unmount_inside(running.init, "/proc/meminfo")
        cgroups.limit(spec.name, running.init, spec.processes)
        return running
    except BaseException:
        kill(spec.name)
        raise
    finally:
        # The guest has its own copy. Left here, it would be copied into every later guest.
        unmount(root)


def _create(spec: ContainerSpec) -> RunningContainer:
    """Have libvirt start the container. One that somebody else is just starting is waited for."""
    text = domain_xml(spec, UIDS)
    deadline = time.monotonic() + _STARTED_WITHIN
    pause = threading.Event()
    while True:
        try:
            controller = with_libvirt(lambda connection: connection.createXML(text, 0).ID())
            return RunningContainer(spec.name, controller, _init_of(controller), spec.uid_base)
        except (libvirt.libvirtError, OSError) as error:
            # An `up` that was killed, or a libvirtd that died answering, may have left a start.
            running = find(spec.name, spec.uid_base)
            if running is not None:
                return running
            if not _is_listed(error) or time.monotonic() > deadline:
                raise ProvisioningFailed(f"{spec.name} does not start: {error}") from error
            pause.wait(0.05)


def _is_listed(error: Exception) -> bool:
    """True if libvirt refused a start because it knows a domain of that name."""
    return (
        isinstance(error, libvirt.libvirtError)
        and error.get_error_code() == libvirt.VIR_ERR_OPERATION_FAILED
    )


def _init_of(controller: int) -> int:
    """Return the guest's init: the controller's only child. Raises OSError if it is gone."""
    children = Path(f"/proc/{controller}/task/{controller}/children").read_text().split()
    if not children:
        raise ProcessLookupError(3, "the guest's init has ended")
    return int(children[0])


def find(name: str, uid_base: int) -> RunningContainer | None:
    """Return the container called `name` if it runs."""
    controller = _controller(name)
    if controller is None:
        return None
    try:
        return RunningContainer(name, controller, _init_of(controller), uid_base)
    except OSError:
        return None


def still_runs(container: RunningContainer) -> bool:
    """Tell whether what was found before is still the same running guest. Asks no daemon."""
    try:
        return _init_of(container.controller) == container.init
    except OSError:
        return False


def _controller(name: str) -> int | None:
    def look(connection: Any) -> int | None:
        try:
            domain = connection.lookupByName(name)
            return int(domain.ID()) if domain.isActive() else None
        except libvirt.libvirtError as error:
            if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
                return None
            raise

    try:
        return with_libvirt(look)
    except libvirt.libvirtError as error:
        raise ProvisioningFailed(f"libvirt cannot say whether {name} runs: {error}") from error


def wait_until_up(container: RunningContainer, timeout: float = 120) -> None:
    """Wait until systemd has finished booting and every unit is well; ProvisioningFailed if not."""
    deadline = time.monotonic() + timeout
    guest = container.guest()
    _wait_for_manager(container, deadline)
    try:
        asked = guest.run(
            ["systemctl", "is-system-running", "--wait"],
            timeout=max(0.1, deadline - time.monotonic()),
        )
    except GuestUnreachable as error:
        jobs = _say(container, ["systemctl", "list-jobs", "--no-legend", "--plain"])
        raise ProvisioningFailed(f"{container.name} is not up: {error.message}; {jobs}") from error
    state = asked.stdout.decode(errors="replace").strip()
    if state != "running":
        failed = _say(container, ["systemctl", "list-units", "--failed", "--no-legend", "--plain"])
        raise ProvisioningFailed(f"{container.name} is {state or 'silent'}, not running: {failed}")


def _wait_for_manager(container: RunningContainer, deadline: float) -> None:
    """Wait until the guest's systemd can be asked: its socket appears early in the boot."""
    socket = Path(f"/proc/{container.init}/root/run/systemd/private")
    pause = threading.Event()
    while not socket.exists():  # on a tmpfs that the guest has yet to mount: nothing to await
        if not Path(f"/proc/{container.init}").exists():
            raise ProvisioningFailed(f"{container.name} ended while it was booting")
        if time.monotonic() > deadline:
            raise ProvisioningFailed(f"{container.name}: its systemd does not come up")
        pause.wait(0.03)


def _say(container: RunningContainer, argv: list[str]) -> str:
    try:
        said: Completed = container.guest().run(argv, timeout=5, limit=2000)
    except GuestUnreachable:
        return "it does not answer"
    lines = said.stdout.decode(errors="replace").splitlines()
    text = "; ".join(" ".join(line.split()) for line in lines)
    return "".join(letter for letter in text if letter.isprintable())


def kill(*names: str) -> int:
    """End containers and wait until libvirt has cleaned up after them; returns how many ran.

    Their uppers stay. Names that do not run are fine.
    """
    ends = [end for name in names for end in _kill_init(name)]
    try:
        _wait_for(ends, time.monotonic() + END_WITHIN, names)
    finally:
        for end in ends:
            os.close(end)
    _wait_for_libvirt(set(names), time.monotonic() + END_WITHIN)
    for name in names:
        cgroups.forget(name)
        remains.forget(name)
    return len(ends)


def _kill_init(name: str) -> list[int]:
    """Kill a container's init; return a descriptor that says when its controller has ended."""
    controller = _controller(name)
    if controller is None:
        return []
    try:
        end = os.pidfd_open(controller)
    except ProcessLookupError:
        return []
    deadline, pause = time.monotonic() + _INIT_WITHIN, threading.Event()
    while time.monotonic() < deadline and not select.select([end], [], [], 0)[0]:
        try:
            init = _init_of(controller)
            let_go(init)  # held, it would not even die
            os.kill(init, signal.SIGKILL)
            break
        except OSError:
            pause.wait(0.02)  # it is being started, by somebody who was interrupted
    return [end]


def _wait_for(ends: list[int], deadline: float, names: tuple[str, ...]) -> None:
    poll = select.poll()
    for end in ends:
        poll.register(end, select.POLLIN)
    left = set(ends)
    while left:
        ready = poll.poll(max(0, deadline - time.monotonic()) * 1000)
        if not ready:
            raise ProvisioningFailed(
                f"{len(left)} of {len(names)} guests did not end within {END_WITHIN:g} s",
                hint=f"The first of them: {names[0]}",
            )
        for end, _ in ready:
            poll.unregister(end)
            left.discard(end)


def _wait_for_libvirt(names: set[str], deadline: float) -> None:
    """Wait until libvirt does not list any of `names`: then it has removed legs and groups too."""
    pause = threading.Event()
    patience = time.monotonic() + _MISSED_AFTER
    while True:
        left = with_libvirt(lambda connection: _listed(connection, names))
        if not left:
            return
        if time.monotonic() > deadline:
            raise ProvisioningFailed(
                f"libvirt still lists {', '.join(domain.name() for domain in left[:3])}"
            )
        if time.monotonic() > patience:
            # A controller that ends while libvirt is still starting it is never noticed.
            for domain in left:
                with contextlib.suppress(libvirt.libvirtError):
                    domain.destroy()
        pause.wait(0.02)


def _listed(connection: Any, names: set[str]) -> list[Any]:
    found = []
    for domain in connection.listAllDomains():
        if domain.name() in names:
            found.append(domain)
    return found


def freeze(spec: ContainerSpec, target: Path) -> None:
    """Turn what a stopped container wrote into a layer at `target`, owned by uids from 0.

    Whole or not at all: the upper is changed in place, then renamed. On the same file system.
    """
    if _controller(spec.name) is not None:
        raise ProvisioningFailed(f"{spec.name} still runs; stop it before keeping its files")
    upper = spec.work / "upper"
    shift_owners(upper, -spec.uid_base, UIDS)
    target.parent.mkdir(parents=True, exist_ok=True)
    upper.rename(target)
    shutil.rmtree(spec.work)
