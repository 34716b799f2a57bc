"""A debrief for the screen: the Markdown that our own templates write, section by section.

Not a reader of any Markdown: it knows headings, tables, lists, bold, code and escapes, which is all
that a debrief has. Data in it was escaped when it was written, and shows as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tui.look.theme import CARE, QUIET, STRONG

_NARROW = 12  # cells; columns of shorter texts are not folded
_HEADING = re.compile(r"(#{1,6}) (.*)")
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")


@dataclass(frozen=True)
class Section:
    """A part of a debrief: its title, with the one above it, and its lines."""

    title: str
    lines: tuple[str, ...]


def sections(markdown: str) -> list[Section]:
    """Split a debrief at its headings of the first three levels."""
    found: list[tuple[str, list[str]]] = []
    above = ""
    for line in markdown.splitlines():
        heading = _HEADING.fullmatch(line)
        if heading is not None and len(heading[1]) <= 3:
            title = inline(heading[2]).plain
            if len(heading[1]) < 3:
                above = title if len(heading[1]) == 2 else ""
            found.append((title if len(heading[1]) < 3 else f"{above} / {title}", []))
        elif found:
            found[-1][1].append(line)
    return [Section(title, tuple(lines)) for title, lines in found if any(map(str.strip, lines))]


def drawn(section: Section) -> RenderableType:
    """Return a section to look at."""
    parts: list[RenderableType] = [Text(section.title, style=f"bold {CARE}"), Text()]
    rows: list[str] = []
    for line in (*section.lines, ""):
        if line.startswith("|"):
            rows.append(line)
            continue
        if rows:
            parts += [_table(rows), Text()]
            rows = []
        heading = _HEADING.fullmatch(line)
        if heading is not None:
            parts += [inline(heading[2], f"bold {QUIET}"), Text()]
        elif line.strip():
            indent, dash, rest = _item(line)
            parts.append(Text(indent + dash).append_text(inline(rest)))
            if not dash:
                parts.append(Text())
    return Group(*parts)


def inline(text: str, style: str = "") -> Text:
    """Return a line without its markup: escapes undone, bold and code as styles, <br> as breaks."""
    shown = Text(style=style, overflow="fold")
    bold = False
    at = 0
    while at < len(text):
        character = text[at]
        if character == "\\" and at + 1 < len(text):
            shown.append(text[at + 1], STRONG if bold else None)
            at += 2
        elif text.startswith("**", at):
            bold = not bold
            at += 2
        elif text.startswith("<br>", at):
            shown.append("\n")
            at += 4
        elif character == "`":
            fence = re.match(r"`+", text[at:])
            assert fence is not None
            end = text.find(fence[0], at + len(fence[0]))
            end = len(text) if end < 0 else end
            code = text[at + len(fence[0]) : end].replace("\\|", "|")
            shown.append(code.strip(), CARE)
            at = end + len(fence[0])
        else:
            shown.append(character, STRONG if bold else None)
            at += 1
    return shown


def _item(line: str) -> tuple[str, str, str]:
    match = re.match(r"( *)(- )?(.*)", line)
    assert match is not None
    return match[1], match[2] or "", match[3]


def _cells(row: str) -> Iterator[str]:
    """Split a row at the bars that are not escaped."""
    cell, at = "", 1
    while at < len(row):
        if row[at] == "\\" and at + 1 < len(row):
            cell += row[at : at + 2]
            at += 2
            continue
        if row[at] == "|":
            yield cell.strip()
            cell = ""
        else:
            cell += row[at]
        at += 1
    if cell.strip():
        yield cell.strip()


def _table(rows: Sequence[str]) -> Table:
    body = [[inline(cell) for cell in _cells(row)] for row in rows if not _RULE.fullmatch(row)]
    head, *rest = body
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=any(cell.plain for cell in head))
    for number, title in enumerate(head):
        widths = [cell_len(line) for row in body if number < len(row)
                  for line in row[number].plain.split("\n")]  # fmt: skip
        short = max(widths, default=0) <= _NARROW
        table.add_column(title, no_wrap=short, overflow="fold", ratio=None if short else 1)
    for row in rest:
        table.add_row(*row[: len(head)])
    return table
