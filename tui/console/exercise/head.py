"""The two lines above every view: the clocks, and what waits for the white cell."""

from __future__ import annotations

import time

from rich.text import Text

from range.scenario.model import Language
from tui.console.exercise.hub import Hub
from tui.console.exercise.signs import countdown
from tui.console.exercise.told import clock
from tui.console.exercise.words import WORDS
from tui.look.text import fit
from tui.look.theme import BAD, CARE, GOOD, QUIET, STRONG

_STATES = {
    "running": (">", GOOD),
    "paused": ("=", CARE),
    "ready": ("+", CARE),
    "ending": (">", CARE),
    "over": ("-", QUIET),
    "interrupted": ("!", BAD),
}


def state_of(hub: Hub) -> str:
    """ready, running, paused, ending, over, or interrupted when its engine is dead."""
    state = hub.story.state
    return "interrupted" if not hub.alive and state != "over" else state


def clocks(hub: Hub, language: Language, width: int) -> Text:
    """Return the line of clocks."""
    sign, style = _STATES[state_of(hub)]
    now, wall = hub.now, hub.wall()
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f" {sign} {WORDS.say(state_of(hub), language)}  ", f"bold {style}")
    text.append(f"T+{clock(now)}", STRONG)
    text.append(f" / {clock(hub.end)}  ", QUIET)
    if hub.story.state in ("running", "paused"):
        text.append(WORDS.say("left", language, time=clock(hub.end - now)) + "  ")
    text.append(time.strftime("%H:%M:%S", time.localtime(wall)) + "  ")
    speed = hub.story.speed
    text.append(
        (WORDS.say("jump", language) if speed == "jump" else f"x{float(speed):g}") + "  ", QUIET
    )
    scope = hub.name(hub.scope) if hub.scope else WORDS.say("scope-all", language)
    text.append(f"[{fit(scope, 16)}]  ", CARE if hub.scope else QUIET)
    left = width - text.cell_len - 1
    if left > 8:
        actor = WORDS.say("actor", language, name=hub.client.actor)
        title = hub.scenario.title.in_(language)
        text.append(fit(f"{actor}  {title}  {hub.story.exercise}", left), QUIET)
    return text


def needs(hub: Hub, language: Language, width: int) -> Text:
    """Return the line of what waits, or that the engine is dead."""
    if state_of(hub) == "interrupted":
        return Text(f" ! {fit(WORDS.say('engine-dead', language), width - 4)}", style=f"bold {BAD}")
    parts: list[tuple[str, str]] = []
    if unknown := hub.unknown():
        parts.append((WORDS.say("needs-unknown", language, n=len(unknown)), BAD))
    if calls := hub.calls():
        parts.append((WORDS.say("needs-calls", language, n=len(calls)), CARE))
    if awaiting := hub.awaiting():
        parts.append((WORDS.say("needs-marks", language, n=len(awaiting)), CARE))
    stuck = [each.team for each in hub.standings() if each.level == "stuck"]
    if stuck and hub.story.state in ("running", "paused"):
        teams = ", ".join(hub.name(team) for team in stuck)
        parts.append((WORDS.say("needs-stuck", language, teams=fit(teams, 24)), BAD))
    if not parts:
        parts.append((WORDS.say("needs-none", language), QUIET))
    coming = hub.coming()
    if coming and hub.story.state in ("running", "paused", "ready"):
        first = coming[0]
        left = countdown(first.at - hub.now)
        parts.append((WORDS.say("needs-next", language, id=first.inject, time=left), STRONG))
    text = Text(" ", no_wrap=True, overflow="ellipsis")
    for number, (said, style) in enumerate(parts):
        text.append(" | " if number else "", QUIET)
        text.append(said, style)
    return text
