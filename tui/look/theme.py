"""The one theme: dark and calm, legible on a projector, with blue against orange for good and bad.

Blue and orange stay apart for colour-blind eyes, and each has a sign and a word beside it.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.theme import Theme

THEME = Theme(
    name="cyder",
    dark=True,
    primary="#7cb7e8",
    secondary="#9aa7b8",
    accent="#e8c37c",
    success="#8cc8f2",
    warning="#f0c25a",
    error="#f2925a",
    foreground="#e8edf2",
    background="#101820",
    surface="#17222d",
    panel="#1f2d3a",
    variables={
        "footer-key-foreground": "#e8c37c",
        "footer-background": "#17222d",
        "input-cursor-background": "#e8edf2",
        "block-cursor-text-style": "bold",
        "scrollbar": "#33485c",
        "scrollbar-background": "#17222d",
    },
)

GOOD, BAD, CARE, QUIET, STRONG = "#8cc8f2", "#f2925a", "#f0c25a", "#9aa7b8", "bold #e8edf2"


class Sign(NamedTuple):
    """How an outcome is shown: one narrow character, the key of its word, a Rich style."""

    character: str
    word: str
    style: str


_SIGNS = {
    "PASS": Sign("✓", "PASS", GOOD),
    "PARTLY": Sign("~", "PARTLY", CARE),
    "FAIL": Sign("✗", "FAIL", BAD),
    "ERROR": Sign("!", "ERROR", CARE),
    "SKIP": Sign("-", "SKIP", QUIET),
    "PENDING": Sign("?", "PENDING", CARE),
    "UNSEEN": Sign(".", "UNSEEN", QUIET),
    "up": Sign("✓", "up", GOOD),
    "down": Sign("✗", "down", BAD),
    "unknown": Sign("?", "unknown", QUIET),
}


def sign(outcome: str) -> Sign:
    """Return the sign of an outcome or state; one of doubt for what is not known."""
    return _SIGNS.get(outcome, Sign("?", "unknown", QUIET))
