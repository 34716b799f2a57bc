"""`cyder ctl`: what the white cell can do to a running exercise, from the command line."""

from __future__ import annotations

import getpass
import json
from typing import Any

import click
from rich.console import Console

from range.cli.standing import kept, standing
from range.events.folder import find
from range.exercise import afterwards
from range.exercise.control import control
from range.settings import settings

_QUICK, _SLOW = 60.0, 600.0  # seconds to wait for an answer


@click.group("ctl", no_args_is_help=True)
@click.argument("exercise")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def command(context: click.Context, exercise: str, as_json: bool) -> None:
    """Steer EXERCISE (an id, or `last`). Each verb is written into its log with your name."""
    context.obj = (exercise, as_json)


def _send(context: click.Context, verb: str, **args: Any) -> None:
    name, as_json = context.obj
    here = settings()
    given = {key: value for key, value in args.items() if value not in (None, (), "")}
    id_ = find(here, name).id
    within = _SLOW if verb in ("reset", "snapshot", "revert") else _QUICK
    result = control(here, id_, verb, given, actor=getpass.getuser(), timeout=within)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    elif verb == "status":
        Console().print(standing(result))
    elif verb == "snapshots":
        Console().print(kept(result))
    else:
        said = ", ".join(f"{key} {value}" for key, value in (result or {}).items())
        click.echo(f"{verb}: done{', ' + said if said else ''}")


_TEAMS = click.option("--team", "teams", multiple=True, help="Only this team; may be repeated.")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Show clock, injects and what comes next."""
    context.obj = (context.obj[0], as_json or context.obj[1])
    _send(context, "status")


@command.command()
@click.pass_context
def start(context: click.Context) -> None:
    """STARTEX."""
    _send(context, "start")


@command.command()
@click.pass_context
def pause(context: click.Context) -> None:
    """Freeze clock, injects and scoring."""
    _send(context, "pause")


@command.command()
@click.pass_context
def resume(context: click.Context) -> None:
    """Let the clock run again."""
    _send(context, "resume")


@command.command()
@click.option("--reason")
@click.pass_context
def end(context: click.Context, reason: str | None) -> None:
    """ENDEX, after a last look at everything."""
    _send(context, "end", reason=reason)


@command.command()
@click.argument("inject")
@_TEAMS
@click.option("--force", is_flag=True, help="Also if it was fired before.")
@click.pass_context
def fire(context: click.Context, inject: str, teams: tuple[str, ...], force: bool) -> None:
    """Fire an inject now."""
    _send(context, "fire", inject=inject, teams=list(teams), force=force or None)


@command.command()
@click.argument("inject")
@_TEAMS
@click.option("--reason")
@click.pass_context
def skip(context: click.Context, inject: str, teams: tuple[str, ...], reason: str | None) -> None:
    """Pass an inject over for good."""
    _send(context, "skip", inject=inject, teams=list(teams), reason=reason)


@command.command()
@click.argument("inject")
@click.argument("at")
@_TEAMS
@click.pass_context
def retime(context: click.Context, inject: str, at: str, teams: tuple[str, ...]) -> None:
    """Move an inject to another time, such as T+01:10."""
    _send(context, "retime", inject=inject, at=at, teams=list(teams))


@command.command()
@click.argument("inject")
@_TEAMS
@click.pass_context
def hold(context: click.Context, inject: str, teams: tuple[str, ...]) -> None:
    """Keep an inject back."""
    _send(context, "hold", inject=inject, teams=list(teams))


@command.command()
@click.argument("inject")
@_TEAMS
@click.pass_context
def release(context: click.Context, inject: str, teams: tuple[str, ...]) -> None:
    """Let an inject come that was held."""
    _send(context, "release", inject=inject, teams=list(teams))


@command.command()
@click.argument("by")
@click.pass_context
def extend(context: click.Context, by: str) -> None:
    """Move the end by a duration, such as 15m."""
    _send(context, "extend", by=by)


@command.command()
@click.argument("team")
@click.argument("check")
@click.argument("credit", type=click.FloatRange(0, 1))
@click.option("--reason", required=True)
@click.pass_context
def mark(context: click.Context, team: str, check: str, credit: float, reason: str) -> None:
    """Adjudicate a check: CREDIT from 0 to 1. Also when the exercise is over."""
    folder = find(settings(), context.obj[0])
    if afterwards.is_over(folder):
        afterwards.mark(folder, team, check, credit, reason, actor=getpass.getuser())
        click.echo("mark: done")
        return
    _send(context, "mark", team=team, check=check, credit=credit, reason=reason)


@command.command()
@click.argument("text")
@click.option("--team")
@click.pass_context
def note(context: click.Context, text: str, team: str | None) -> None:
    """Write a note for the debrief."""
    _send(context, "note", text=text, team=team)


@command.command()
@click.argument("text")
@_TEAMS
@click.option("--channel", default="phone", show_default=True)
@click.option("--from", "sender", default="")
@click.option("--subject", default="")
@click.pass_context
def message(
    context: click.Context, text: str, teams: tuple[str, ...], channel: str, sender: str,
    subject: str,
) -> None:  # fmt: skip
    """Say something that the MSEL does not have."""
    _send(context, "message", text=text, teams=list(teams), channel=channel, subject=subject,
          **{"from": sender})  # fmt: skip


@command.command()
@click.argument("team")
@click.argument("node")
@click.option("--free", is_flag=True, help="Without the penalty.")
@click.pass_context
def reset(context: click.Context, team: str, node: str, free: bool) -> None:
    """Return a node of a team to its baked state."""
    _send(context, "reset", team=team, node=node, free=free or None)


@command.command()
@click.argument("team")
@click.argument("node")
@click.option("--name", help="What to call it; the time if nothing is said.")
@click.pass_context
def snapshot(context: click.Context, team: str, node: str, name: str | None) -> None:
    """Keep a node as it is at this moment; it stands still meanwhile."""
    _send(context, "snapshot", team=team, node=node, name=name)


@command.command()
@click.argument("team")
@click.argument("node")
@click.option("--name", help="Which snapshot; the newest if nothing is said.")
@click.option("--free", is_flag=True, help="Without the penalty.")
@click.pass_context
def revert(context: click.Context, team: str, node: str, name: str | None, free: bool) -> None:
    """Return a node of a team to a snapshot."""
    _send(context, "revert", team=team, node=node, name=name, free=free or None)


@command.command()
@click.argument("team", required=False)
@click.pass_context
def snapshots(context: click.Context, team: str | None) -> None:
    """List the snapshots of the labs, or of one team's."""
    _send(context, "snapshots", team=team)


@command.command()
@click.argument("team")
@click.argument("inject")
@click.argument("answer")
@click.pass_context
def call(context: click.Context, team: str, inject: str, answer: str) -> None:
    """Note what a team answered to a phone call, or to somebody who came in person."""
    _send(context, "call", team=team, inject=inject, answer=answer)


@command.command()
@click.argument("inject")
@click.argument("how", type=click.Choice(["retry", "skip"]))
@_TEAMS
@click.option("--reason")
@click.pass_context
def decide(
    context: click.Context, inject: str, how: str, teams: tuple[str, ...], reason: str | None
) -> None:
    """Settle an inject that is unknown: nobody knows whether it happened."""
    _send(context, "decide", inject=inject, how=how, teams=list(teams), reason=reason)
