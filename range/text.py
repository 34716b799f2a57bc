"""Text from people and guests, made harmless once, where it enters."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
# Format characters reorder, hide or join text; unpaired surrogates cannot even be written down.
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_BREAKS = frozenset("\u2028\u2029\x85\x0b\x0c")


def clean(text: str | bytes, limit: int) -> str:
    """Return `text` without control, format and surrogate characters, at most `limit` characters.

    Line feeds and tabs stay; every other kind of line break becomes a line feed. Bytes are read as
    UTF-8, with U+FFFD for what is not. What had to be cut ends in an ellipsis.
    """
    if isinstance(text, bytes):
        text = text[: 4 * limit + 4].decode("utf-8", "replace")
    # A guest may send megabytes of characters that are all dropped: look at a bounded part only.
    head = text[: 4 * limit + 4]
    if not head.isprintable():
        head = head.replace("\r\n", "\n").replace("\r", "\n")
        head = "".join(_harmless(character) for character in head)
    if len(head) > limit or len(text) > 4 * limit + 4:
        return head[: max(limit - 1, 0)] + "…"[:limit]
    return head


def line(text: str | bytes, limit: int) -> str:
    """Return `text` cleaned as one line: runs of white space become one space, ends are trimmed."""
    return " ".join(clean(text, limit).split())


def _harmless(character: str) -> str:
    if character.isprintable() or character in _KEPT:
        return character
    if character in _BREAKS:
        return "\n"
    return "" if unicodedata.category(character) in _DROPPED else character
