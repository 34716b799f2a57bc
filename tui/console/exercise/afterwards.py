"""Nodes, the engine itself, and what follows the end: what needs the host, not only the engine."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

from textual import work
from textual.app import SuspendNotSupported

from range.errors import CyderError
from range.exercise.create import creation, options
from range.exercise.spawn import complaint, go_on
from range.settings import PROJECT
from tui.console.client import EngineGone
from tui.console.exercise.dialogs import Ask, Field
from tui.console.exercise.nodes import NodesPane
from tui.console.exercise.report import ReportScreen
from tui.console.exercise.verbs import Verbs


class Afterwards(Verbs):
    """Acts on nodes, on the engine's process, and after the end."""

    _engine: subprocess.Popen[bytes] | None = None

    # Nodes

    @work
    async def action_reset(self) -> None:
        """Return the chosen node to its baked state, at a price or without."""
        if (chosen := self._node()) is None:
            return
        team, node = chosen
        price = f"-{self.hub.scenario.revert_penalty:g}"
        free = Field("free", f"{self.say('f-free')} ({price})", "flag", False)
        given = await self._ask_node("reset", team, node, [free])
        if given is not None:
            await self._on_node("reset", team, node, free=given["free"] or None)

    @work
    async def action_snapshot(self) -> None:
        """Keep the chosen node as it is, under a name."""
        if (chosen := self._node()) is None:
            return
        team, node = chosen
        name = Field("name", self.say("f-name"), required=True,
                     value=time.strftime("t%H%M%S", time.localtime(self.hub.wall())))  # fmt: skip
        given = await self._ask_node("snapshot", team, node, [name])
        if given is not None:
            await self._on_node("snapshot", team, node, name=given["name"].strip())

    @work
    async def action_revert(self) -> None:
        """Put the chosen node back to one of its snapshots."""
        if (chosen := self._node()) is None:
            return
        team, node = chosen
        names = self.query_one(NodesPane).snapshots(team, node)
        if not names:
            self.tell("no-snapshots")
            return
        price = f"-{self.hub.scenario.revert_penalty:g}"
        fields = [
            Field("name", self.say("f-name"), "choice", names[-1], [(n, n) for n in names]),
            Field("free", f"{self.say('f-free')} ({price})", "flag", False),
        ]
        given = await self._ask_node("revert", team, node, fields)
        if given is not None:
            await self._on_node("revert", team, node, name=given["name"],
                                free=given["free"] or None)  # fmt: skip

    async def _ask_node(self, verb: str, team: str, node: str, fields: list[Field]) -> Any:
        title = self.say(f"q-{verb}", team=self.hub.name(team), node=node)
        return await self.ask(Ask(title, fields, yes=self.say(verb)))

    async def _on_node(self, verb: str, team: str, node: str, **args: Any) -> None:
        pane = self.query_one(NodesPane)
        pane.busy[team, node] = f"> {self.say(verb)} …"
        pane.refresh_scene()
        self.tell(f"doing-{verb}", node=node)
        try:
            await self.act(verb, values={"node": node}, team=team, node=node, **args)
        finally:
            pane.busy.pop((team, node), None)
            pane.refresh_scene()

    @work
    async def action_shell(self) -> None:
        """Leave the screen to a root shell in the chosen node, as `cyder shell` opens it."""
        if (chosen := self._node()) is None:
            return
        team, node = chosen
        if self.hub.story.options.get("provider") == "memory":
            self.tell("no-shell")
            return
        words = [sys.executable, "-c", "from range.cli.main import main; main()",
                 "shell", self.hub.client.exercise, team, node]  # fmt: skip
        try:
            with self.app.suspend():
                print(self.say("shell-note", node=node, team=team))
                code = subprocess.run(words, check=False, cwd=PROJECT).returncode
        except SuspendNotSupported:
            self.tell("no-shell")
            return
        self.refresh()
        if code not in (0, 130):
            self.tell("shell-failed", code=code)

    def _node(self) -> tuple[str, str] | None:
        chosen = self.query_one(NodesPane).chosen
        if chosen is None:
            self.tell("choose-node")
        return chosen

    # The engine

    @work
    async def action_resume_engine(self) -> None:
        """Start an engine again where the last one died."""
        client = self.hub.client
        if client.alive:
            self.tell("is-alive")
            return
        try:
            self._engine = await asyncio.to_thread(go_on, client.settings, client.folder)
        except CyderError as error:
            self.refuse(error)
            return
        self.tell("done-resume-engine")
        code = await asyncio.to_thread(self._engine.wait)
        if code and self.is_attached:
            why = complaint(client.folder) or f"exit code {code}"
            self.refuse(EngineGone(f"{client.exercise}: {why}"))

    # After the end

    @work
    async def action_report(self) -> None:
        """Open the report; it is written anew where marks came after it."""
        if not self.hub.story.over:
            self.tell("not-over")
            return
        from range.report.files import debriefed, written  # of use only now: consoles start sooner

        folder = self.hub.reader.folder
        path = folder.report / f"debrief.{self.language}.md"
        self.tell("report-making")
        try:
            if not path.is_file() or path.stat().st_mtime < folder.log.stat().st_mtime:
                debrief = await asyncio.to_thread(debriefed, folder)
                await asyncio.to_thread(written, debrief, folder.report)
            text = await asyncio.to_thread(path.read_text, encoding="utf-8")
        except CyderError as error:
            self.refuse(error)
            return
        except OSError as error:
            self.refuse(CyderError(f"{path}: {error.strerror}"))
            return
        self.app.push_screen(ReportScreen(path, text))

    @work
    async def action_down(self) -> None:
        """Remove the labs, once the exercise is over."""
        if not self.hub.story.over:
            self.tell("not-over")
            return
        about = self.say("q-down-about")
        if await self.ask(Ask(self.say("q-down"), about=about, yes=self.say("down"))) is None:
            return
        self.tell("doing-down")
        try:
            await asyncio.to_thread(self._take_down)
        except CyderError as error:
            self.refuse(error)
            return
        self.tell("done-down")

    def _take_down(self) -> None:
        from range.exercise.rooms import take_down  # as above

        client = self.hub.client
        if client.alive:
            raise CyderError(f"the engine of {client.exercise} is alive")
        first = next(iter(self.hub.reader.log.read()))
        take_down(client.settings, client.folder, options(creation([first])))
