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
from range.images.store import Meta, Stopped, publish, remove, size_of, work_folder
from range.load.roles import role_digest
from range.plan.model import Layer
from range.providers.lxc import container as lxc
from range.providers.lxc import nat
from range.providers.lxc.mounts import unmount
from range.settings import Settings

_MEMORY = 2 << 30
_PROCESSES = 8192
_BOOT_WITHIN = 20.0  # seconds; a parent's service that waits for its lab does not hold a bake
_STOP_WITHIN = 40.0  # seconds for services, databases above all, to put their files in order


@dataclass(frozen=True)
class Job:
    """A layer to bake. `parents` are its parents' layers from the bottom, `system` below them."""

    layer: Layer
    parents: tuple[Layer, ...]
    system: str
    recipe: Recipe
    role: Path

    @property
    def guest(self) -> str:
        """Name of the bake guest; kept when the bake fails."""
        return guest_name(self.layer)


def guest_name(layer: Layer) -> str:
    """Return the name of the guest in which a layer is baked."""
    return f"cyder-bake-{layer.role.replace('_', '-')[:40]}-{layer.id[:8]}"


def bake(settings: Settings, job: Job, report: ImageReport, stopped: Callable[[], bool]) -> None:
    """Bake a layer and publish it under the caller's lock; ProvisioningFailed keeps the guest."""
    began = time.monotonic()

    def tell(state: ImageState, detail: str = "") -> None:
        passed = time.monotonic() - began
        report(ImageProgress(job.layer.id, job.layer.role, state, detail, passed))

    work = work_folder(settings, job.layer.id)
    discard(work, job.guest)
    work.mkdir(parents=True)
    tell("booting")
    spec, container = _boot(settings, job, work)
    try:
        outcome = _play(job, work, container, lambda task: tell("baking", task), stopped)
    except BaseException:
        lxc.kill(job.guest)
        raise
    if stopped() and not outcome.ok:
        lxc.kill(job.guest)
        raise Stopped(f"baking {job.layer.role} was interrupted")
    if not outcome.ok:
        raise _failure(settings, job, work, outcome)
    tell("keeping")
    _power_off(container)
    packages.keep_archives(settings, spec.work / "upper")
    made = work / "layer"
    lxc.freeze(spec, made / "root")
    hand_back(made / "root", work / "lent")
    _add_clone_step(job, made / "root")
    meta = Meta(
        job.layer.id, "layer", job.layer.role, job.layer.parent, job.layer.variables,
        job.layer.role_digest, time.time(), round(time.monotonic() - began, 1),
        size_of(made / "root"),
    )  # fmt: skip
    publish(settings, made, meta)
    remove(work)
    tell("done")


def discard(work: Path, guest: str) -> None:
    """Remove what an earlier bake left: its guest, its mount, its files."""
    lxc.kill(guest)
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
    digest = role_digest(folder / "project" / "roles" / job.layer.role)
    if digest != job.layer.role_digest:
        raise ProvisioningFailed(
            f"the role {job.layer.role} was changed while its layer was about to be baked",
            hint="Run the command again.",
        )
    return run_play(folder, on_task, stopped)


def _failure(settings: Settings, job: Job, work: Path, outcome: Outcome) -> ProvisioningFailed:
    """Write down how the bake failed, beside its guest, and return it as an error."""
    facts = {
        "layer": job.layer.id, "role": job.layer.role, "task": outcome.task,
        "host": outcome.host, "message": outcome.message, "guest": job.guest,
        "log": str(outcome.log), "at": time.time(),
    }  # fmt: skip
    (work / "failed.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    packages.keep_archives(settings, work / "guest" / "upper")
    where = f"task {outcome.task!r} on {outcome.host}" if outcome.task else "before its first task"
    return ProvisioningFailed(
        f"role {job.layer.role} (layer {job.layer.id}) failed: {where}: {outcome.message}",
        hint=(
            f"The guest {job.guest} is kept; look into it with `cyder image shell {job.guest}`. "
            f"All that Ansible said: {outcome.log}. Layers baked before this one are kept."
        ),
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


def _add_clone_step(job: Job, root: Path) -> None:
    """Put the role's clone.sh where each clone runs it once; parents' steps come first."""
    script = job.role / "clone.sh"
    if not script.is_file():
        return
    folder = root
    for part in ("usr", "lib", "cyder", "clone.d"):
        folder = folder / part
        if not folder.exists():
            folder.mkdir(mode=0o755)
            folder.chmod(0o755)
    target = folder / f"{10 + len(job.parents):02d}-{job.layer.role}.sh"
    shutil.copyfile(script, target)
    target.chmod(0o700)
