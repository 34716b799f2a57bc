"""Drafts: their author's, durable, bounded, and gone with the submission."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Stage, at_desk

from range.exercise.desk import Desk
from range.exercise.drafts import AUTHORS, SIZE, Drafts
from range.exercise.engine import Engine
from range.exercise.forms import TEXT, Refused

Make = Callable[..., Stage]
REPORT = {"form": "report", "answers": {"what": "implant", "since": "10:20"}}


@pytest.fixture
def still(stage: Make) -> Stage:
    return stage("idle", teams=2, headless=False, speed=1.0)


async def test_drafts_are_their_authors_and_end_with_the_submission(
    still: Stage, tmp_path: Path
) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        file = tmp_path / "team1.json"
        desk._drafts = Drafts(file)
        engine.start("white")
        half = {"form": "report", "answers": {"what": "im\x1bplant\u202e"}}
        assert await desk.answer("draft", half, "team1+sato") == {"saved": True}
        assert Drafts(file).of("team1+sato")["report"]["answers"] == {"what": "implant"}
        assert await desk.answer("drafts", {}, "team1+mori") == {}
        await desk.answer("submit", REPORT, "team1+mori")
        assert set(await desk.answer("drafts", {}, "team1+sato")) == {"report"}
        # The engine dies between the submission's fact and its draft's end.
        before = file.read_text()
        await desk.answer("submit", REPORT, "team1+sato")
        assert Drafts(file).of("team1+sato") == {}
        file.write_text(before)
        drafts = Drafts(file)
        Desk(engine, "team1", engine.labs.lab("team1"), still.events(), drafts)  # type: ignore[attr-defined]
        assert drafts.of("team1+sato") == {}

    await at_desk(still, "team1", script)


async def test_drafts_are_bounded_in_number_and_size(still: Stage) -> None:
    async def script(desk: Desk, engine: Engine) -> None:
        long = {"form": "report", "answers": {"what": "x" * 99_999}}
        for number in range(AUTHORS):
            desk.ask("draft", long, f"team1+{number}")
            desk.ask("draft", long, f"team1+{number}")  # in place of the one before
        assert len(desk.ask("drafts", {}, "team1+0")["report"]["answers"]["what"]) <= TEXT
        with pytest.raises(Refused, match="At most"):
            desk.ask("draft", long, "team1+one-more")
        for answers in (None, [], {"what": {"a": 1}}, {"what": [1] * 101}):
            with pytest.raises(Refused):
                desk.ask("draft", {"form": "report", "answers": answers}, "team1+0")
        with pytest.raises(Refused, match="No such form"):
            desk.ask("draft", {"form": "nope", "answers": {}}, "team1+0")

    await at_desk(still, "team1", script)


def test_a_team_s_drafts_together_are_bounded() -> None:
    drafts = Drafts()
    half = {"what": "x" * (SIZE // 2 - 10), "list": ["y"] * 10}
    drafts.save("a", "report", half, "T+00:00")
    drafts.save("b", "report", half, "T+00:00")
    drafts.save("b", "report", half, "T+00:01")  # in place of the one before
    with pytest.raises(Refused, match="too large"):
        drafts.save("c", "report", {"what": "x"}, "T+00:02")
    assert set(drafts.of("b")) == {"report"}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"f": {}}}', "\xff"])
def test_a_damaged_file_of_drafts_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "team1.json"
    file.write_text(text, encoding="latin-1")
    assert Drafts(file).of("a") == {}
