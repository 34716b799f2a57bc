"""What a program writes to its terminal, taken apart: control sequences, and the rest."""

from __future__ import annotations

import re
import unicodedata

_SEQUENCE = re.compile(
    rb"\x1b(?:"
    rb"\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    rb"|[PX^_][^\x1b]*\x1b\\"  # DCS, SOS, PM, APC
    rb"|[ -/]+[0-~]"  # nF
    rb"|[0-Z\\\]^_`-~])"  # the two-character ones
)
_CUT_OFF = re.compile(rb"\x1b[0-?\[]*\Z")  # where the reader stopped inside a sequence
_PLAIN = frozenset("\r\n\b\t")  # what any program writes


def shapes(raw: bytes) -> set[str]:
    """Return the kinds of control sequences in `raw`: numbers only matter in modes and strings."""
    return {_shape(found.group()) for found in _SEQUENCE.finditer(raw)}


def stray(raw: bytes) -> set[str]:
    """Return control and format characters in `raw` outside of control sequences."""
    text = _CUT_OFF.sub(b"", _SEQUENCE.sub(b"", raw)).decode("utf-8", "replace")
    return {
        f"U+{ord(character):04X}"
        for character in set(text)
        if character not in _PLAIN
        and (unicodedata.category(character) in ("Cc", "Cf", "Cs") or character in "\u2028\u2029")
    }


def _shape(sequence: bytes) -> str:
    text = sequence.decode("latin-1")
    if text.startswith("\x1b[") and text[-1] not in "hl":
        return re.sub(r"[0-9:;]+", "", text)
    return text
