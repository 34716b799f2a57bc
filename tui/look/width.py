"""Terminals that draw ambiguous characters two cells wide, as some Japanese ones are set to do.

Textual counts such a character as one cell, and the rest of its row would be pushed out of place.
There, those that have a plain stand-in of one cell are replaced by it on their way to the terminal.
"""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
import unicodedata

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_ASK = "\r…\x1b[6n\r \x1b[K"
_ANSWER_WITHIN = 0.3  # seconds
_MOST = 64  # bytes of an answer

_FRAME = "─━╌╍┄┅═▔▁▀▄"
_POST = "│┃┆┇┊┋║▏▕▎▍▌▐"
_STANDS = {
    "…": "~", "·": ".", "•": "*", "●": "*", "○": "o", "◎": "o", "◆": "*", "◇": "o",
    "■": "#", "□": "o", "▲": "^", "△": "^", "▼": "v", "▽": "v", "▶": ">", "◀": "<",
    "★": "*", "☆": "*", "※": "*", "→": ">", "←": "<", "↑": "^", "↓": "v", "⇒": ">",
    "×": "x", "÷": "/", "±": "+", "°": "o", "§": "S", "¶": "P", "′": "'", "″": '"',
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "―": "-", "‥": ":",
    "█": "#", "▇": "#", "▆": "#", "▅": "#", "▃": "_", "▂": "_", "░": ".", "▒": ":", "▓": "#",
    "∞": "8", "≠": "#", "≦": "<", "≧": ">", "√": "v",
}  # fmt: skip


def stand_in(character: str) -> str:
    """Return what is drawn in place of an ambiguous character: one narrow one, or itself."""
    if character in _STANDS:
        return _STANDS[character]
    if unicodedata.east_asian_width(character) != "A":
        return character
    if character in _FRAME:
        return "-"
    if character in _POST:
        return "|"
    if "\u2500" <= character <= "\u257f":
        return "+"
    plain = unicodedata.normalize("NFKD", character)[:1]
    return plain if plain.isascii() and plain.isprintable() else character


class Narrow(LineFilter):
    """Replaces ambiguous characters in everything that is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with stand-ins; the number of cells stays."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment("".join(map(stand_in, segment.text)), segment.style)
            for segment in segments
        ]


def ambiguous_is_wide() -> bool:
    """Ask the terminal how wide it draws an ambiguous character; False where it does not say.

    To be called before an app takes the terminal over.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        sys.stdout.write(_ASK)
        sys.stdout.flush()
        return column(_answer(terminal)) == 3
    except (OSError, termios.error):
        return False
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def column(answer: bytes) -> int:
    """Return the column (from 1) of a terminal's report of its cursor; 0 when it is none."""
    start, semicolon = answer.rfind(b"\x1b["), answer.rfind(b";")
    number = answer[semicolon + 1 :].rstrip(b"R")
    return int(number) if 0 <= start < semicolon and number.isdigit() and len(number) < 5 else 0


def _answer(terminal: int) -> bytes:
    answer = b""
    deadline = time.monotonic() + _ANSWER_WITHIN
    while not answer.endswith(b"R") and len(answer) < _MOST:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            break
        answer += os.read(terminal, _MOST)
    return answer
