"""Verbs upon the nodes of a lab: reset, snapshot, revert.

Putting a node back is written down before it is begun and when it is done: an engine that dies in
between does it again, so that neither the node nor what it costs is left open.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from range.errors import CyderError
from range.events.event import Kind
from range.exercise.engine import Engine
from range.exercise.state import Reverting
from range.text import line

Args = Mapping[str, Any]


async def reset(engine: Engine, args: Args, actor: str) -> Any:
    """Return a node to its baked state; costs points unless `free`."""
    return await _back(engine, args, actor, "")


async def revert(engine: Engine, args: Args, actor: str) -> Any:
    """Return a node to one of its snapshots, the newest if none is named; costs as `reset` does."""
    team, node = _place(engine, args)
    known = await engine.blocking(engine.labs.snapshots, team)
    names = [snapshot.name for snapshot in known if snapshot.node == node]
    name = line(str(args.get("name") or ""), 60) or next(reversed(names), "")
    if name not in names:
        there = f"There are: {', '.join(names)}" if names else f"{node} has none."
        raise CyderError(f"{node} of {team} has no snapshot {name}".rstrip(), hint=there)
    return await _back(engine, args, actor, name)


async def snapshot(engine: Engine, args: Args, actor: str) -> Any:
    """Keep a node as it is now, under a name; it stands still for as long as that takes."""
    team, node = _place(engine, args)
    name = line(str(args.get("name") or ""), 60) or time.strftime("t%H%M%S")
    began = time.monotonic()
    await engine.blocking(engine.labs.snapshot, team, node, name)
    told = {"team": team, "node": node, "name": name}
    engine.note(Kind.VERB, team, actor=actor, verb="snapshot", args=told)
    return {"name": name, "took": round(time.monotonic() - began, 3)}


async def snapshots(engine: Engine, args: Args, actor: str) -> Any:
    """What is kept of each team's lab, or of one team's, oldest first."""
    wanted = [_team(engine, args)] if args.get("team") else list(engine.state.teams)
    return {
        team: [{"node": kept.node, "name": kept.name, "at": kept.at, "size": kept.size}
               for kept in await engine.blocking(engine.labs.snapshots, team)]
        for team in wanted
    }  # fmt: skip


async def finish(engine: Engine) -> None:
    """Do again what an engine that died had begun to put back."""
    for team in engine.state.teams.values():
        for node, begun in list(team.reverting.items()):
            await _carry_out(engine, team.team, node, begun)


async def _back(engine: Engine, args: Args, actor: str, name: str) -> Any:
    team, node = _place(engine, args)
    if node in engine.state.teams[team].reverting:
        raise CyderError(f"{node} of {team} is being put back already")
    verb = "revert" if name else "reset"
    told = {"team": team, "node": node, "name": name, "charged": not args.get("free")}
    engine.note(Kind.VERB, team, actor=actor, verb=verb, args=told)
    began = time.monotonic()
    await _carry_out(engine, team, node, engine.state.teams[team].reverting[node])
    return {"name": name, "took": round(time.monotonic() - began, 3)} if name else {
        "took": round(time.monotonic() - began, 3)}  # fmt: skip


async def _carry_out(engine: Engine, team: str, node: str, begun: Reverting) -> None:
    try:
        if begun.name:
            await engine.blocking(engine.labs.revert, team, node, begun.name)
        else:
            await engine.blocking(engine.labs.reset, team, node)
    except Exception as error:
        said = error.message if isinstance(error, CyderError) else repr(error)
        engine.note(Kind.NOTED, team, failed=node,
                    text=f"{node} could not be put back: {line(said, 300)}")  # fmt: skip
        raise
    engine.note(Kind.REVERTED, team, actor=begun.actor, node=node, name=begun.name,
                charged=begun.charged)  # fmt: skip


def _place(engine: Engine, args: Args) -> tuple[str, str]:
    team, node = _team(engine, args), str(args.get("node"))
    if node not in engine.labs.nodes(team):
        there = ", ".join(engine.labs.nodes(team))
        raise CyderError(f"{team} has no node {line(node, 60)}", hint=f"There are: {there}")
    return team, node


def _team(engine: Engine, args: Args) -> str:
    team = str(args.get("team"))
    if team not in engine.state.teams:
        raise CyderError(f"there is no team {line(team, 60)}")
    return team
