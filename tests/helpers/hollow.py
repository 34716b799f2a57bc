"""Hollow labs: the real bridges, guard and hidden places of a plan, with namespaces for guests."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from range.guest.base import GuestUnreachable
from range.network.bridges import isolate, make_bridges, remove_devices
from range.network.guard import device_group, device_prefix, guard, remove_guard
from range.network.namespaces import make_places, namespace_path, remove_places
from range.network.tools import in_namespace, ip_batch
from range.plan.model import LabPlan, NodePlan, Plan
from range.providers import deployments
from range.settings import Settings, settings

Planner = Callable[..., Plan]

SSHD = Path(__file__).with_name("node_sshd.py")


@dataclass
class HollowLabs:
    """Labs of one plan; what provider there is of them knows only their namespaces."""

    plan: Plan
    name: str = "hollow"
    _programs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def network_namespace(self, lab: LabPlan, place: str) -> str:
        """As a provider does."""
        if place == "access":
            return namespace_path(lab.access.namespace)
        for number, node in enumerate(lab.nodes):
            if node.name == place:
                return namespace_path(node_namespace(lab, number))
        for probe in lab.probes:
            if probe.network == place:
                return namespace_path(probe.namespace)
        raise GuestUnreachable(place)

    def run_in(self, lab: LabPlan, place: str, *argv: str, ready: str = "") -> None:
        """Keep a program running at a place; wait until it prints `ready` in a line."""
        path = self.network_namespace(lab, place)
        program = subprocess.Popen(
            ["nsenter", f"--net={path}", "--", *argv], stdout=subprocess.PIPE, bufsize=0
        )
        self._programs.append(program)
        assert program.stdout is not None
        if ready:
            said = program.stdout.readline().decode()
            assert ready in said, f"{argv} says {said!r}"

    def run_python(self, lab: LabPlan, place: str, *argv: str) -> None:
        """Keep a Python program running at a place; it prints `ready`."""
        self.run_in(lab, place, sys.executable, *argv, ready="ready")

    def sshd(self, lab: LabPlan, node: str) -> None:
        """Let trainees log in to a node."""
        self.run_python(lab, node, str(SSHD), lab.seed, node)

    def end(self) -> None:
        """End the programs."""
        for program in self._programs:
            program.kill()
            program.wait()
            if program.stdout is not None:
                program.stdout.close()


def node_namespace(lab: LabPlan, number: int) -> str:
    """Name of the namespace that stands for a guest."""
    return f"{lab.access.namespace[:-1]}x{number:x}"


@contextmanager
def hollow_labs(settings: Settings, plan: Plan) -> Iterator[HollowLabs]:
    """Make the labs of a plan without guests; remove everything at the end."""
    labs = HollowLabs(plan)
    prefix = device_prefix(plan.slot)
    try:
        bridges = [bridge.name for lab in plan.labs for bridge in lab.bridges]
        make_bridges(bridges, device_group(plan.slot))
        guard(plan)
        for lab in plan.labs:
            make_places(lab)
            for number, node in enumerate(lab.nodes):
                _node(node_namespace(lab, number), node)
        _settle(plan)
        yield labs
    finally:
        labs.end()
        remove_places(prefix)
        remove_devices(prefix, device_group(plan.slot))
        remove_guard(plan.slot)
        deployments.release(settings, plan.deployment)


def _node(name: str, node: NodePlan) -> None:
    nics = [*node.nics, *([node.access] if node.access else [])]
    ip_batch([f"netns add {name}"])
    ip_batch(
        [
            line
            for nic in nics
            for line in (
                f"link add {nic.device} type veth peer name {nic.name} address {nic.mac} "
                f"netns {name}",
                f"link set {nic.device} addrgenmode none master {nic.bridge} up",
            )
        ]
    )
    inside = ["link set lo up"]
    for nic in nics:
        inside.append(f"link set {nic.name} addrgenmode none")
        inside.append(f"addr add {nic.address}/{nic.prefix} dev {nic.name}")
        inside.append(f"link set {nic.name} up")
    inside += [f"route add {route.to} via {route.via}" for route in node.routes]
    quiet = "for s in all default; do echo 1 > /proc/sys/net/ipv6/conf/$s/disable_ipv6; done; "
    forward = "echo 1 > /proc/sys/net/ipv4/ip_forward; " if len(node.nics) > 1 else ""
    in_namespace(
        namespace_path(name),
        ["sh", "-c", quiet + forward + "exec ip -batch -"],
        "\n".join(inside) + "\n",
    )
    if node.access is not None:
        isolate([node.access.device])


def _settle(plan: Plan) -> None:
    """Wait until every port of the bridges forwards."""
    devices = [nic.device for lab in plan.labs for node in lab.nodes for nic in node.nics]
    deadline = time.monotonic() + 5
    while any(
        Path(f"/sys/class/net/{device}/brport/state").read_text().strip() != "3"
        for device in devices
    ):
        assert time.monotonic() < deadline, "ports of bridges do not come up"
        os.sched_yield()


@contextmanager
def hollow_pair(planner: Planner, name: str) -> Iterator[HollowLabs]:
    """Make two hollow labs of the small network; tests that lack the rights for it are skipped."""
    if os.geteuid() != 0:
        pytest.skip("namespaces need root")
    here = settings()
    deployment = f"test-hollow-{name}-{os.getpid()}"
    slot = deployments.reserve(here, deployment)
    plan = _with_free_ports(planner(deployment, slot=slot))
    with hollow_labs(here, plan) as labs:
        yield labs


def _with_free_ports(plan: Plan) -> Plan:
    """Let access points listen where nobody else does, also with many tests on one host."""
    labs = []
    for lab in plan.labs:
        port = _free_port()
        labs.append(replace(lab, access=replace(lab.access, port=port)))
    return replace(plan, labs=tuple(labs))


def _free_port() -> int:
    """Return a port that nobody has, of those that the kernel gives to no connection by itself.

    An access point that is started again would else find its port taken by anybody's connection.
    """
    while True:
        port = random.randrange(22_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("0.0.0.0", port)):
            return port
