"""Breaking lines of Japanese and English by cells: words stay whole, marks where they belong."""

from __future__ import annotations

import re

from rich.cells import cell_len, chop_cells

# What must not begin a line, and what must not end one (JIS X 4051, the usual part of it).
_NOT_FIRST = frozenset(
    "、。，．・：；？！ー々ゝゞヽヾ〜～…‥」』）］｝〉》】〕’”％℃"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%"
)
_NOT_LAST = frozenset("「『（［｛〈《【〔‘“([{￥＄")
_TAB = " " * 4
# Where the lines that follow the first one of a list's item begin.
_LIST = re.compile(r" *(?:[-*] )?")
# Spaces, a word of narrow characters, or one other character.
_UNIT = re.compile(r" +|[!-~\u00a0-\u024f]+|.", re.DOTALL)


def wrap(text: str, cells: int) -> list[str]:
    """Return the lines of `text`, none wider than `cells`; empty lines stay."""
    cells = max(cells, 2)
    return [
        line
        for paragraph in text.replace("\t", _TAB).split("\n")
        for line in _wrapped(paragraph, cells)
    ]


def _wrapped(paragraph: str, cells: int) -> list[str]:
    if cell_len(paragraph) <= cells:
        return [paragraph]
    indent = min(len(paragraph) - len(_LIST.sub("", paragraph, count=1)), cells // 2)
    lines = []
    line, used = "", 0
    for piece in _pieces(paragraph, cells - indent):
        width = cell_len(piece)
        if used + width > cells:
            if piece.isspace():
                continue  # a space at the end of a line is not missed
            lines.append(line.rstrip())
            line, used = " " * indent, indent
        line, used = line + piece, used + width
    return [*lines, line.rstrip()]


def _pieces(paragraph: str, cells: int) -> list[str]:
    """Cut into what is not broken; nothing of it is wider than a line."""
    pieces: list[str] = []
    for unit in _UNIT.findall(paragraph):
        before = pieces[-1] if pieces else ""
        sticks = unit[0] in _NOT_FIRST or before[-1:] in _NOT_LAST or cell_len(unit) == 0
        whole = before + unit
        between = before and not before.isspace() and not unit.isspace()
        if between and sticks and cell_len(whole) <= cells:
            pieces[-1] = whole
            continue
        pieces += chop_cells(unit, cells) if cell_len(unit) > cells else [unit]
    return pieces
