"""The engine and real guests: what only they can show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from range.access.point import AccessPoint
from range.events.event import Draft, Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.create import Options, creation, options
from range.exercise.finish import conclude
from range.exercise.prepare import prepare
from range.exercise.process import assemble
from range.exercise.rooms import open_rooms, take_down
from range.settings import Settings

SMALL = Path(__file__).parents[1] / "scenarios/small"
CHOSEN = Options(speed="jump", headless=True, users=False, preflight=False)


@pytest.fixture
def exercise(host: Settings, debian: str) -> Iterator[ExerciseFolder]:
    made = prepare(host, str(SMALL), 1, ["solution"], CHOSEN)
    yield made
    take_down(host, made, CHOSEN)


@pytest.mark.guests
async def test_without_its_access_point_a_team_can_do_nothing(
    host: Settings, exercise: ExerciseFolder
) -> None:
    with Log.open(exercise.log) as log:
        events = list(log.read())
        log.append([Draft(Kind.ENGINE, {"resumed": False})])
        rooms = open_rooms(host, exercise, options(creation(events)), log)
        engine, _ = assemble(exercise, log, events, CHOSEN, rooms)
        assert not AccessPoint(host, rooms.plan.labs[0]).running
        engine.start("test")
        try:
            await engine.run()
        finally:
            rooms.close()
        told: list[Event] = list(log.read())
    steps = [event.data for event in told if event.kind is Kind.ACTED]
    assert steps
    assert all(step["outcome"] == "failed" for step in steps)
    assert all("no way in" in step["detail"] for step in steps)
    injected = [event.data for event in told if event.kind is Kind.INJECTED]
    assert any(data["outcome"] == "succeeded" for data in injected)  # the lab itself was well
    assert conclude(exercise).team("team1").score < 10
