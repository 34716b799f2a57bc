"""Whatever trainees and guests put into the log shows as harmless text in every view."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from during import EPOCH, Console, Told, opened, until
from payloads import PAYLOADS

from range.events.event import Kind
from tui.console.exercise.dialogs import Read

VIEWS = "123456789"


def drawn(app: Console) -> Iterator[str]:
    """Every line that is on the screen."""
    for strip in app.screen._compositor.render_strips():
        yield "".join(segment.text for segment in strip)


def harmless(app: Console) -> None:
    for line in drawn(app):
        bad = [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
        assert not bad, f"{bad!r} in {line!r}"


async def test_no_view_and_no_detail_lets_anything_out(half_way: Told) -> None:
    hostile = [payload.text for payload in PAYLOADS]
    with half_way.at_once():
        for number, text in enumerate(hostile):
            at, team = 2300.0 + number, f"team{number % 2 + 1}"
            answers: dict[str, Any] = {"host": text, "next": text, "user": text}
            half_way.say(Kind.SUBMITTED, at, team, text, form="first-report", by=text,
                         id=str(number), answers=answers)  # fmt: skip
            half_way.say(Kind.OBSERVED, at, team, check="site-up", probe="x",
                         raw={"body": text}, error=None)  # fmt: skip
            half_way.say(Kind.NOTED, at, team, text, text=text)
            half_way.say(Kind.INJECTED, at, team, inject="A04", outcome="error", detail=text,
                         facts={"since": text}, blocked_by=text, technique="")  # fmt: skip
            half_way.say(Kind.BRINGUP, at, team, node="www", state=text, detail=text)
    console = Console(half_way.folder, half_way.here, wall=lambda: EPOCH + 2600)
    async with console.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        for view in VIEWS:
            await pilot.press(view)
            await pilot.pause()
            await pilot.pause()
            harmless(console)
            await pilot.press("end")
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()
            harmless(console)
            if isinstance(console.screen, Read):
                await pilot.press("pagedown")
                await pilot.pause()
                harmless(console)
            while console.screen is not console.during:
                await pilot.press("escape")
                await pilot.pause()
        await pilot.press("6", "y", "4")
        await until(pilot, lambda: console.during.view == "calls")
        harmless(console)
