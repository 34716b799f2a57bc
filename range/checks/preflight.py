"""Preflight: the proof that labs are sealed off, from each other, from the host, from anywhere.

From every node, as root would: connections to the other labs' canaries, the host and 192.0.2.1
(which stands for the outside), and raw frames of every kind past the node's own routes and rules.
Every device of the host is watched for the marks that these carry. Positive controls show that
canaries are heard where they may be, and that frames are seen where they start. Nothing is sent to
a real outside address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from range.checks.canaries import Canaries, canaries, canary_addresses, host_addresses
from range.checks.capture import MAGIC, capture
from range.checks.judgement import Finding, Reached, judge_lab
from range.checks.outbound import Leg, frames_of, legs_of, new_mark
from range.errors import CyderError
from range.network.agent.agent import AgentFailed, Agents
from range.plan.model import LabPlan, Plan
from range.providers.base import Provider

__all__ = ["Finding", "preflight"]

OUTSIDE = "192.0.2.1"
_TRY = 1.5  # seconds that an answer may take
_LONG_TRY = 6.0
_SEND = 20.0  # seconds that the frames of one leg may take
_WAIT = 60.0
_AT_A_TIME = 4  # labs


@dataclass
class _Trial:
    """What one lab is made to do, and what came of it."""

    lab: LabPlan
    legs: list[Leg]
    hello: bytes = field(default_factory=new_mark)
    targets: list[str] = field(default_factory=list)
    connecting: dict[str, Future[dict[str, Any]]] = field(default_factory=dict)  # by place
    sending: dict[Leg, Future[dict[str, Any]]] = field(default_factory=dict)
    reached: list[Reached] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def preflight(plan: Plan, provider: Provider) -> list[Finding]:
    """Try to get out of every lab of a plan; returns what was found, a few lines for each lab.

    Blocking, for some seconds. HostNotReady when the trial itself cannot be held.
    """
    findings = _hold(plan, provider, _TRY)
    outcomes = {finding.outcome for finding in findings}
    if outcomes == {"sealed", "unproven"}:  # perhaps a host with much to do: give it more time
        findings = _hold(plan, provider, _LONG_TRY)
    return findings


def _hold(plan: Plan, provider: Provider, within: float) -> list[Finding]:
    """Hold the trial once. Answers may take `within` seconds."""
    trials = [_Trial(lab, list(legs_of(lab))) for lab in plan.labs]
    hosts = host_addresses()
    # Should these leak, they end at the host or nowhere: so no lab's address is among them.
    raw = [IPv4Address(address) for address in (OUTSIDE, *hosts) if ":" not in address]
    bridges = {bridge.name: _mac(bridge.name) for lab in plan.labs for bridge in lab.bridges}
    with Agents() as agents, canaries(plan) as words, capture() as seen:
        for some in _groups(trials):
            for trial in some:
                trial.targets = list(dict.fromkeys([OUTSIDE, *hosts, *_near(plan, trial.lab)]))
                _connect(trial, provider, agents, words.port, within)
                _send(trial, provider, agents, raw, bridges)
            for trial in some:
                _await(trial, words)
    return [
        finding
        for trial in trials
        for finding in judge_lab(
            trial.lab,
            trial.legs,
            trial.reached,
            trial.failures,
            seen.devices,
            trial.hello,
            seen.lost,
        )
    ]


def _groups(trials: Sequence[_Trial]) -> Iterator[Sequence[_Trial]]:
    """A few labs at a time: what they send all at once, the capture could not look at."""
    left = list(trials)
    while left:
        yield left[:_AT_A_TIME]
        del left[:_AT_A_TIME]


def _near(plan: Plan, lab: LabPlan) -> list[str]:
    """The canaries of a lab and of those after it: with all of many labs, hosts run out of room
    for neighbours. A leak between any two labs shows by its marks as well.
    """
    labs = [*plan.labs[lab.index :], *plan.labs[: lab.index]][:_AT_A_TIME]
    return [str(address) for one in labs for address in canary_addresses(one)]


def _connect(trial: _Trial, provider: Provider, agents: Agents, port: int, within: float) -> None:
    """Begin connections from every node and from the access point to every target."""
    asked = {
        "targets": [[target, port] for target in trial.targets],
        "hello": (MAGIC + trial.hello).decode(),
    }
    for place in [*(node.name for node in trial.lab.nodes), "access"]:
        try:
            agent = agents.at(provider.network_namespace(trial.lab, place))
            trial.connecting[place] = agent.begin("reach", asked, within)
        except CyderError as error:
            trial.failures.append(f"{place}: {error.message}")


def _send(
    trial: _Trial,
    provider: Provider,
    agents: Agents,
    targets: Sequence[IPv4Address],
    bridges: Mapping[str, str],
) -> None:
    """Begin to send the frames of every leg."""
    for leg in trial.legs:
        frames = frames_of(leg, trial.lab, targets, bridges)
        try:
            agent = agents.at(provider.network_namespace(trial.lab, leg.node))
            trial.sending[leg] = agent.begin(
                "frames", {"device": leg.nic.name, "frames": [f.hex() for f in frames]}, _SEND
            )
        except CyderError as error:
            trial.failures.append(f"{leg}: {error.message}")


def _await(trial: _Trial, words: Canaries) -> None:
    for leg, sent in trial.sending.items():
        try:
            sent.result(_WAIT)
        except (AgentFailed, TimeoutError) as error:
            trial.failures.append(f"{leg}: {error}")
    for place, connected in trial.connecting.items():
        try:
            answers = connected.result(_WAIT)["answers"]
        except (AgentFailed, TimeoutError) as error:
            trial.failures.append(f"{place}: {error}")
            continue
        heard = {
            target: whose
            for target, answer in zip(trial.targets, answers, strict=True)
            for said in (answer["tcp"], answer["udp"])
            if said and (whose := words.whose(said))
        }
        trial.reached.append(Reached(trial.lab.team, place, heard))


def _mac(device: str) -> str:
    return Path(f"/sys/class/net/{device}/address").read_text().strip()
