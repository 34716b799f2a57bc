"""Baking one layer: boot a guest on its parent, play the role, keep what was written."""

from __future__ import annotations

import json
import os
import select
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from range.errors import ProvisioningFailed
from range.guest.base import GuestUnreachable
from range.images import packages
from range.images.handed import hand_back, hand_over, proxies
from range.images.play import Outcome, Way, run_play, write_play
from range.images.progress import ImageProgress, ImageReport, ImageState
from range.images.recipe import Recipe
from range.images.seats import take_seat, uid_base
from range.images.store import Meta, Stopped, inside, publish, remove, size_of, work_folder
from range.load.roles import role_digest
from range.plan.model import Layer
from range.providers.lxc import container as lxc
from range.providers.lxc import nat
from range.providers.lxc.mounts import unmount
from range.settings import Settings

_MEMORY = 2 << 30
_PROCESSES = 8192
_BOOT_WITHIN = 20.0  # seconds; a parent's service that waits for its lab does not hold a bake
_MESSAGE = 600  # characters of a failure told at once; the rest is written down
_STOP_WITHIN = 40.0  # seconds for services, databases above all, to put their files in order


@dataclass(frozen=True)
class Job:
    """A layer to bake. `parents` are its parents' layers from the bottom, `system` below them."""

    layer: Layer
    parents: tuple[Layer, ...]
    system: str
    recipe: Recipe
    role: Path
    nodes: tuple[str, ...] = ()  # who needs it; for messages only

    @property
    def guest(self) -> str:
        """Name of the bake guest; kept when the bake fails."""
        return guest_name(self.layer)


def guest_name(layer: Layer) -> str:
    """Return the name of the guest in which a layer is baked."""
    return f"cyder-bake-{layer.role.replace('_', '-')[:40]}-{layer.id[:8]}"


def bake(settings: Settings, job: Job, report: ImageReport, stopped: Callable[[], bool]) -> None:
    """Bake a layer and publish it under the caller's lock.

    When a task of the role fails, its guest is kept: ProvisioningFailed. Stopped when `stopped`
    says so before the role has been played.
    """
    began = time.monotonic()

    def tell(state: ImageState, detail: str = "") -> None:
        passed = time.monotonic() - began
        report(ImageProgress(job.layer.id, job.layer.role, state, detail, passed))

    work = work_folder(settings, job.layer.id)
    try:
        discard(work, job.guest)
        work.mkdir(parents=True)
        (work / "guest.name").write_text(job.guest)  # whoever finds the folder can end its guest
        tell("booting")
        spec, container = _boot(settings, job, work)
        outcome = _play(job, work, container, lambda task: tell("baking", task), stopped)
        if outcome.ok:
            tell("keeping")
            _keep(settings, job, work, spec, container, began)
    except OSError as error:
        _abandon(work, job.guest)
        raise ProvisioningFailed(
            f"baking {job.layer.role} failed on the host: {error}",
            hint=f"What there is of it: {work}",
        ) from error
    except BaseException:
        _abandon(work, job.guest)
        raise
    if not outcome.ok and stopped():
        discard(work, job.guest)
        raise Stopped(f"baking {job.layer.role} was interrupted")
    if not outcome.ok:
        raise _failure(settings, job, work, outcome)
    tell("done")


def _keep(
    settings: Settings, job: Job, work: Path, spec: lxc.ContainerSpec,
    container: lxc.RunningContainer, began: float,
) -> None:  # fmt: skip
    """Freeze what the role wrote, clear it of what was lent, and publish it."""
    _power_off(container)
    packages.keep_archives(settings, spec.work / "upper")
    made = work / "layer"
    lxc.freeze(spec, made / "root")
    hand_back(made / "root", work / "lent")
    _add_clone_step(job, _role(job, work), made / "root")
    seconds, size = round(time.monotonic() - began, 1), size_of(made / "root")
    meta = Meta(
        job.layer.id, "layer", job.layer.role, job.layer.parent, job.layer.variables,
        job.layer.role_digest, time.time(), seconds, size,
    )  # fmt: skip
    publish(settings, made, meta)
    remove(work)


def _abandon(work: Path, guest: str) -> None:
    """End a bake that cannot go on; its files stay to be looked at until the next try."""
    lxc.kill(guest)
    (work / "seat").unlink(missing_ok=True)


def discard(work: Path, *guests: str) -> None:
    """Remove what an earlier bake left: its guest, its mount, its files."""
    lxc.kill(*guests)
    unmount(work / "guest" / "root")
    remove(work)


