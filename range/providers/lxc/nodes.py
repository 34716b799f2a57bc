"""One node of a plan as a container: its spec, its clone, its state. No thread knows another's."""

from __future__ import annotations

import shutil
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

from range.guest.base import GuestUnreachable
from range.network.bridges import isolate, silence
from range.network.sysctls import set_in_namespace
from range.plan.model import LabPlan, NodePlan
from range.providers.base import NodeState
from range.providers.lxc.clone import own_files, write_files
from range.providers.lxc.container import (
    ContainerSpec,
    Leg,
    RunningContainer,
    StaticRoute,
    find,
    kill,
    prepare,
    start,
)
from range.providers.lxc.freezer import let_go
from range.providers.lxc.mounts import unmount
from range.providers.lxc.restoring import is_intended, restore
from range.settings import Settings
from range.text import line

_MADE = "made"  # a file: the clone is whole


def folder(settings: Settings, deployment: str) -> Path:
    """Folder of all guests of a deployment."""
    return settings.labs / deployment / "lxc"


def spec_of(settings: Settings, lab: LabPlan, node: NodePlan) -> ContainerSpec:
    """Return the container that a node is."""
    lowers = (settings.system(node.system), *(settings.layer(layer.id) for layer in node.stack))
    nics = node.nics if node.access is None else (*node.nics, node.access)
    legs = tuple(
        Leg(
            name=nic.name,
            mac=nic.mac,
            bridge=nic.bridge,
            device=nic.device,
            address=nic.address,
            prefix=nic.prefix,
        )
        for nic in nics
    )
    return ContainerSpec(
        name=node.domain,
        lowers=lowers,
        work=folder(settings, lab.deployment) / lab.team / node.name,
        uid_base=node.uid_base,
        memory=node.memory,
        processes=node.processes,
        hostname=node.name,
        legs=legs,
        routes=tuple(StaticRoute(_leg_towards(node, r.via), r.to, r.via) for r in node.routes),
    )


def _leg_towards(node: NodePlan, via: IPv4Address) -> str:
    """Return the leg on whose segment a router is; the first one if on none."""
    for nic in node.nics:
        if via in IPv4Interface(f"{nic.address}/{nic.prefix}").network:
            return nic.name
    return node.nics[0].name


def boot(settings: Settings, lab: LabPlan, node: NodePlan) -> RunningContainer:
    """Clone a node if it is not there yet, start it if it does not run."""
    spec = spec_of(settings, lab, node)
    if is_intended(spec.work):  # a revert, now or one that was interrupted
        kill(spec.name)
        unmount(spec.work / "root")
        restore(spec.work)
    if find(spec.name, spec.uid_base) is None and not (spec.work / _MADE).exists():
        erase(spec)
        upper = prepare(spec)
        write_files(upper, spec.lowers, spec.uid_base, own_files(lab, node))
        (spec.work / _MADE).touch()
    running = start(spec)
    let_go(running.init)  # whoever held it may be gone
    silence(leg.device for leg in spec.legs)
    if node.access is not None:
        isolate([node.access.device])
    sysctls = {"ipv4/ip_forward": "1" if len(node.nics) > 1 else "0"}
    sysctls |= {f"ipv6/conf/{leg.name}/disable_ipv6": "1" for leg in spec.legs}
    set_in_namespace(running.guest(node.name).network_namespace, sysctls)
    return running


def erase(spec: ContainerSpec) -> None:
    """Remove what a guest that does not run has written."""
    unmount(spec.work / "root")
    if spec.work.exists():
        shutil.rmtree(spec.work)


def rebuild(settings: Settings, lab: LabPlan, node: NodePlan) -> RunningContainer:
    """Return a node to its baked state and boot it."""
    spec = spec_of(settings, lab, node)
    kill(spec.name)
    erase(spec)
    return boot(settings, lab, node)


def state_of(settings: Settings, lab: LabPlan, node: NodePlan) -> tuple[NodeState, str]:
    """Say how a node is, and why where it is not well."""
    spec = spec_of(settings, lab, node)
    running = find(spec.name, spec.uid_base)
    if running is None:
        return ("made", "it does not run") if (spec.work / _MADE).exists() else ("absent", "")
    try:
        asked = running.guest(node.name).run(["systemctl", "is-system-running"], timeout=5)
    except GuestUnreachable as error:
        return "failed", error.message
    said = line(asked.stdout, 40)
    if said == "running":
        return "running", ""
    return ("degraded", said) if said == "degraded" else ("booting", said)
