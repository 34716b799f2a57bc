"""What the white cell can do to a running exercise: the verbs of the control socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_args

from range.clock import spoken
from range.errors import CyderError
from range.events.event import Kind
from range.exercise.engine import Engine
from range.exercise.node_verbs import reset, revert, snapshot, snapshots
from range.exercise.schedule import agenda, inject_due
from range.exercise.state import TeamState
from range.scenario.inject import Channel
from range.scenario.model import parse_at, parse_duration
from range.text import clean, line

Args = Mapping[str, Any]
Verb = Callable[[Engine, Args, str], Awaitable[Any]]
_COMING = 5


async def status(engine: Engine, args: Args, actor: str) -> Any:
    """How the exercise stands: the clock, and each team's injects."""
    state = engine.state
    return {
        "exercise": engine.id,
        "state": "over" if state.over else "ending" if state.ending else "running"
        if state.running else "paused" if state.started else "ready",
        "now": spoken(engine.clock.now()), "seconds": engine.clock.now(),
        "end": spoken(state.end), "end_seconds": state.end,
        "speed": state.speed, "rate": engine.rate,
        "teams": {name: _team_status(engine, team) for name, team in state.teams.items()},
    }  # fmt: skip


def _team_status(engine: Engine, team: TeamState) -> dict[str, Any]:
    coming = [due for due in agenda(engine.state, team) if due.kind != "observe"]
    return {
        "name": engine.state.names.get(team.team, team.team),
        "ended": dict(team.ended),
        "open": sorted(team.open),
        "unknown": sorted(team.unknown),
        "held": sorted(team.held),
        "next": [{"kind": due.kind, "id": due.id, "at": spoken(due.at), "seconds": due.at}
                 for due in coming[:_COMING]],
        "steps": len(team.acted),
    }  # fmt: skip


async def start(engine: Engine, args: Args, actor: str) -> Any:
    """STARTEX."""
    if engine.state.started:
        raise CyderError("the exercise has started already")
    engine.start(actor)
    return {}


async def pause(engine: Engine, args: Args, actor: str) -> Any:
    """Freeze the clock."""
    _must_go_on(engine)
    if engine.state.running:
        engine.pause(actor)
    return {"now": spoken(engine.clock.now())}


async def resume(engine: Engine, args: Args, actor: str) -> Any:
    """Let the clock run again."""
    _must_go_on(engine)
    if not engine.state.running:
        engine.go_on(actor)
    return {"now": spoken(engine.clock.now())}


async def end(engine: Engine, args: Args, actor: str) -> Any:
    """ENDEX: everything is looked at once more, then the score stands."""
    if not engine.state.over and engine.state.ending is None:
        if not engine.state.started:
            engine.start(actor)
        engine.end(actor, line(str(args.get("reason") or "ended by the white cell"), 200))
    return {}


async def fire(engine: Engine, args: Args, actor: str) -> Any:
    """Fire an inject now, also one that waits for a condition. Twice only with `force`."""
    _must_go_on(engine)
    id_, teams = _inject_and_teams(engine, args)
    if not args.get("force"):
        for team in teams:
            if id_ in team.ended or (id_ in team.open and id_ not in team.unknown):
                how = team.ended.get(id_, "under way")
                raise CyderError(
                    f"{id_} has been fired for {team.team} already ({how})",
                    hint="Fire it again with --force.",
                )
    _note_verb(engine, actor, "fire", id_, teams)
    return {}


async def skip(engine: Engine, args: Args, actor: str) -> Any:
    """Pass an inject over for good."""
    id_, teams = _inject_and_teams(engine, args)
    for team in teams:
        if id_ in team.ended or (id_ in team.open and id_ not in team.unknown):
            raise CyderError(f"{id_} is {team.ended.get(id_, 'under way')} for {team.team}")
    reason = line(str(args.get("reason") or "skipped by the white cell"), 200)
    for team in teams:
        engine.note(Kind.INJECTED, team.team, actor=actor, inject=id_, outcome="skipped",
                    detail=reason, facts={}, blocked_by="", technique="")  # fmt: skip
    return {}


async def retime(engine: Engine, args: Args, actor: str) -> Any:
    """Move an inject to another exercise time."""
    id_, teams = _inject_and_teams(engine, args)
    at = float(_parsed(parse_at, args.get("at")))
    if at < engine.clock.now():
        raise CyderError(f"{spoken(at)} is over; it is {spoken(engine.clock.now())}")
    for team in teams:
        inject = engine.state.bundle.scenario.injects[id_]
        if inject_due(team, id_, inject) is None and id_ in team.ended:
            raise CyderError(f"{id_} is {team.ended[id_]} for {team.team}")
        engine.note(Kind.RETIMED, team.team, actor=actor, inject=id_, at=at)
    return {"at": spoken(at)}


async def hold(engine: Engine, args: Args, actor: str) -> Any:
    """Keep an inject back until it is released or fired."""
    id_, teams = _inject_and_teams(engine, args)
    _note_verb(engine, actor, "hold", id_, teams)
    return {}


async def release(engine: Engine, args: Args, actor: str) -> Any:
    """Let an inject that was held come when it is due."""
    id_, teams = _inject_and_teams(engine, args)
    _note_verb(engine, actor, "release", id_, teams)
    return {}


