"""Text from data for a screen: harmless, never markup, measured in cells."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells
from rich.text import Text

from range.text import clean, line

LONG = 20_000  # characters of a block


def plain(text: object, style: str = "", *, limit: int = 500) -> Text:
    """Return one line of text that shows as it is, whatever is in it."""
    return Text(line(str(text), limit), style=style, no_wrap=True, overflow="ellipsis", end="")


def block(text: object, style: str = "", *, limit: int = LONG) -> Text:
    """Return text of many lines that shows as it is; long words are folded."""
    return Text(clean(str(text), limit), style=style, overflow="fold")


def fit(text: str, cells: int) -> str:
    """Return one line of at most `cells` cells; what had to be cut ends in an ellipsis."""
    text = line(text, LONG)
    if cell_len(text) <= cells:
        return text
    if cells <= 1:
        return "…"[:cells]
    return chop_cells(text, cells - 1)[0] + "…"


def padded(text: str, cells: int) -> str:
    """Return one line of exactly `cells` cells."""
    text = fit(text, cells)
    return text + " " * (cells - cell_len(text))
