"""One lab of the rehearsal scenario, on the provider without guests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from range.guest.base import Guest
from range.injects.context import Evidence, LabContext
from range.load.roles import role_digests
from range.load.scenario import load_scenario
from range.plan.make import make_plan
from range.providers.memory import MemoryProvider
from range.scenario.inject import Procedure
from range.settings import Settings

SCENARIO = Path(__file__).parents[1] / "exercise/rehearsal"


@dataclass
class Post:
    """A mailer that keeps what it is given in the store, or refuses."""

    guest: Callable[[str], Guest]
    sent: int = 0
    loses: bool = False

    def send(
        self,
        seat: str,
        server: str,
        sender: str,
        recipients: tuple[str, ...],
        content: bytes,
        timeout: float,
    ) -> None:
        self.sent += 1
        if not self.loses:
            self.guest("mail").write(f"/var/mail/lead/{self.sent}", content)


@pytest.fixture
def context(tmp_path: Path) -> LabContext:
    settings = Settings(home=tmp_path)
    loaded = load_scenario(SCENARIO, settings)
    plan = make_plan(
        loaded.bundle,
        role_digests=role_digests(loaded.role_folders),
        systems={"debian-12": "debian-12"},
        deployment="e1",
        slot=0,
        teams=("team1",),
        seed="5e" * 32,
        first_port=12_000,
    )
    provider = MemoryProvider(settings)
    provider.up(plan, lambda _: None)
    lab = plan.labs[0]

    def guest(node: str) -> Guest:
        return provider.guest(lab, node)

    return LabContext(
        exercise="e1",
        bundle=loaded.bundle,
        lab=lab,
        facts={"A01": {"since": "10:20"}},
        guest=guest,
        blocked=lambda blocker: Evidence(
            guest("pc").read("/run/implant").type == "absent", f"{blocker}: implant absent"
        ),
        mailer=Post(guest),
    )


@pytest.fixture
def with_procedure(context: LabContext) -> Callable[..., LabContext]:
    """The context with a procedure `p` of the given steps."""

    def make(*steps: dict[str, object], **more: object) -> LabContext:
        head = {"procedure": "p", "title": {"ja": "手", "en": "P"}, "side": "red"}
        procedure = Procedure.model_validate({**head, "steps": steps, **more})
        bundle = context.bundle.model_copy(
            update={"procedures": {**context.bundle.procedures, "p": procedure}}
        )
        return replace(context, bundle=bundle)

    return make
