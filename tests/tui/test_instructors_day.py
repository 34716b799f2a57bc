"""An instructor's whole day from `cyder tui` alone, in tmux, on real guests."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator

import pytest
from rehearsal import CYDER, cyder
from tmux import Tmux

from range.events.event import Event, Kind
from range.events.folder import ExerciseFolder, find
from range.settings import settings

pytestmark = [pytest.mark.guests, pytest.mark.slow, pytest.mark.usefixtures("host")]

BRINGUP = 900.0  # seconds, images included
SOON = 90.0


class Day:
    """One console, and the exercise that it made."""

    def __init__(self, console: Tmux) -> None:
        self.console = console
        self.id = ""

    @property
    def exercise(self) -> ExerciseFolder:
        return find(settings(), self.id)

    def press(self, key: str, *wanted: str, within: float = SOON) -> str:
        """Press a key and return the screen once it shows all of `wanted`."""
        self.console.send(key)
        return self.console.wait_for(*wanted, within=within)

    def view(self, number: str, wanted: str) -> None:
        """Open a view."""
        self.press(number, wanted)

    def sent(self, text: str = "") -> None:
        """Fill a dialogue's first field, send it, and wait until it is gone."""
        if text:
            self.console.type(text)
            self.console.wait_for(text)
        self.console.send("C-s")
        self.console.wait_until(lambda shown: "Ctrl+S" not in shown, "a closed dialogue", SOON)

    def logged(self, kind: Kind, **wanted: object) -> Event:
        """Return the newest event of a kind with these data, once the log has it."""
        deadline = time.monotonic() + SOON
        while time.monotonic() < deadline:
            with self.exercise.read() as log:
                for event in reversed(list(log.only(kind))):
                    if all(event.data.get(key) == value for key, value in wanted.items()):
                        return event
            time.sleep(0.2)  # the log tells nobody outside the engine
        raise AssertionError(f"no {kind} with {wanted}; the screen:\n{self.console.screen()}")


@pytest.fixture
def day() -> Iterator[Day]:
    with Tmux([*CYDER, "tui"], columns=130, rows=40) as console:
        day = Day(console)
        try:
            yield day
        finally:
            if day.id:
                cyder("down", "--force", day.id)


def test_an_instructor_runs_a_whole_exercise_from_the_console_alone(day: Day) -> None:
    bring_up(day)
    start_pause_and_go_on(day)
    steer(day)
    end_and_read(day)


def bring_up(day: Day) -> None:
    day.console.wait_for("演習の一覧", "管理者権限", within=SOON)
    day.press("n", "シナリオを選ぶ", "あおぞら市")
    day.press("Enter", "演習の設定", "32 ノード")
    day.press("C-s", "内容の確認", "演習を作る")
    shown = day.press("m", "演習の準備")
    found = re.search(r"e\d{8}-\d{6}-[a-z0-9-]+", shown)
    assert found is not None
    day.id = found.group()
    shown = day.console.wait_for("✓ 開始待ち", within=BRINGUP)
    assert "32 / 32" in shown
    assert "12 / 12 件を証明" in shown
    day.press("a", "アクセス票", "ssh -p", "team1@")
    day.press("Escape", "✓ 開始待ち")


def start_pause_and_go_on(day: Day) -> None:
    day.press("s", "STARTEX")
    day.press("y", "実施中", "田中")
    day.press("p", "一時停止中")
    assert day.logged(Kind.CLOCK, running=False).actor == os.environ.get("SUDO_USER", "root")
    day.press("p", "実施中")


def steer(day: Day) -> None:
    day.press("f", "A01 を今すぐ付与する")
    day.sent()
    delivered = day.logged(Kind.INJECTED, inject="A01", outcome="succeeded")
    assert delivered.at is not None
    assert delivered.at < 120, "A01 is due at two minutes; it was fired before"

    for _ in range(3):
        day.console.send("Down")
    day.press("k", "M01 を見送る")
    day.sent("時間の都合")
    assert day.logged(Kind.INJECTED, inject="M01", outcome="skipped").data["detail"] == "時間の都合"

    day.view("6", "採点待ちのみ")
    day.press("y", "すべての項目")
    day.press("g", "採点: ", "達成度")
    day.console.type("0.5")
    day.console.wait_for("0.5")
    day.console.next_field()
    day.sent("口頭で説明した")
    assert day.logged(Kind.MARKED, credit=0.5).data["reason"] == "口頭で説明した"

    day.view("7", "境界ファイア")
    day.press("z", "を初期化")
    day.sent()
    assert day.logged(Kind.REVERTED, node="fw").data["charged"] is True


def end_and_read(day: Day) -> None:
    day.press("e", "ENDEX")
    day.sent("試験")
    day.console.wait_until(lambda shown: "- 終了" in shown.splitlines()[0], "the end", SOON)
    day.view("9", "debrief.ja")
    day.press("v", "演習振り返り報告書", "あおぞら市", "コース", day.id)
    assert "口頭で説明した" in (day.exercise.report / "debrief.ja.md").read_text()
