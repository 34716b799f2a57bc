"""A scenario told on pages: its story, its people, what is to be learned, what it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from rich.console import Group
from rich.table import Table
from rich.text import Text

from range.errors import InvalidInput
from range.exercise.sketch import sketch
from range.images.room import Room, room_for
from range.load.scenario import Loaded
from range.plan.estimate import KEPT_FREE
from range.scenario.model import Language, Phase
from range.scenario.scenario import Scenario
from range.settings import Settings
from tui.console.candidates import Candidate
from tui.look.text import block
from tui.look.theme import BAD, GOOD, QUIET, STRONG

Say = Callable[..., str]
GIB = 2**30


def overview(scenario: Scenario, language: Language, say: Say) -> Group:
    """Title, level, length, size of the MSEL, summary and briefing."""
    nodes = sum(node.count for node in scenario.nodes.values())
    kinds = Counter(
        "attack" if inject.attack else "message" if inject.message else "event"
        for inject in scenario.injects.values()
    )
    msel = say("msel-size", all=len(scenario.injects), attacks=kinds["attack"],
               messages=kinds["message"], events=kinds["event"])  # fmt: skip
    facts = [
        ("title", scenario.title.in_(language)),
        ("scenario", scenario.name),
        ("organization", say(f"organization-{scenario.organization}")),
        ("level", scenario.level),
        ("mode", say(f"mode-{scenario.mode}")),
        ("duration", length(scenario.duration, say)),
        ("msel", msel),
        ("grading", say("checks-size", checks=len(scenario.checks), forms=len(scenario.forms),
                        hints=len(scenario.hints))),
        ("network-size", say("network-size-is", networks=len(scenario.networks), nodes=nodes)),
    ]  # fmt: skip
    text = Text(overflow="fold")
    for heading, body in (("summary", scenario.summary), ("briefing", scenario.briefing)):
        text.append(f"\n{say(heading)}\n", STRONG)
        text.append_text(block(body.in_(language).strip())).append("\n")
    return Group(listed(facts, say), text)


def listed(facts: Iterable[tuple[str, str]], say: Say) -> Table:
    """Facts below each other, each with what it is."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in facts:
        table.add_row(Text(say(key), QUIET), block(value, limit=2000))
    return table


def people(scenario: Scenario, language: Language, say: Say) -> Table | Text:
    """Everyone of the story."""
    if not scenario.people:
        return Text(say("nobody"), QUIET)
    table = _table()
    for heading in ("person", "position", "mail", "role"):
        table.add_column(Text(say(heading), QUIET))
    for person in scenario.people.values():
        where = person.organization.in_(language) if person.organization else ""
        table.add_row(
            block(person.name.in_(language), STRONG, limit=100),
            block(f"{person.title.in_(language)} {where}".strip(), limit=200),
            block(person.mail or "-", QUIET, limit=100),
            Text(say(f"side-{person.side}")),
        )
    return table


def objectives(scenario: Scenario, language: Language, say: Say) -> Text:
    """Objectives by OODA phase, with each phase's weight and each objective's checks."""
    text = Text(overflow="fold")
    for phase in Phase:
        weight = scenario.phases.get(phase, 0)
        text.append(f"{say(f'phase-{phase.value}')}  ", STRONG)
        text.append(f"{say('points-of', points=f'{weight:g}')}\n", QUIET)
        for id_, objective in scenario.objectives.items():
            if objective.phase is phase:
                checks = sum(check.objective == id_ for check in scenario.checks.values())
                text.append("  • ").append_text(block(objective.title.in_(language), limit=300))
                text.append(f"  {say('checks-of', checks=checks)}\n", QUIET)
    return text


def needs(loaded: Loaded, settings: Settings, teams: tuple[int, ...], say: Say) -> Text:
    """What some numbers of teams need of this host. Measures the host: to be run in a thread."""
    rooms = []
    for count in teams:
        try:
            rooms.append((count, room_for(sketch(loaded, count), settings)))
        except InvalidInput:
            break  # more guests than a deployment may have
    if not rooms:
        return Text(say("too-many"))
    first = rooms[0][1]
    text = Text(say("bakes", text=baking(first, say))).append("\n\n")
    for count, room in rooms:
        text.append_text(need_line(count, room, say)).append("\n")
    host = room_of_host(first, say)
    return text.append("\n").append(host, QUIET)


def need_line(teams: int, room: Room, say: Say) -> Text:
    """What one number of teams needs, and whether this host has it, in one line."""
    wanted = room.wanted
    fits = not room.lacks
    sign = Text("✓ " if fits else "✗ ", GOOD if fits else BAD)
    sign.append(say("need-line", teams=f"{teams:>2}", nodes=f"{wanted.guests:>3}",
                    memory=gib(wanted.memory), disk=gib(wanted.disk),
                    boot=seconds(wanted.boot_seconds, say)))  # fmt: skip
    return sign if fits else sign.append(f"  {say('does-not-fit')}", BAD)


def lacks(room: Room, say: Say) -> list[str]:
    """What this host has too little of, in sentences."""
    wanted, host, found = room.wanted, room.host, []
    for key, need, have in (("lacks-memory", wanted.memory, host.memory_available),
                            ("lacks-disk", wanted.disk, host.disk_free)):  # fmt: skip
        if need + KEPT_FREE > have:
            found.append(say(key, need=gib(need + KEPT_FREE), have=gib(have)))
    return found


def room_of_host(room: Room, say: Say) -> str:
    """What this host has."""
    host = room.host
    return say("host-has", memory=gib(host.memory_available), disk=gib(host.disk_free),
               cpus=host.cpus)  # fmt: skip


def baking(room: Room, say: Say) -> str:
    """How long images take that are not there yet."""
    wanted = room.wanted
    if not wanted.bakes and not wanted.systems:
        return say("nothing-to-bake")
    return say("to-bake", layers=wanted.bakes, systems=wanted.systems,
               time=seconds(wanted.bake_seconds, say))  # fmt: skip


def gib(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / GIB:.1f} GiB"


def length(count: float, say: Say) -> str:
    """How long an exercise lasts."""
    hours, minutes = divmod(round(count / 60), 60)
    if not hours:
        return say("minutes", minutes=minutes)
    return (
        say("hours-minutes", hours=hours, minutes=minutes) if minutes else say("hours", hours=hours)
    )


def seconds(count: float, say: Say) -> str:
    """Seconds as people say them: about so many."""
    if count < 90:
        return say("about-seconds", count=max(round(count), 1))
    return say("about-minutes", count=round(count / 60))


def mistakes(known: Candidate, say: Say) -> Text:
    """What is wrong with a scenario, each mistake with its place."""
    text = Text("✗ ", BAD).append(say("has-mistakes-long"), STRONG).append("\n")
    text.append(f"{known.folder.parent.name}/{known.folder.name}\n\n", QUIET)
    problems = known.error.problems if isinstance(known.error, InvalidInput) else ()
    for problem in problems[:200]:
        place = problem.file.rsplit("/", 1)[-1]
        text.append(f"{place}:{problem.line}:{problem.column}  ", STRONG)
        text.append_text(block(problem.message, limit=600)).append("\n")
    if not problems and known.error is not None:
        text.append_text(block(known.error.message))
    return text


def _table() -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
    return table
