"""Bring-up in words and signs: what its pages show. Pure; colours never stand alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rich.table import Table
from rich.text import Text

from range.events.event import Event, Kind
from tui.console.making import STAGES, Failure, Making, Thing
from tui.console.words_bringup import BRINGUP
from tui.look.text import block, fit, plain
from tui.look.theme import BAD, CARE, GOOD, QUIET, STRONG

Say = Callable[..., str]
_STATES = {
    "present": ("✓", GOOD), "done": ("✓", GOOD), "running": ("✓", GOOD), "sealed": ("✓", GOOD),
    "degraded": ("!", CARE), "unproven": ("!", CARE), "waiting": (".", QUIET),
    "failed": ("✗", BAD), "leaks": ("✗", BAD), "absent": (".", QUIET), "left-out": ("-", QUIET),
    "made": ("o", CARE),
}  # fmt: skip
_GOING = ("~", CARE)
_WIDTH = 24  # cells of a bar


def sign(state: str) -> tuple[str, str]:
    """The character and style of a state; what is under way is wavy."""
    return _STATES.get(state, _GOING)


def worded(state: str, say: Say) -> Text:
    """A state as sign and word."""
    character, style = sign(state)
    return Text(f"{character} ", style).append(say(f"making-{state}"))


def stages_table(making: Making, say: Say, now: float) -> Table:
    """The stages in order, with how far each is."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for stage in STAGES:
        state = making.stage(stage)
        character, style = sign({"going": "baking"}.get(state, state))
        name = Text(f"{character} ", style).append(say(f"stage-{stage}"),
                                                   STRONG if state == "going" else "")  # fmt: skip
        far, more = Text(say(f"making-{state}"), QUIET), Text()
        if stage == "images" and state != "left-out":
            far, more = _far(*making.baked, state)
        elif stage == "nodes":
            far, more = _far(making.up, making.wanted, state)
        elif stage == "preflight" and making.proofs:
            held = [p.outcome == "sealed" for proofs in making.proofs.values() for p in proofs]
            more = Text(say("proofs-held", held=sum(held), all=len(held)), QUIET)
        elif stage == "ready" and making.began:
            ended = making.last if making.ready or making.failure else now
            key = "took" if making.ready else "since-began"
            more = Text(say(key, time=clock(ended - making.began)), QUIET)
        table.add_row(name, far, more)
    return table


