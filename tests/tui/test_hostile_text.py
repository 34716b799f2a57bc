"""What a hostile trainee writes in any field is harmless text on every surface, on a real pty.

Each surface is walked through twice by the same keys: once over an exercise in which teams wrote
plain words, once over the same exercise with every payload in every field. The second walk may
write no kind of control sequence that the first did not, and no control or format character.
"""

from __future__ import annotations

import asyncio
import functools
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from payloads import PAYLOADS, Payload
from stage import Stage
from stream import shapes, stray
from terminal import Terminal

from range.events.event import Draft, Kind
from range.events.log import Log
from range.exercise.create import Options
from range.exercise.desk import Desk
from range.exercise.engine import Engine
from range.exercise.forms import Refused
from range.exercise.prepare import prepare
from range.exercise.verbs import VERBS
from range.scenario.model import Language
from range.settings import Settings
from range.text import line
from tui.console.exercise.words import WORDS

REHEARSAL = Path(__file__).parent.parent / "exercise" / "rehearsal"
FIELDS = """\
      since: {label: {ja: いつから, en: Since when}}
      story: {label: {ja: 経緯, en: Story}, kind: text}
      names: {label: {ja: 一覧, en: Names}, kind: list}
"""
CYDER = [sys.executable, "-c", "from range.cli.main import main; main()"]
DESK = [sys.executable, str(Path(__file__).parent.parent / "helpers" / "desk_on_pty.py")]

# What each view of the console shows, whatever is in it.
VIEWS = {
    "1": "col-kind", "2": "col-idle", "4": "col-answer", "5": "col-expected", "6": "col-judged",
    "7": "col-reverts", "8": "col-note", "9": "debrief-running", "3": "feed-live",
}  # fmt: skip

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Told:
    """An exercise in which `payloads` were written in every field there is."""

    stage: Stage
    payloads: list[Payload]

    @property
    def environment(self) -> dict[str, str]:
        return {"CYDER_HOME": str(self.stage.settings.home), "LANG": "C.UTF-8"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(tmp_path_factory.mktemp("hostile"), PAYLOADS)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Told:
    benign = [Payload(p.mark, f"{p.mark}実装に異常はありません。{p.mark}e") for p in PAYLOADS]
    return tell(tmp_path_factory.mktemp("plain"), benign)


def tell(folder: Path, payloads: list[Payload]) -> Told:
    scenario = folder / "rehearsal"
    shutil.copytree(REHEARSAL, scenario)
    file = scenario / "scenario.yaml"
    old = "      since: {label: {ja: いつから, en: Since when}}\n"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, FIELDS))
    options = Options(provider="memory", speed=1.0, users=False)
    stage = Stage(
        Settings(home=folder / "home"),
        prepare(Settings(home=folder / "home"), str(scenario), 2, [], options, seed="5e" * 32),
    )
    asyncio.run(stage.run(script=lambda engine: asyncio.create_task(write(engine, payloads))))
    as_a_guest_would(stage, payloads)
    return Told(stage, payloads)


async def write(engine: Engine, payloads: list[Payload]) -> None:
    """Start, and put every payload wherever a trainee can, or an instructor who copies one."""
    try:
        engine.start("white")
        desk = Desk(engine, "team1", engine.labs.lab("team1"), list(engine.log.read()))  # type: ignore[attr-defined]
        for payload in payloads:
            text = payload.text
            answers = {"what": text, "since": text, "story": text, "names": [text, text]}
            desk.ask("submit", {"form": "report", "answers": answers, "key": text}, text)
            desk.ask("draft", {"form": "report", "answers": answers}, text)
            for op in ("hint", "submit", text):
                with pytest.raises(Refused) as refused:
                    desk.ask(op, {"hint": text, "form": text, "answers": {text: text}}, text)
                assert not stray(refused.value.text.ja.encode())
            said = {"from": text, "subject": text, "text": text, "channel": "chat"}
            await VERBS["message"](engine, {**said, "teams": ["team1"]}, line(text, 60))
            await VERBS["note"](engine, {"text": text, "team": "team1"}, line(text, 60))
    finally:
        engine.stop()


def as_a_guest_would(stage: Stage, payloads: list[Payload]) -> None:
    """Let evidence and attacks carry what a guest says: it is cleaned where it enters the log."""
    probe = next(iter(stage.exercise.bundle().scenario.checks))
    with Log.open(stage.exercise.log) as log:
        for payload in payloads:
            said = line(payload.text, 300)
            raw = {"stdout": said, "exit": 1}
            log.append([
                Draft(Kind.OBSERVED, {"check": probe, "probe": "x", "raw": raw, "error": ""},
                      "team1", "engine", 5.0),
                Draft(Kind.OBSERVED, {"check": probe, "probe": "x", "raw": None, "error": said},
                      "team1", "engine", 5.0),
                Draft(Kind.BRINGUP, {"node": "pc", "state": "running", "detail": said}, "team1"),
            ])  # fmt: skip


