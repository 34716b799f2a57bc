"""The provider of system containers: whole deployments, by many threads, again and again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from pathlib import Path

from range.errors import CyderError, ProvisioningFailed
from range.guest.base import Guest, GuestUnreachable
from range.network.bridges import make_bridges, remove_devices
from range.network.guard import device_group, device_prefix, guard, remove_guard
from range.network.namespaces import make_places, namespace_path, remove_places
from range.plan.model import LabPlan, NodePlan, Plan
from range.providers import deployments
from range.providers.base import Progress, Report
from range.providers.lxc import nodes, snapshots
from range.providers.lxc.container import RunningContainer, find, kill, still_runs, wait_until_up
from range.providers.lxc.disk import ensure_disks, mount_disk, remove_disk
from range.providers.lxc.mounts import unmount
from range.providers.lxc.watch import RebootWatch
from range.providers.snapshots import Shelf, Snapshot
from range.settings import Settings

# Guests that boot at a time: enough to keep every processor busy while some wait.
BOOTING = 3 * len(os.sched_getaffinity(0))
UP_WITHIN = 180.0  # seconds for one guest to be fully up
_THREADS = 8  # for what is quick


class LxcProvider:
    """Makes nodes as system containers, through libvirt's LXC driver."""

    name = "lxc"

    def __init__(self, settings: Settings, *, booting: int = BOOTING) -> None:
        self._settings = settings
        self._booting = booting
        self._found: dict[str, RunningContainer] = {}

    def up(self, plan: Plan, report: Report) -> None:
        """Make what is missing of a plan; ProvisioningFailed with the first cause, at the end."""
        with deployments.lock(self._settings, plan.deployment):
            deployments.save(self._settings, plan)
            bridges = [bridge.name for lab in plan.labs for bridge in lab.bridges]
            make_bridges(bridges, device_group(plan.slot))
            guard(plan)
            for lab in plan.labs:
                make_places(lab)
            ensure_disks(self._settings, {self._folder(lab): len(lab.nodes) for lab in plan.labs})
            everything = [(lab, node) for lab in plan.labs for node in lab.nodes]
            self._each(everything, lambda lab, node: self._bring_up(lab, node, report), report)

    def down(self, deployment: str) -> int:
        """Remove a deployment; returns how many guests ran. One that is not there is fine."""
        with deployments.lock(self._settings, deployment):
            plan = deployments.load(self._settings, deployment)
            if plan is None:
                deployments.release(self._settings, deployment)
                return 0
            everything = [(lab, node) for lab in plan.labs for node in lab.nodes]
            removed = kill(*(node.domain for _, node in everything))
            self._found.clear()
            for lab, node in everything:
                unmount(nodes.spec_of(self._settings, lab, node).work / "root")
            root = nodes.folder(self._settings, deployment)
            with ThreadPoolExecutor(_THREADS) as pool:
                network = pool.submit(_remove_network, plan.slot)
                list(pool.map(remove_disk, map(self._folder, plan.labs)))
                list(pool.map(shutil.rmtree, root.glob("*/*")))
                network.result()
            deployments.release(self._settings, deployment)
            return removed

    def status(self, plan: Plan) -> Iterable[Progress]:
        """Ask every node, several at a time; in the plan's order."""

        def ask(place: tuple[LabPlan, NodePlan]) -> Progress:
            lab, node = place
            state, why = nodes.state_of(self._settings, lab, node)
            return Progress(lab.team, node.name, state, why)

        with ThreadPoolExecutor(_THREADS) as pool:
            yield from pool.map(ask, [(lab, node) for lab in plan.labs for node in lab.nodes])

    def reset(self, lab: LabPlan, node: str) -> None:
        """Return a node to its baked state and wait until it is up again."""
        with deployments.lock(self._settings, lab.deployment):
            self._found.pop(lab.node(node).domain, None)
            mount_disk(self._folder(lab))
            wait_until_up(nodes.rebuild(self._settings, lab, lab.node(node)), UP_WITHIN)

    def snapshot(self, lab: LabPlan, node: str, name: str) -> None:
        """Keep a node's files as they are at one moment; it stands still while they are copied."""
        with deployments.lock(self._settings, lab.deployment):
            mount_disk(self._folder(lab))
            snapshots.keep(self._settings, lab, lab.node(node), name)

    def revert(self, lab: LabPlan, node: str, name: str) -> None:
        """Return a node to a snapshot and wait until it is up again."""
        with deployments.lock(self._settings, lab.deployment):
            mount_disk(self._folder(lab))
            snapshots.intend_revert(self._settings, lab, lab.node(node), name)
            self._found.pop(lab.node(node).domain, None)
            wait_until_up(nodes.boot(self._settings, lab, lab.node(node)), UP_WITHIN)

    def snapshots(self, lab: LabPlan) -> tuple[Snapshot, ...]:
        """List what is kept of a lab, oldest first."""
        return Shelf(self._settings, lab).listed()

    def watch(self, plan: Plan, report: Report) -> AbstractContextManager[object]:
        """While the context is open, start guests again that reboot themselves."""
        places = {node.domain: (lab, node) for lab in plan.labs for node in lab.nodes}

        def again(name: str) -> None:
            lab, node = places[name]
            try:
                with deployments.lock(self._settings, lab.deployment):
                    if deployments.load(self._settings, lab.deployment) is None:
                        return  # taken down meanwhile
                    kill(name)
                    running = nodes.boot(self._settings, lab, node)
                report(Progress(lab.team, node.name, "booting", "rebooted"))
                wait_until_up(running, UP_WITHIN)
                report(Progress(lab.team, node.name, "running"))
            except CyderError as error:
                report(Progress(lab.team, node.name, "failed", error.message))

        return RebootWatch(frozenset(places), again)

    def guest(self, lab: LabPlan, node: str) -> Guest:
        """Return the control path into a running node."""
        return self._running(lab, node).guest(node)

    def network_namespace(self, lab: LabPlan, place: str) -> str:
        """Return a path that setns accepts. A node's name comes before a network's."""
        if place == "access":
            return namespace_path(lab.access.namespace)
        if any(node.name == place for node in lab.nodes):
            return self.guest(lab, place).network_namespace
        for probe in lab.probes:
            if probe.network == place:
                return namespace_path(probe.namespace)
        raise GuestUnreachable(f"{lab.team} has no place called {place!r}")

    def _running(self, lab: LabPlan, name: str) -> RunningContainer:
        try:
            node = lab.node(name)
        except KeyError as error:
            raise GuestUnreachable(f"{lab.team} has no node called {name!r}") from error
        known = self._found.get(node.domain)
        if known is None or not still_runs(known):
            known = find(node.domain, node.uid_base)
        if known is None:
            self._found.pop(node.domain, None)
            raise GuestUnreachable(f"{name} of {lab.team} does not run")
        self._found[node.domain] = known
        return known

    def _folder(self, lab: LabPlan) -> Path:
        return nodes.folder(self._settings, lab.deployment) / lab.team

    def _bring_up(self, lab: LabPlan, node: NodePlan, report: Report) -> None:
        report(Progress(lab.team, node.name, "made"))
        running = nodes.boot(self._settings, lab, node)
        report(Progress(lab.team, node.name, "booting"))
        wait_until_up(running, UP_WITHIN)
        report(Progress(lab.team, node.name, "running"))

    def _each(
        self,
        everything: list[tuple[LabPlan, NodePlan]],
        work: Callable[[LabPlan, NodePlan], None],
        report: Report,
    ) -> None:
        """Do `work` for every node, `booting` at a time; go on after a failure, then raise it."""
        failures: list[CyderError] = []
        with ThreadPoolExecutor(self._booting) as pool:
            jobs: dict[Future[None], tuple[LabPlan, NodePlan]] = {
                pool.submit(work, lab, node): (lab, node) for lab, node in everything
            }
            try:
                for job in as_completed(jobs):
                    lab, node = jobs[job]
                    try:
                        job.result()
                    except CyderError as error:
                        failures.append(error)
                        report(Progress(lab.team, node.name, "failed", error.message))
            except BaseException:
                for job in jobs:
                    job.cancel()
                raise
        if failures:
            more = f" ({len(failures)} nodes failed)" if len(failures) > 1 else ""
            raise ProvisioningFailed(
                failures[0].message + more,
                hint=failures[0].hint or "The guests stay as they are; `cyder up` tries again.",
            )


def _remove_network(slot: int) -> None:
    remove_places(device_prefix(slot))
    remove_devices(device_prefix(slot), device_group(slot))
    remove_guard(slot)