def _far(done: int, wanted: int, state: str) -> tuple[Text, Text]:
    full = _WIDTH if state == "done" else min(done * _WIDTH // max(wanted, 1), _WIDTH)
    bar = Text("━" * full, GOOD).append("─" * (_WIDTH - full), QUIET)
    return Text(f"{done:>3} / {wanted}"), bar


def now_table(making: Making, say: Say, now: float) -> Table | Text:
    """What is under way this moment, and what has failed and why."""
    busy = making.busy()
    if not busy:
        going = next((stage for stage in STAGES if making.stage(stage) == "going"), "")
        if going and not making.ready:
            return Text("~ ", CARE).append(say("nothing-but", stage=say(f"stage-{going}")))
        return Text(say("nothing-going" if making.ready else "nothing-yet"), QUIET)
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
    for heading in ("what", "state", "since", "task"):
        table.add_column(Text(say(heading), QUIET), no_wrap=heading != "task",
                         ratio=1 if heading == "task" else None, overflow="fold")  # fmt: skip
    for team, thing in busy[:200]:
        team = making.names.get(team, team)
        what = plain(f"{team} {thing.name}" if team else thing.name, STRONG)
        passed = Text("" if thing.state == "failed" else clock(now - thing.began), QUIET)
        table.add_row(what, worded(thing.state, say), passed, block(thing.detail, limit=1000))
    return table


def cell(thing: Thing | None, say: Say, wide: bool) -> Text:
    """A node of a lab in the grid."""
    state = thing.state if thing is not None else "waiting"
    character, style = sign(state)
    if not wide:
        return Text(f" {character}", style)
    return Text(f"{character} ", style).append(fit(say(f"making-{state}"), 8))


def cell_detail(making: Making, team: str, node: str, say: Say) -> Text:
    """The cell under the cursor, said in full."""
    thing = making.guests.get((team, node))
    text = plain(f"{making.names.get(team, team)} {node}: ")
    text.append_text(worded(thing.state if thing is not None else "waiting", say))
    if thing is not None and thing.detail:
        text.append("  ").append_text(plain(thing.detail))
    return text


def proofs_table(making: Making, say: Say) -> Table | Text:
    """What preflight proved, team by team."""
    if not making.with_preflight:
        return Text(say("no-preflight"), CARE)
    if not making.proofs:
        going = making.preflight == "making"
        return Text(say("proving" if going else "not-proven-yet"), CARE if going else QUIET)
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
    for heading in ("team", "tried", "outcome", "seen"):
        table.add_column(Text(say(heading), QUIET), overflow="fold")
    for team in making.teams:
        for proof in making.proofs.get(team, ()):
            table.add_row(
                plain(making.names.get(team, team), STRONG),
                plain(_tried(proof.test, say)),
                worded(proof.outcome, say),
                block(proof.detail, QUIET, limit=400),
            )
    return table


def _tried(test: str, say: Say) -> str:
    """What preflight calls it, in words of ours where there are some."""
    key = f"proof-{test}"
    return say(key) if key in BRINGUP else test


def ways_table(making: Making, say: Say) -> Table | Text:
    """Where each team comes in."""
    if making.provider == "memory":
        return Text(say("no-ways"), CARE)
    if not making.ways:
        return Text(say("ways-later"), QUIET)
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
    for heading in ("team", "port", "folder"):
        table.add_column(Text(say(heading), QUIET), overflow="fold")
    for team in making.teams:
        if team in making.ways:
            port = str(making.ports.get(team, "-"))
            named = plain(making.names.get(team, team), STRONG)
            table.add_row(named, Text(port), plain(making.ways[team], QUIET))
    table.add_row(Text(), Text(), Text(say("press-a"), QUIET))
    return table


def record_line(event: Event, making: Making, say: Say) -> Text:
    """One line of the record: when, what, and what became of it."""
    when = datetime.fromtimestamp(event.wall).strftime("%H:%M:%S")
    text = Text(f"{when}  ", QUIET)
    if event.kind is Kind.ENGINE:
        return text.append(say("engine-resumed" if event.data.get("resumed") else "engine-began"))
    team = making.names.get(event.team, event.team)
    node, state = str(event.data["node"]), str(event.data["state"])
    if node in ("exercise", "preflight", "access"):
        state = "trying" if (node, state) == ("preflight", "making") else state
        node = say(f"record-{node}")
    text.append_text(plain(f"{team} {node}", STRONG)).append("  ")
    text.append_text(worded(state, say))
    detail = str(event.data.get("detail") or "")
    if event.data["node"] in ("preflight", "exercise") and state != "failed":
        return text  # what they say is on the pages, in words of ours
    return text.append("  ").append_text(block(detail, QUIET, limit=1000)) if detail else text


def failure_text(failure: Failure, say: Say, dead: bool, output: Path) -> Text:
    """Why it does not go on, and what to do."""
    text = Text("✗ ", BAD).append(say("bring-up-failed" if failure.message else "engine-gone"),
                                  STRONG)  # fmt: skip
    if failure.message:
        text.append("\n").append_text(block(failure.message, limit=2000))
    if failure.hint:
        text.append("\n").append_text(block(failure.hint, QUIET, limit=600))
    if dead:
        text.append(f"\n{say('go-on-advice')} {say('engine-log', path=output)}", QUIET)
    return text


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds."""
    whole = max(int(seconds), 0)
    return f"{whole // 60}:{whole % 60:02}"
