"""Canaries: what answers in each lab and on the host, each with a word of its own."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address

from range.errors import HostNotReady
from range.network.agent.agent import Agent, Agents
from range.network.bridges import exists
from range.network.namespaces import namespace_path
from range.plan.model import LabPlan, Plan

_LIVES = 300.0  # seconds, at most
_READY_WITHIN = 10.0


@dataclass(frozen=True)
class Canaries:
    """The words: of each lab (by team), and of the host; and the one port where all sing."""

    port: int
    labs: dict[str, str]
    host: str

    def whose(self, said: str) -> str:
        """Return whose word it is: a team, `the host`, or "" for nobody's."""
        if said == self.host:
            return "the host"
        return next((team for team, word in self.labs.items() if word == said), "")


@contextmanager
def canaries(plan: Plan) -> Iterator[Canaries]:
    """Have a canary in each hidden place of each lab and one on the host; HostNotReady."""
    words = Canaries(
        _free_port(), {lab.team: secrets.token_hex(8) for lab in plan.labs}, secrets.token_hex(8)
    )
    with Agents(most=sum(len(lab.probes) for lab in plan.labs) + 2) as agents:
        places = [
            (agents.at(namespace_path(probe.namespace)), words.labs[lab.team])
            for lab in plan.labs
            for probe in lab.probes
        ]
        places.append((agents.at(""), words.host))
        for agent, word in places:
            agent.begin("answer", {"nonce": word, "port": words.port}, _LIVES)
        for agent, word in places:
            _wait_for(agent, word, words.port)
        yield words


def _free_port() -> int:
    """Return a port that nobody on the host uses: other preflights may be under way."""
    with socket.create_server(("", 0)) as ear:
        return int(ear.getsockname()[1])


def _wait_for(agent: Agent, word: str, port: int) -> None:
    """Wait until a canary sings; this also proves that it would be heard."""
    deadline = time.monotonic() + _READY_WITHIN
    asked = {"targets": [["127.0.0.1", port]], "hello": "hello"}
    while time.monotonic() < deadline:
        heard = agent.ask("reach", asked, 0.5)["answers"][0]
        if heard == {"tcp": word, "udp": word}:
            return
    raise HostNotReady(f"no canary sings at {agent.namespace or 'the host'}, port {port}")


def canary_addresses(lab: LabPlan) -> list[IPv4Address]:
    """Return one address of the canary on each network."""
    return [probe.addresses[0] for probe in lab.probes if probe.addresses]


def host_addresses() -> list[str]:
    """Return the host's own addresses, besides those of loopback; HostNotReady."""
    try:
        said = subprocess.run(
            ["ip", "-j", "address"], capture_output=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise HostNotReady(f"`ip` does not tell this host's addresses: {error}") from error
    return [
        address["local"]
        for device in json.loads(said)
        for address in device.get("addr_info", ())
        if device["ifname"] != "lo" and exists(device["ifname"]) and "local" in address
    ]
