"""The film strip of the README: screens of a real exercise, as SVG.

    sudo .venv/bin/python docs/pictures/film.py EXERCISE [TEAM]

EXERCISE runs, with its labs up. What is shown is what a terminal gets: the console and the board as
programs on a pty, the desk through a team's SSH gateway.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

import pyte.screens
from rich.cells import cell_len
from rich.color import Color

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent.parent / "tests" / "helpers")]

from terminal import Terminal  # noqa: E402

from range.settings import settings  # noqa: E402

SIZE = (120, 34)
CYDER = [sys.executable, "-c", "from range.cli.main import main; main()"]
WIDE, HIGH, MARGIN = 8.4, 18, 10  # of a cell, in pixels
FOREGROUND, BACKGROUND = "#e8edf2", "#101820"
FONTS = "Menlo,Consolas,'Noto Sans Mono','Noto Sans Mono CJK JP','MS Gothic',monospace"


class Look(NamedTuple):
    """How a cell looks. `cells` is 2 for a wide character, 1 else."""

    foreground: str
    background: str
    bold: bool
    cells: int


def film(exercise: str, team: str) -> None:
    """Take every picture."""
    for takes in (console(exercise), board(exercise), desk(exercise, team)):
        for file in takes:
            print(file)


def shown(terminal: Terminal, name: str, title: str) -> Path:
    """Write what the terminal shows, once it is still."""
    terminal.settle()
    file = HERE / f"{name}.svg"
    file.write_text("\n".join(svg(terminal.screen, title)) + "\n", encoding="utf-8")
    return file


def svg(screen: pyte.screens.Screen, title: str) -> Iterator[str]:
    """Yield the lines of a picture of a screen."""
    wide, high = screen.columns * WIDE + 2 * MARGIN, screen.lines * HIGH + 2 * MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" '
        f'shape-rendering="crispEdges" '
        f'font-family="{FONTS}" font-size="14" fill="{FOREGROUND}">'
    )
    yield f"<title>{escape(title)}</title>"
    yield f'<rect width="100%" height="100%" rx="6" fill="{BACKGROUND}"/>'
    for row in range(screen.lines):
        yield from _row(screen, row)
    yield "</svg>"


def _row(screen: pyte.screens.Screen, row: int) -> Iterator[str]:
    cells = (screen.buffer[row][column] for column in range(screen.columns))
    x, y = float(MARGIN), MARGIN + row * HIGH
    for look, run in itertools.groupby((c for c in cells if c.data), key=_look):
        text = "".join(cell.data for cell in run)
        length = len(text) * look.cells * WIDE
        if look.background != BACKGROUND:
            yield (
                f'<rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="{HIGH}" '
                f'fill="{look.background}"/>'
            )
        if text.strip():
            bold = ' font-weight="bold"' if look.bold else ""
            yield (
                f'<text x="{x:.1f}" y="{y + 14}" fill="{look.foreground}"{bold} '
                f'textLength="{length:.1f}" xml:space="preserve">{escape(text)}</text>'
            )
        x += length


def _look(cell: pyte.screens.Char) -> Look:
    foreground, background = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
    if cell.reverse:
        foreground, background = background, foreground
    return Look(foreground, background, cell.bold, max(1, cell_len(cell.data)))


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    if re.fullmatch("[0-9a-f]{6}", name):
        return f"#{name}"
    known = {"brown": "yellow"}.get(name, name.replace("bright", "bright_"))
    return str(Color.parse(known).get_truecolor().hex)


def console(exercise: str) -> Iterator[Path]:
    """The instructor's console."""
    with started([*CYDER, "tui", exercise]) as terminal:
        terminal.wait_for("T+")
        terminal.settle()
        yield shown(terminal, "console-msel", "cyder tui: MSEL")
        terminal.send("3")
        terminal.wait_for("追従中")
        yield shown(terminal, "console-log", "cyder tui: 記録")


def board(exercise: str) -> Iterator[Path]:
    """The scoreboard."""
    with started([*CYDER, "scoreboard", exercise, "--language", "ja"]) as terminal:
        terminal.wait_for("T+")
        yield shown(terminal, "scoreboard", "cyder scoreboard")
        terminal.send("3")
        yield shown(terminal, "scoreboard-services", "cyder scoreboard: サービス稼働")


def desk(exercise: str, team: str) -> Iterator[Path]:
    """The desk of a team, by SSH."""
    sheet = settings().labs / exercise / "access" / team
    config = (
        (sheet / "ssh_config")
        .read_text()
        .replace("IdentityFile key", f"IdentityFile {sheet / 'key'}")
    )
    file = sheet / "ssh_config.film"
    file.write_text(config.replace("known_hosts", str(sheet / "known_hosts")))
    with started(["ssh", "-F", str(file), "-l", f"{team}+hanako", "desk"]) as terminal:
        terminal.wait_for("デスクに入る")
        terminal.send("enter")
        terminal.wait_for("受信箱")
        terminal.send("3")
        yield shown(terminal, "desk-inbox", "ssh team1+hanako@HOST: 受信箱")
        terminal.send("4", "enter")
        yield shown(terminal, "desk-form", "ssh team1+hanako@HOST: 様式")


def started(command: list[str]) -> Terminal:
    """Start a program on a terminal of the film's size."""
    return Terminal(
        command,
        columns=SIZE[0],
        rows=SIZE[1],
        environment={"COLORTERM": "truecolor", "LANG": "C.UTF-8"},
    )


if __name__ == "__main__":
    film(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "team1")
