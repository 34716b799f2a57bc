"""Commands in documents do what the documents say: they are run, in order, on real guests."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from helpers.rehearsal import CYDER, cyder
from helpers.terminal import Terminal

ROOT = Path(__file__).parent.parent.parent
INLINE = re.compile(r"`(?:sudo )?\./cyder ([^`]+)`")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)

pytestmark = [pytest.mark.guests, pytest.mark.slow, pytest.mark.usefixtures("host")]


def lines(name: str) -> list[list[str]]:
    """Every command of a document, in order, for two teams and the newest exercise."""
    text = (ROOT / name).read_text()
    found = [f"./cyder {line}" for line in INLINE.findall(text)]
    found += [line for block in BLOCK.findall(text) for line in block.splitlines()]
    commands = []
    for line in found:
        words = shlex.split(line.replace("--teams 6", "--teams 2"), comments=True)
        words = words[1:] if words[:1] == ["sudo"] else words
        if words and words[0] in ("cyder", "./cyder"):
            stand_ins = {"EXERCISE": "last", "FOLDER": "scenarios/municipality",
                         "team3": "team2", "team4": "team2"}  # fmt: skip
            commands.append([stand_ins.get(word, word) for word in words[1:]])
    return commands


def passes(words: list[str]) -> str:
    done = cyder(*words, timeout=600)
    assert done.returncode == 0, f"cyder {' '.join(words)}: {done.stderr[-2000:]}"
    return done.stdout


def opens(words: list[str], *wanted: str) -> None:
    """Open a screen on a terminal, see what it shows, and leave."""
    with Terminal([*CYDER, *words]) as terminal:
        terminal.wait_for(*wanted)
        terminal.send("ctrl+q")
        assert terminal.ended() == 0


def test_the_operators_page_is_done_from_top_to_bottom():
    page = [words for words in lines("docs/operations.md") if words[0] != "scoreboard"]
    assert [words[0] for words in page[-8:]] == [
        "up", "status", "preflight", "shell", "snapshot", "revert", "reset", "down",
    ]  # fmt: skip
    try:
        said = [passes(words) for words in page]
        assert "32 of 32 nodes are running" in said[-7]
    finally:
        cyder("down", "municipality")


@pytest.fixture(scope="module")
def instructors_day():
    """An exercise that waits for its instructor, brought up as the guide and the README say."""
    run = next(words for words in lines("docs/instructor-guide.md") if words[0] == "run"
               and "--headless" not in words)  # fmt: skip
    assert run in lines("README.md")
    process = subprocess.Popen(
        [*CYDER, *run], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "STARTEX: cyder ctl" in line:
                break
        else:
            pytest.fail("the exercise never became ready")
        yield process
    finally:
        cyder("ctl", "last", "end")
        process.wait(120)
        exercise = cyder("exercises", "--json").stdout.rsplit('"exercise": "', 1)[1].split('"')[0]
        cyder("down", exercise)


def test_an_instructors_day_is_done_by_the_guide(instructors_day):
    done = []
    for words in lines("docs/instructor-guide.md"):
        if words[0] in ("doctor", "image", "run", "resume"):
            continue  # other tests run these; `resume` needs an engine that has died
        if words[0] == "tui":
            opens(words, "演習の一覧")
            continue
        passes(words)
        done.append(" ".join(words[2:3] if words[0] == "ctl" else words[:1]))
        if done[-1] == "end":
            instructors_day.communicate(timeout=120)
    steering = (
        "start pause resume fire retime skip message note call snapshot revert reset extend mark"
        " end"
    )
    assert set(steering.split()) | {"plan", "score", "report", "regrade"} <= set(done)
    assert instructors_day.returncode == 0


@pytest.mark.parametrize("name", ["docs/grading.md", "docs/grading.ja.md"])
def test_the_pages_on_grading_are_done_after_an_exercise(instructors_day, name):
    assert instructors_day.poll() == 0, "the day is over before these"
    page = lines(name)
    assert len(page) >= 6
    for words in page:
        assert passes(words)


def test_the_boards_of_the_operators_page_are_shown_after_an_exercise(instructors_day):
    assert instructors_day.poll() == 0, "the day is over before these"
    page = [words for words in lines("docs/operations.md") if words[0] == "scoreboard"]
    assert len(page) >= 5
    for words in page:
        if {"--once", "--html"} & set(words):
            assert passes(words)
            continue
        opens(words, "チーム", "T+")