def _boot(
    settings: Settings, job: Job, work: Path
) -> tuple[lxc.ContainerSpec, lxc.RunningContainer]:
    nat.ensure_bake_network()
    seat = take_seat(settings, work)
    lent = hand_over(settings, job.recipe, work / "lent", str(nat.GATEWAY))
    layers = [settings.layer(parent.id) for parent in job.parents]
    spec = lxc.ContainerSpec(
        name=job.guest,
        lowers=(settings.system(job.system), *layers, lent),
        work=work / "guest",
        uid_base=uid_base(seat),
        memory=_MEMORY,
        processes=_PROCESSES,
        hostname="bake",
        legs=(
            lxc.Leg("eth0", f"52:54:00:cb:00:{seat:02x}", network=nat.NAME,
                    address=nat.address(seat), prefix=nat.NETWORK.prefixlen),
        ),
        routes=(lxc.StaticRoute("eth0", IPv4Network("0.0.0.0/0"), nat.GATEWAY),),
    )  # fmt: skip
    container = lxc.start(spec)
    try:
        lxc.wait_until_up(container, _BOOT_WITHIN)
    except ProvisioningFailed:
        if lxc.find(spec.name, spec.uid_base) is None:
            raise
    return spec, container


def _play(
    job: Job, work: Path, container: lxc.RunningContainer,
    on_task: Callable[[str], None], stopped: Callable[[], bool],
) -> Outcome:  # fmt: skip
    way = Way(
        host=job.layer.role.replace("_", "-"),
        entry=tuple(container.guest().entry([])),
        init=container.init,
        namespace=Path(f"/proc/{container.init}/ns/user").stat().st_ino,
    )
    folder = work / "ansible"
    write_play(folder, job.role, job.layer.role, job.layer.variables, way, proxies())
    digest = role_digest(_role(job, work))
    if digest != job.layer.role_digest:
        raise ProvisioningFailed(
            f"the role {job.layer.role} was changed while its layer was about to be baked",
            hint="Run the command again.",
        )
    return run_play(folder, on_task, stopped)


def _role(job: Job, work: Path) -> Path:
    """Return the copy of the role that is baked, whatever its author does meanwhile."""
    return work / "ansible" / "project" / "roles" / job.layer.role


def _failure(settings: Settings, job: Job, work: Path, outcome: Outcome) -> ProvisioningFailed:
    """Write down how the bake failed, beside its guest, and return it as an error."""
    facts = {
        "layer": job.layer.id, "role": job.layer.role, "task": outcome.task,
        "host": outcome.host, "message": outcome.message, "guest": job.guest, "nodes": job.nodes,
        "log": str(outcome.log), "at": time.time(),
    }  # fmt: skip
    (work / "failed.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    packages.keep_archives(settings, work / "guest" / "upper")
    where = f"task {outcome.task!r} on {job.guest}" if outcome.task else "before its first task"
    if lxc.find(job.guest, 0) is None:
        evidence = f"The guest has ended; its files are in {work / 'guest' / 'upper'}."
    else:
        evidence = f"The guest is kept; look into it with `cyder image shell {job.guest}`."
    message = " ".join(outcome.message.split())[:_MESSAGE]
    return ProvisioningFailed(
        f"role {job.layer.role} of {', '.join(job.nodes) or 'no node'} failed: {where}: {message}",
        hint=f"{evidence} All that Ansible said: {outcome.log}. Finished layers stay.",
    )


def _power_off(container: lxc.RunningContainer) -> None:
    """Shut the guest down in order, as a machine is before its disk is copied."""
    end = os.pidfd_open(container.controller)
    try:
        try:
            container.guest().run(["systemctl", "poweroff", "--no-block"], timeout=10)
        except GuestUnreachable as error:
            raise ProvisioningFailed(f"{container.name} broke: {error.message}") from error
        poll = select.poll()
        poll.register(end, select.POLLIN)
        poll.poll(_STOP_WITHIN * 1000)
    finally:
        os.close(end)
    lxc.kill(container.name)


def _add_clone_step(job: Job, role: Path, root: Path) -> None:
    """Put the role's clone.sh where each clone runs it once; parents' steps come first."""
    script = role / "clone.sh"
    if not script.is_file():
        return
    if inside(root, "usr/lib/cyder/clone.d/any") is None:
        raise ProvisioningFailed(f"role {job.layer.role} made a link of /usr/lib/cyder")
    folder = root
    for part in ("usr", "lib", "cyder", "clone.d"):
        folder = folder / part
        if not folder.exists():
            folder.mkdir(mode=0o755)
            folder.chmod(0o755)
    target = folder / f"{10 + len(job.parents):02d}-{job.layer.role}.sh"
    shutil.copyfile(script, target)
    target.chmod(0o700)
