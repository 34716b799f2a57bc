"""How statuses, levels and nodes look: a sign, a word and a style each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.text import Text

from range.scenario.model import Language
from tui.console.exercise.cells import STATUSES, Cell
from tui.console.exercise.told import clock
from tui.console.exercise.words import WORDS
from tui.look.theme import BAD, CARE, GOOD, QUIET

# status -> sign, style. Each sign is one cell wide in every terminal.
SIGNS: dict[str, tuple[str, str]] = {
    "unknown": ("?", f"bold {BAD}"),
    "held": ("=", CARE),
    "open": (">", CARE),
    "error": ("!", BAD),
    "due": ("+", ""),
    "waiting": (".", QUIET),
    "manual": ("*", QUIET),
    "delivered": ("✓", GOOD),
    "succeeded": ("✓", CARE),
    "prevented": ("#", GOOD),
    "skipped": ("-", QUIET),
    "expired": ("-", QUIET),
}
LEVELS = {"ok": GOOD, "watch": CARE, "stuck": f"bold {BAD}"}


def short(seconds: float) -> str:
    """Write a duration or exercise time as `H:MM`."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02}"


def status_text(cell: Cell, language: Language, *, long: bool = False) -> Text:
    """Return a cell of the MSEL: sign, word, time, and with `long` why."""
    sign, style = SIGNS[cell.status]
    said = f"{sign} {WORDS.say(f's-{cell.status}', language)}"
    if cell.at is not None:
        said += f" {short(cell.at)}"
    if cell.status == "due" and cell.will != "inject":
        said += f" {WORDS.say(f'will-{cell.will}', language)}"
    if cell.rounds > 1:
        said += f" x{cell.rounds}"
    if long and cell.by:
        said += f" {WORDS.say('by', language)}: {cell.by}"
    if long and cell.detail:
        said += f" {cell.detail}"
    return Text(" ".join(said.split()), style=style, no_wrap=True, overflow="ellipsis")


def counted(cells: Iterable[Cell]) -> Text:
    """Return how many teams are where: a sign and a number each, the urgent ones first."""
    counts = Counter(cell.status for cell in cells)
    text = Text(no_wrap=True, overflow="ellipsis")
    for status in STATUSES:
        if counts[status]:
            sign, style = SIGNS[status]
            text.append(f"{sign}{counts[status]} ", style)
    return text


def lasting(seconds: float, language: Language) -> str:
    """Write a duration in words, in whole minutes."""
    minutes = max(0, int(seconds)) // 60
    if minutes < 60:
        return WORDS.say("minutes", language, m=minutes)
    return WORDS.say("hours", language, h=minutes // 60, m=minutes % 60)


def countdown(seconds: float) -> str:
    """Write what is left until something as `M:SS` or `H:MM:SS`."""
    whole = max(0, int(seconds))
    return clock(whole) if whole >= 3600 else f"{whole // 60}:{whole % 60:02}"
