"""What tests of labs share: a plan of two small labs with a router, and guests for real ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from range.plan.make import make_plan
from range.plan.model import Plan
from range.scenario.scenario import Bundle, Scenario
from range.settings import Settings, settings

Planner = Callable[..., Plan]


def _text(words: str) -> dict[str, str]:
    return {"ja": words, "en": words}


def _scenario() -> Scenario:
    """Two segments, a router between them, two staff machines inside, one attacker outside."""
    return Scenario.model_validate(
        {
            "cyder": 1,
            "name": "two-segments",
            "title": _text("Two segments"),
            "organization": "none",
            "level": "test",
            "duration": 600,
            "summary": _text("For tests of labs"),
            "briefing": _text("None"),
            "networks": {
                "outside": {
                    "title": _text("Internet"), "cidr": "203.0.113.0/24", "outside": True,
                },
                "inside": {
                    "title": _text("Office"), "cidr": "10.9.1.0/24", "gateway": "10.9.1.1",
                    "resolver": "10.9.1.1",
                },
            },
            "nodes": {
                "fw": {
                    "title": _text("Router"),
                    "interfaces": [
                        {"network": "outside", "address": "203.0.113.2"},
                        {"network": "inside", "address": "10.9.1.1"},
                    ],
                    "memory": "128M",
                },
                "pc": {
                    "title": _text("Staff"), "count": 2, "fqdn": "pc.office.example",
                    "interfaces": [{"network": "inside"}],
                    "secrets": ["mail"], "memory": "128M", "processes": 128,
                },
                "attacker": {
                    "title": _text("Attacker"), "side": "red",
                    "interfaces": [{"network": "outside", "address": "203.0.113.66"}],
                    "routes": [{"to": "10.9.1.0/24", "via": "203.0.113.2"}],
                    "memory": "128M",
                },
            },
            "secrets": {"mail": {"length": 12}},
            "objectives": {"see": {"phase": "observe", "title": _text("See")}},
            "checks": {"seen": {"objective": "see", "title": _text("Seen"), "rubric": _text("?")}},
        }
    )  # fmt: skip


@pytest.fixture(scope="session")
def plan_two_segments() -> Planner:
    """Plan labs of the small network; nothing of it needs to be baked."""

    def plan(
        deployment: str = "test",
        *,
        slot: int = 0,
        teams: tuple[str, ...] = ("team1", "team2"),
        system: str = "debian-12-test",
        seed: str = "ab" * 32,
    ) -> Plan:
        return make_plan(
            Bundle.model_construct(scenario=_scenario()),
            role_digests={},
            systems={"debian-12": system},
            deployment=deployment,
            slot=slot,
            teams=teams,
            seed=seed,
            first_port=13_000,
        )

    return plan


@pytest.fixture(scope="session")
def host() -> Settings:
    """The real state folder of this host, which is made ready for guests."""
    if os.geteuid() != 0:
        pytest.skip("guests need root")
    from range.host.ready import ensure_host

    ensure_host(settings())
    return settings()


@pytest.fixture(scope="session")
def debian(host: Settings) -> str:
    """Id of the base system, made if it is not there."""
    from range.images.progress import silent
    from range.images.system import ensure_system

    return ensure_system(host, "debian-12", silent)


@pytest.fixture(scope="session")
def plan_real(host: Settings, debian: str, plan_two_segments: Planner) -> Iterator[Planner]:
    """Plan labs that can really be made; whatever of them is left at the end is removed."""
    from range.providers import deployments
    from range.providers.lxc.provider import LxcProvider

    made: list[str] = []

    def plan(name: str, **options: object) -> Plan:
        deployment = f"test-{name}-{os.getpid()}"
        made.append(deployment)
        slot = deployments.reserve(host, deployment)
        return plan_two_segments(deployment, slot=slot, system=debian, **options)

    yield plan
    for deployment in made:
        LxcProvider(host).down(deployment)
