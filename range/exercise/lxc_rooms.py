"""Rooms of real guests: images baked, labs up and proven sealed off, a way in for each team."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from range.access.client import TeamClient
from range.access.point import AccessPoint
from range.access.sheet import write_sheet
from range.checks.observe import LabView, observe
from range.checks.preflight import preflight
from range.errors import CyderError, HostNotReady
from range.events.folder import ExerciseFolder
from range.exercise.desk import Desk
from range.exercise.desk_server import serve_desk
from range.exercise.effects import Client, Seen
from range.exercise.labs import Doors
from range.host.ready import ensure_host
from range.images.ensure import ensure_images
from range.images.progress import ImageProgress
from range.injects.context import Facts, Mailer
from range.load.scenario import load_scenario
from range.network.agent.agent import Agents
from range.plan.model import LabPlan
from range.providers import deployments
from range.providers.base import Provider, Report
from range.providers.registry import provider
from range.scenario.probe import Probe
from range.settings import Settings
from range.text import line

Tell = Callable[..., None]  # what, state, detail, team; and more of the event's data by name


class LxcRooms:
    """See range.exercise.rooms.Rooms. Making one brings everything up; CyderError."""

    def __init__(
        self, settings: Settings, exercise: ExerciseFolder, report: Report, tell: Tell
    ) -> None:
        self._settings, self._tell = settings, tell
        self.plan = deployments.need(settings, exercise.id)
        ensure_host(settings)
        self._images(exercise)
        self.provider: Provider = provider("lxc", settings)
        self.provider.up(self.plan, report)
        self._watch = ExitStack()
        # A team may reboot what is its own. Told to nobody: the log has one writer, elsewhere.
        self._watch.enter_context(self.provider.watch(self.plan, lambda _: None))
        self._agents = Agents()
        self._ways = LxcDoors(self.provider, self._agents, exercise)
        self.doors: Doors = self._ways
        self._desks: list[asyncio.Task[None]] = []

    def prove(self) -> None:
        """Prove that the labs are sealed off, and tell how; HostNotReady names what leaks."""
        self._tell("preflight", "making", "")
        try:
            findings = preflight(self.plan, self.provider)
        except CyderError as error:
            self._tell("preflight", "failed", error.message)
            raise
        for lab in self.plan.labs:
            mine = [found for found in findings if found.team == lab.team]
            proofs = [[found.test, found.outcome, line(found.detail, 300)] for found in mine]
            fine = bool(mine) and all(found.ok for found in mine)
            said = f"{sum(found.ok for found in mine)} of {len(mine)} proofs"
            self._tell("preflight", "done" if fine else "failed", said, lab.team, proofs=proofs)
        wrong = [f"{found.team}: {found.test}: {found.detail}"
                 for found in findings if not found.ok]  # fmt: skip
        if wrong or not findings:
            self._tell("preflight", "failed", "; ".join(wrong))
            raise HostNotReady(
                f"the labs are not proven to be sealed off: {'; '.join(wrong)[:500]}",
                hint="Look further with `cyder preflight`; they stay as they are.",
            )
        self._tell("preflight", "done", f"{len(findings)} findings, all sealed")

    async def serve(self, desks: Mapping[str, Desk]) -> None:
        """Open each team's way in, with its desk behind it."""
        for lab in self.plan.labs:
            mine, theirs = socket.socketpair()
            with theirs:
                await asyncio.to_thread(AccessPoint.start, lab, self._settings, theirs)
            sheet = await asyncio.to_thread(write_sheet, self._settings, lab)
            self._tell("access", "running", str(sheet), lab.team)
            self._desks.append(asyncio.create_task(serve_desk(desks[lab.team], mine)))

    def close(self) -> None:
        """Close the doors; labs and ways in stay, for people to look around."""
        self._watch.close()
        self._ways.close()
        self._agents.close()

    def _images(self, exercise: ExerciseFolder) -> None:
        """Bake what is missing. The frozen scenario's roles are the ones that were planned."""

        def report(news: ImageProgress) -> None:
            self._tell(news.title, news.state, news.detail, layer=news.id)

        loaded = load_scenario(exercise.scenario, self._settings)
        ensure_images(self._settings, self.plan, loaded.role_folders, report)


class LxcDoors:
    """See range.exercise.labs.Doors."""

    def __init__(self, provider: Provider, agents: Agents, exercise: ExerciseFolder) -> None:
        self._provider = provider
        self._agents = agents
        self._bundle = exercise.bundle()
        self._clients: dict[str, TeamClient] = {}

    def observe(self, lab: LabPlan, probe: Probe, facts: Facts) -> Seen:
        """Look at what a probe asks for."""
        view = LabView(self._provider, lab, self._bundle.scenario, facts, self._agents)
        return observe(probe, view)

    def mailer(self, lab: LabPlan) -> Mailer:
        """Return what sends mail from the lab's seats."""
        return AgentMailer(self._provider, self._agents, lab)

    def client(self, lab: LabPlan) -> Client:
        """Return the team's way in: connections are kept between steps."""
        if lab.team not in self._clients:
            self._clients[lab.team] = TeamClient(lab)
        return self._clients[lab.team]

    def close(self) -> None:
        """End all connections."""
        for client in self._clients.values():
            client.close()


class AgentMailer:
    """See range.injects.context.Mailer."""

    def __init__(self, provider: Provider, agents: Agents, lab: LabPlan) -> None:
        self._provider, self._agents, self._lab = provider, agents, lab

    def send(
        self,
        seat: str,
        server: str,
        sender: str,
        recipients: tuple[str, ...],
        content: bytes,
        timeout: float,
    ) -> None:
        """Hand a mail over by SMTP from a person's seat; CyderError when it is not taken."""
        addresses = next((p.addresses for p in self._lab.probes if p.network == seat), ())
        agent = self._agents.at(self._provider.network_namespace(self._lab, seat), addresses)
        args: dict[str, Any] = {
            "server": server,
            "sender": sender,
            "recipients": list(recipients),
            "content": content.decode("utf-8", "surrogateescape"),
        }
        answer = agent.ask("send", args, timeout)
        if not answer.get("taken"):
            raise CyderError(f"{server} did not take the mail: {answer.get('error')}")