def console(told: Told, language: str) -> Iterator[tuple[str, bytes]]:
    """Every view of the console, with lists and details turned over page by page."""
    given: Language = "ja" if language == "ja" else "en"
    command = [*CYDER, "tui", "last", "--language", language]
    with Terminal(command, columns=160, rows=50, environment=told.environment) as terminal:
        terminal.wait_for("T+", within=60)
        terminal.settle()
        for view, mark in VIEWS.items():
            terminal.send(view)
            terminal.wait_for(WORDS.say(mark, given))
            for key in ("end", "pageup"):
                yield terminal.settle(0.2), b""
                terminal.send(key)
        terminal.send("end")
        for _ in range(8):
            terminal.send("pageup")
            yield terminal.settle(0.1), b""
        for _ in told.payloads[::20]:
            terminal.send("down", "enter")
            yield terminal.wait_for("╭"), b""
            terminal.send("escape")
            terminal.wait_gone("╭")
        yield terminal.text(), bytes(terminal.raw)


def desk(told: Told, language: str) -> Iterator[tuple[str, bytes]]:
    """Every page of the desk, with the messages turned over one by one."""
    home, folder = told.stage.settings.home, told.stage.exercise.path
    command = [*DESK, str(home), str(folder), "team1", language]
    given = {**told.environment, "PYTHONPATH": ":".join(sys.path)}
    with Terminal(command, columns=100, rows=40, environment=given) as terminal:
        terminal.wait_for("team1", within=60)
        terminal.send("enter")
        for page in "1245678":
            terminal.send(page)
            yield terminal.settle(0.3), b""
            terminal.send("end", "pageup")
            yield terminal.settle(0.2), b""
        terminal.send("3")
        for payload in reversed(told.payloads):
            yield terminal.wait_for(payload.mark), b""
            terminal.send("down")
        yield terminal.text(), bytes(terminal.raw)


def board(told: Told, language: str) -> Iterator[tuple[str, bytes]]:
    """Every view of the board, and why each point."""
    command = [*CYDER, "scoreboard", "last", "--language", language]
    with Terminal(command, columns=160, rows=50, environment=told.environment) as terminal:
        terminal.wait_for("team1", within=60)
        for key in ("1", "2", "3", "4", "0", "1", "enter", "enter", "escape", "escape"):
            terminal.send(key)
            yield terminal.settle(0.3), b""
        yield terminal.text(), bytes(terminal.raw)


def shell(told: Told, language: str) -> Iterator[tuple[str, bytes]]:
    """What the command line prints of it."""
    for words in (
        ["score", "last", "--language", language],
        ["score", "last", "--language", language, "--explain", "told"],
        ["report", "last"],
        ["exercises"],
    ):
        with Terminal([*CYDER, *words], columns=120, environment=told.environment) as terminal:
            terminal.ended(60)
            yield terminal.text(), bytes(terminal.raw)


SURFACES = {"console": console, "desk": desk, "board": board, "shell": shell}


@pytest.fixture(scope="module")
def usual(plain: Told) -> Callable[[str], set[str]]:
    """The kinds of control sequences that a surface writes when teams write plain words."""

    @functools.cache
    def written(surface: str) -> set[str]:
        return shapes(b"".join(raw for _, raw in SURFACES[surface](plain, "ja")))

    return written


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("surface", SURFACES)
def test_hostile_text_reaches_no_terminal_as_anything_but_text(
    surface: str, language: str, hostile: Told, usual: Callable[[str], set[str]]
) -> None:
    walked = list(SURFACES[surface](hostile, language))
    raw = b"".join(part for _, part in walked)
    assert raw
    assert not stray(raw)
    assert not shapes(raw) - usual(surface)


def test_hostile_text_is_shown_as_it_was_written_less_its_controls(hostile: Told) -> None:
    shown = "\n".join(screen for screen, _ in desk(hostile, "en"))
    for payload in hostile.payloads:
        said = line(payload.text, 200)
        if said.isascii() and len(said) < 40:
            assert said in shown


@pytest.mark.parametrize("written", ["\x1b]0;title\x07", "\x1b[?1049l", "\x1bc", "\x1b[2J"])
def test_a_control_sequence_that_a_surface_does_not_write_would_be_noticed(written: str) -> None:
    usual = b"\x1b[?25l\x1b[38;5;17mwords\x1b[0m\x1b[3;1H"
    assert shapes(usual + written.encode()) - shapes(usual)


@pytest.mark.parametrize("written", ["\x07", "\x9b31m", "\u202e", "\u200b", "\x1b", "\u2028"])
def test_a_control_character_outside_of_sequences_would_be_noticed(written: str) -> None:
    assert stray(b"\x1b[0mwords" + written.encode() + "言葉".encode())
    assert not stray("\x1b[0mwords言葉\r\n".encode())
