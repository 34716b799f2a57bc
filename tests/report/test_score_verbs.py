"""`cyder exercises`, `score`, `regrade` and `report` on exercises that were run before."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from stories import Story, answered, bundle, probed

from range.cli import ctl, exercises, regrade, report, score
from range.errors import CyderError, InvalidInput
from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder, find
from range.events.log import Log, LogDamaged
from range.exercise import afterwards
from range.grading.predicate import probe_digest
from range.grading.result import summary_text
from range.load.scenario import load_scenario
from range.settings import Settings, settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CYDER_HOME", str(tmp_path))
    return settings()


def written(home: Settings, name: str, story: Story) -> ExerciseFolder:
    folder = ExerciseFolder(home.exercises / name)
    folder.save_bundle(story.bundle)
    with Log.open(folder.log) as log:
        for event in story.events:
            draft = Draft(event.kind, event.data, event.team, event.actor, event.at)
            log.append([draft], wall=event.wall)
    folder.result.write_text(summary_text(story.grade))
    return folder


@pytest.fixture
def exercise(home):
    story = Story(bundle({"gone": probed(), "host": answered(exact="pc-1")}))
    story.seen("gone", 0, False).handed_in(60, host="ＰＣ-1").seen("gone", 90, True).ends()
    return written(home, "e1", story)


def run(verb, *arguments):
    result = CliRunner().invoke(verb.command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_exercises_are_listed_oldest_first_with_their_state(home, exercise):
    begun = Story(exercise.bundle())
    written(home, "e2", begun)
    begun.events.pop()
    folder = written(home, "e3", begun)
    with Log.open(folder.log):  # its engine lives
        listed = json.loads(run(exercises, "--json"))
    assert listed == {
        "exercises": [
            {"exercise": "e1", "scenario": "small", "state": "ended",
             "started": "1970-01-12T13:46:42Z"},
            {"exercise": "e2", "scenario": "small", "state": "interrupted",
             "started": "1970-01-12T13:46:42Z"},
            {"exercise": "e3", "scenario": "small", "state": "preparing", "started": None},
        ]
    }  # fmt: skip


def test_no_exercise_is_no_error(home):
    assert "No exercise" in run(exercises)
    assert json.loads(run(exercises, "--json")) == {"exercises": []}


def test_a_damaged_log_does_not_hide_the_other_exercises(home, exercise):
    broken = ExerciseFolder(home.exercises / "e0")
    broken.path.mkdir()
    broken.log.write_text("no database " * 500)
    states = [item["state"] for item in json.loads(run(exercises, "--json"))["exercises"]]
    assert states == ["damaged", "ended"]


def test_a_score_is_shown_and_explained(exercise):
    assert "50.0/50" in run(score, "last")
    told = run(score, "e1", "--explain", "gone", "--language", "ja")
    assert "T+00:01:30 1.00 count = 0 [記録番号 5]" in told


def test_an_unknown_check_is_answered_with_the_nearest(exercise):
    with pytest.raises(CyderError) as error:
        CliRunner().invoke(
            score.command, ["e1", "--explain", "gon"], catch_exceptions=False, standalone_mode=False
        )
    assert error.value.hint == "Did you mean gone?"


def test_an_unknown_exercise_is_answered_with_the_newest(exercise):
    with pytest.raises(CyderError, match="no exercise e9") as error:
        find(settings(), "e9")
    assert "e1" in error.value.hint


def test_regrading_gives_the_same_bytes_every_time(exercise):
    told = [run(regrade, "e1", "--json") for _ in "ab"]
    assert told[0] == told[1] == exercise.result.read_text()
    assert "Identical" in run(regrade, "e1")


def test_regrading_in_another_process_with_other_hashes_gives_the_same_bytes(exercise):
    code = "from range.cli.main import main; main()"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, "regrade", "e1", "--json"],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "CYDER_HOME": str(settings().home)},
            cwd=settings().project,
        )
        assert done.stdout == exercise.result.read_bytes()


def test_a_changed_log_is_not_regraded(exercise):
    content = exercise.log.read_bytes()
    exercise.log.write_bytes(content.replace(b'"count":1', b'"count":0'))
    with pytest.raises(LogDamaged, match="event 3"):
        run(regrade, "e1", "--json")


def test_a_debrief_is_written_in_both_languages_and_as_json(exercise, tmp_path):
    paths = run(report, "last", "--out", str(tmp_path / "out")).split()
    assert [path.rsplit("/")[-1] for path in paths] == [
        "debrief.ja.md",
        "debrief.en.md",
        "debrief.json",
    ]
    assert "ＰＣ-1" in (tmp_path / "out" / "debrief.ja.md").read_text()
    assert json.loads(run(report, "last", "--json"))["exercise"] == "e1"


SMALL = Path(__file__).parents[1] / "scenarios" / "small"


@pytest.fixture
def blocked(home, tmp_path):
    """An exercise of the small scenario, and a copy of its folder to correct."""
    copy = tmp_path / "corrected"
    shutil.copytree(SMALL, copy)
    of = load_scenario(SMALL, home).bundle
    story = Story(of)
    story.events[0] = replace(story.events[0], data={**story.events[0].data, "scenario": "small"})
    story.fired("A01", 60, since="2026-11-21T10:00:00+09:00")
    story.handed_in(120, "decision", source="198.51.100.66", action="block")
    probes = {name: check.probe for name, check in of.scenario.checks.items()}
    for check, raw in (
        ("shut-out", {"connected": False, "error": "timeout"}),
        ("still-served", {"status": 200, "body": "Welcome"}),
    ):
        data = {"check": check, "probe": probe_digest(probes[check]), "raw": raw, "error": None}
        story.add(Kind.OBSERVED, 180, data)
    written(home, "e1", story.ends(1200))
    return copy / "scenario.yaml"


def corrected(file: Path, old: str, new: str) -> dict:
    source = file.read_text()
    assert old in source
    file.write_text(source.replace(old, new))
    return json.loads(run(regrade, "e1", "--scenario", str(file.parent), "--json"))


def test_regrading_by_the_same_scenario_changes_nothing(blocked, home):
    told = json.loads(run(regrade, "e1", "--scenario", str(blocked.parent), "--json"))
    assert told.pop("changes") == told.pop("not_regraded") == []
    assert told == json.loads((home.exercises / "e1" / "result.json").read_text())


def test_a_corrected_answer_is_regraded_from_the_log(blocked):
    told = corrected(blocked, "exact: 198.51.100.66", "exact: 198.51.100.99")
    assert told["not_regraded"] == []
    changed = {change["check"]: change["after"] for change in told["changes"]}
    assert changed["noticed"] == 0
    assert changed[""] == told["teams"][0]["score"]


def test_a_corrected_expectation_is_regraded_from_what_was_seen(blocked):
    told = corrected(blocked, "contains: Welcome", "contains: Farewell")
    assert [change["check"] for change in told["changes"]] == ["", "still-served"]


def test_checks_whose_probe_changed_are_named_and_neither_earn_nor_cost(blocked):
    url = "url: http://198.51.100.10/}"
    told = corrected(blocked, url, url.replace("/}", "/index.html}"))
    assert told["not_regraded"] == ["still-served"]
    assert told["teams"][0]["provisional"]
    spoken = run(regrade, "e1", "--scenario", str(blocked.parent))
    assert "still-served: cannot be regraded: its probe changed" in spoken


def test_another_scenario_is_refused(blocked):
    with pytest.raises(InvalidInput, match="this is scenario other; the exercise ran small"):
        corrected(blocked, "name: small\n", "name: other\n")


def test_a_damaged_bundle_is_replaced_by_the_scenario_folder(blocked, home):
    (home.exercises / "e1" / "bundle.json").write_text('{"scenario": {')
    with pytest.raises(CyderError, match="damaged") as error:
        run(regrade, "e1")
    assert "--scenario" in error.value.hint
    told = json.loads(run(regrade, "e1", "--scenario", str(blocked.parent), "--json"))
    assert told["teams"][0]["score"] > 0


def test_marks_can_be_given_when_the_exercise_is_over(exercise):
    arguments = ["e1", "mark", "team1", "gone", "0.5", "--reason", "half of it"]
    done = CliRunner().invoke(ctl.command, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert "35.0/50" in run(score, "e1")
    assert "Differs" in run(regrade, "e1")
    with exercise.read() as log:
        assert log.verify().seq == 7


@pytest.mark.parametrize(("team", "check"), [("team9", "gone"), ("team1", "nothing")])
def test_marks_for_what_does_not_exist_are_refused(exercise, team, check):
    with pytest.raises(CyderError, match="there is no"):
        afterwards.mark(exercise, team, check, 1, "because", actor="white")


def test_marks_by_the_back_door_are_refused_while_an_engine_lives(exercise):
    with Log.open(exercise.log):
        assert not afterwards.is_over(exercise)