async def extend(engine: Engine, args: Args, actor: str) -> Any:
    """Move the end."""
    _must_go_on(engine)
    seconds = _parsed(parse_duration, args.get("by"))
    engine.note(Kind.VERB, actor=actor, verb="extend", args={"seconds": seconds})
    return {"end": spoken(engine.state.end)}


async def mark(engine: Engine, args: Args, actor: str) -> Any:
    """Adjudicate a check, with the reason."""
    check, team = str(args.get("check")), str(args.get("team"))
    if check not in engine.state.bundle.scenario.checks:
        raise CyderError(f"there is no check {line(check, 60)}")
    if team not in engine.state.teams:
        raise CyderError(f"there is no team {line(team, 60)}")
    credit = args.get("credit")
    if not isinstance(credit, int | float) or not 0 <= credit <= 1:
        raise CyderError("credit is a number from 0 to 1")
    reason = clean(str(args.get("reason") or ""), 2000)
    if not reason:
        raise CyderError("a mark needs its reason")
    engine.note(Kind.MARKED, team, actor=actor, check=check, credit=credit, reason=reason)
    return {}


async def note(engine: Engine, args: Args, actor: str) -> Any:
    """Write a note with the time, for the debrief."""
    text = clean(str(args.get("text") or ""), 4000)
    team = str(args.get("team") or "")
    if team and team not in engine.state.teams:
        raise CyderError(f"there is no team {line(team, 60)}")
    engine.note(Kind.NOTED, team, actor=actor, text=text)
    return {}


async def message(engine: Engine, args: Args, actor: str) -> Any:
    """Say something that the MSEL does not have, to one team or to all."""
    channel = str(args.get("channel") or "phone")
    if channel not in get_args(Channel):
        raise CyderError(f"channels are {', '.join(get_args(Channel))}")
    subject = line(str(args.get("subject") or ""), 200)
    for team in _teams(engine, args):
        engine.note(Kind.MESSAGE, team.team, actor=actor, channel=channel,
                    **{"from": line(str(args.get("from") or actor), 100)},
                    to=[team.team], subject=subject,
                    text=clean(str(args.get("text") or ""), 20_000))  # fmt: skip
    return {}


async def call(engine: Engine, args: Args, actor: str) -> Any:
    """Note what a team answered to a message that the white cell spoke: by phone or in person."""
    id_, team = str(args.get("inject")), str(args.get("team"))
    if team not in engine.state.teams:
        raise CyderError(f"there is no team {line(team, 60)}")
    inject = engine.state.bundle.scenario.injects.get(id_)
    if inject is None or inject.message is None:
        raise CyderError(f"there is no message {line(id_, 60)}")
    answer = clean(str(args.get("answer") or ""), 4000)
    if not answer.strip():
        raise CyderError("a call needs its answer")
    engine.note(Kind.NOTED, team, actor=actor, text=answer, inject=id_)
    return {}


async def decide(engine: Engine, args: Args, actor: str) -> Any:
    """Settle an inject of which nobody knows whether it happened: `retry` it, or `skip` it."""
    id_, teams = _inject_and_teams(engine, args)
    how = args.get("how")
    if how not in ("retry", "skip"):
        raise CyderError("an inject that is unknown is decided by retry or skip")
    unknown = [team for team in teams if id_ in team.unknown]
    if not unknown or (args.get("teams") and len(unknown) < len(teams)):
        raise CyderError(f"{id_} is not unknown")
    chosen = {**args, "teams": [team.team for team in unknown]}
    return await (fire if how == "retry" else skip)(engine, chosen, actor)


VERBS: dict[str, Verb] = {
    "status": status, "start": start, "pause": pause, "resume": resume, "end": end, "fire": fire,
    "skip": skip, "retime": retime, "hold": hold, "release": release, "extend": extend,
    "decide": decide, "mark": mark, "note": note, "call": call, "message": message,
    "reset": reset, "snapshot": snapshot, "revert": revert, "snapshots": snapshots,
}  # fmt: skip


def _must_go_on(engine: Engine) -> None:
    if not engine.state.started:
        raise CyderError("the exercise has not started", hint="cyder ctl EXERCISE start")
    if engine.state.over or engine.state.ending is not None:
        raise CyderError("the exercise is over")


def _inject_and_teams(engine: Engine, args: Args) -> tuple[str, list[TeamState]]:
    id_ = str(args.get("inject"))
    if id_ not in engine.state.bundle.scenario.injects:
        known = ", ".join(engine.state.bundle.scenario.injects)
        raise CyderError(f"there is no inject {line(id_, 60)}", hint=f"Injects: {known}")
    return id_, _teams(engine, args)


def _teams(engine: Engine, args: Args) -> list[TeamState]:
    names = args.get("teams") or list(engine.state.teams)
    if not isinstance(names, list) or any(name not in engine.state.teams for name in names):
        raise CyderError(f"teams are {', '.join(engine.state.teams)}")
    return [engine.state.teams[name] for name in names]


def _note_verb(engine: Engine, actor: str, verb: str, inject: str, teams: list[TeamState]) -> None:
    engine.note(Kind.VERB, actor=actor, verb=verb,
                args={"inject": inject, "teams": [team.team for team in teams]})  # fmt: skip


def _parsed(parse: Callable[[Any], int], value: Any) -> int:
    try:
        return parse(value)
    except ValueError as error:
        raise CyderError(str(error)) from None
