"""What preflight saw, judged: a few findings for each lab. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from range.checks.outbound import Leg
from range.plan.model import LabPlan

_NAMED = 6  # examples that a detail gives


@dataclass(frozen=True)
class Finding:
    """One thing that preflight tried to show. `outcome`: sealed, leaks, or unproven."""

    team: str
    test: str
    outcome: str
    detail: str

    @property
    def ok(self) -> bool:
        """True if it was shown."""
        return self.outcome == "sealed"

    def __str__(self) -> str:
        return f"{self.team}: {self.test}: {self.outcome}: {self.detail}"


@dataclass(frozen=True)
class Reached:
    """Whose canaries a place of a lab heard, by the address that it asked."""

    team: str
    place: str
    heard: Mapping[str, str]  # address -> team, or `the host`


def judge_lab(
    lab: LabPlan,
    legs: Sequence[Leg],
    reached: Sequence[Reached],
    failures: Sequence[str],
    marks: Mapping[bytes, set[str]],
    hello: bytes,
    lost: int,
) -> list[Finding]:
    """Return the findings about one lab. `marks` tells which devices saw which mark."""
    return [
        _control_canaries(lab, reached, failures),
        _control_frames(lab, legs, marks, failures, lost),
        _strangers(lab, reached),
        _outside(lab, legs, marks, hello),
        _segments(lab, legs, marks),
        _access(lab, legs, marks),
    ]


def ports_of(lab: LabPlan) -> set[str]:
    """The devices of the host that frames of a lab may be seen on: its ports, not its bridges."""
    ports = {nic.device for node in lab.nodes for nic in node.nics}
    ports |= {node.access.device for node in lab.nodes if node.access is not None}
    return ports | {probe.device for probe in lab.probes} | {lab.access.device}


def _control_canaries(lab: LabPlan, reached: Sequence[Reached], failures: Sequence[str]) -> Finding:
    """Someone on each network hears the lab's own canary: so others would be heard, too."""
    wanted = {
        probe.network: {str(address) for address in probe.addresses}
        for probe in lab.probes
        if any(nic.network == probe.network for node in lab.nodes for nic in node.nics)
    }
    near = {nic.network: set[str]() for node in lab.nodes for nic in node.nics}
    for node in lab.nodes:
        for nic in node.nics:
            near[nic.network].add(node.name)
    silent = [
        network
        for network, addresses in wanted.items()
        if not any(
            one.place in near[network]
            and any(one.heard.get(address) == lab.team for address in addresses)
            for one in reached
        )
    ]
    if failures:
        return Finding(lab.team, "control: canaries", "unproven", _some(failures))
    if silent:
        what = f"nobody hears the lab's own canary on {_some(silent)}"
        return Finding(lab.team, "control: canaries", "unproven", what)
    return Finding(lab.team, "control: canaries", "sealed", f"heard on {_some(wanted)}")


def _control_frames(
    lab: LabPlan,
    legs: Sequence[Leg],
    marks: Mapping[bytes, set[str]],
    failures: Sequence[str],
    lost: int,
) -> Finding:
    """Every leg's frames are seen at its own port: so they would be seen elsewhere, too."""
    unseen = [
        str(leg)
        for leg in legs
        for mark in (leg.plain, leg.odd)
        if leg.nic.device not in marks.get(mark, set())
    ]
    test = "control: frames"
    if lost:
        return Finding(lab.team, test, "unproven", f"{lost} frames could not be looked at")
    if unseen:
        what = f"no frames seen from {_some(dict.fromkeys(unseen))}"
        return Finding(lab.team, test, "unproven", "; ".join([what, *failures[:2]]))
    return Finding(lab.team, test, "sealed", f"seen from {len(legs)} legs")


def _strangers(lab: LabPlan, reached: Sequence[Reached]) -> Finding:
    """Nobody hears a canary of another lab, or the host's."""
    leaks = [
        f"{one.place} reaches {whose} at {address}"
        for one in reached
        for address, whose in one.heard.items()
        if whose != lab.team
    ]
    tried = f"tried from {len(reached)} places"
    return _sealed_if_none(lab, "other labs and the host", leaks, tried)


def _outside(
    lab: LabPlan, legs: Sequence[Leg], marks: Mapping[bytes, set[str]], hello: bytes
) -> Finding:
    """No frame of the lab is on a device that is not a port of it."""
    own = ports_of(lab)
    leaks = [
        f"frames of {leg} on {device}"
        for leg in legs
        for mark in (leg.plain, leg.odd)
        for device in sorted(marks.get(mark, set()) - own)
    ]
    leaks += [f"a datagram on {device}" for device in sorted(marks.get(hello, set()) - own)]
    return _sealed_if_none(lab, "anywhere outside", leaks, "on no device but the lab's ports")


def _segments(lab: LabPlan, legs: Sequence[Leg], marks: Mapping[bytes, set[str]]) -> Finding:
    """IPv6, tagged, foreign and forged frames get no further than their own port."""
    leaks = [
        f"odd frames of {leg} on {device}"
        for leg in legs
        for device in sorted(marks.get(leg.odd, set()) - {leg.nic.device})
    ]
    return _sealed_if_none(lab, "odd and forged frames", leaks, "none passes its own port")


def _access(lab: LabPlan, legs: Sequence[Leg], marks: Mapping[bytes, set[str]]) -> Finding:
    """Over the access network, nodes reach nobody but the (deaf) access point."""
    leaks = [
        f"frames of {leg} on {device}"
        for leg in legs
        if leg.access
        for device in sorted(marks.get(leg.plain, set()) - {leg.nic.device, lab.access.device})
    ]
    return _sealed_if_none(lab, "access network", leaks, "nodes do not reach one another by it")


def _sealed_if_none(lab: LabPlan, test: str, leaks: Sequence[str], well: str) -> Finding:
    if leaks:
        return Finding(lab.team, test, "leaks", _some(dict.fromkeys(leaks)))
    return Finding(lab.team, test, "sealed", well)


def _some(items: Iterable[str]) -> str:
    listed = list(items)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return "; ".join(listed[:_NAMED]) + more
