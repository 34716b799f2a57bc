"""`cyder scoreboard` where there is no screen: JSON, a table, a page; and what goes wrong."""

import json
import os
import subprocess
import sys

import boards
import pytest
from click.testing import CliRunner

from range.cli import scoreboard
from range.cli.main import VERBS
from range.errors import CyderError
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.finish import conclude
from range.grading.result import summary_text
from range.settings import settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CYDER_HOME", str(tmp_path))
    return tmp_path


def run(*words: str) -> str:
    done = CliRunner().invoke(scoreboard.command, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_json_is_to_the_byte_what_the_run_printed(home):
    folder = boards.exercise(home, 4)
    boards.append(folder, [boards.drafts(4)[-1]])
    assert run("e1", "--once", "--json") == summary_text(conclude(folder))


def test_json_of_a_running_exercise_has_every_team(home):
    boards.exercise(home, 50)
    told = json.loads(run("last", "--once", "--json"))
    assert [team["team"] for team in told["teams"]] == [f"team{i + 1}" for i in range(50)]
    assert {"team", "name", "score", "max", "provisional", "phases"} == set(told["teams"][0])


def test_json_under_pseudonyms_holds_no_name_and_the_same_scores(home):
    boards.exercise(home, 8)
    plain, masked = (json.loads(run("e1", "--once", "--json", *words))
                     for words in ((), ("--pseudonyms",)))  # fmt: skip
    text = json.dumps(masked, ensure_ascii=False)
    assert not [name for name in boards.NAMES if name in text]
    assert "team" not in "".join(team["team"] for team in masked["teams"])
    scores = [sorted(team["score"] for team in told["teams"]) for told in (plain, masked)]
    assert scores[0] == scores[1]
    assert set(plain["teams"][0]) == set(masked["teams"][0])


def test_json_as_it_stood_at_a_time(home):
    boards.exercise(home, 3)
    then = json.loads(run("e1", "--json", "--freeze", "T+01:00"))
    assert then != json.loads(run("e1", "--json"))
    log = ExerciseFolder(home / "exercises" / "e1")
    boards.append(log, [boards.seen("team1", "cut", 9000.0, True)])
    assert json.loads(run("e1", "--json", "--freeze", "T+01:00")) == then


def test_json_honours_the_delay(home, monkeypatch):
    boards.exercise(home, 3)
    monkeypatch.setattr("time.time", lambda: boards.START + 7200.0)
    late = json.loads(run("e1", "--json", "--delay", "1h"))
    assert late == json.loads(run("e1", "--json", "--freeze", "T+01:00"))


def test_once_prints_a_table_with_and_without_ranks(home):
    boards.exercise(home, 3)
    text = run("e1", "--once", "--language", "en")
    assert "東部広域チーム" in text
    lines = [line for line in run("e1", "--once", "--no-ranks").splitlines() if "/100" in line]
    assert [line.strip()[0] for line in lines] == ["東", "H", "北"]


def test_a_page_is_written_and_replaces_the_one_before(home):
    boards.exercise(home, 3)
    page = home / "board.html"
    page.write_text("old")
    assert run("e1", "--html", str(page)).strip() == str(page)
    assert page.read_text().startswith("<!doctype html>")
    assert sorted(path.name for path in home.iterdir()) == ["board.html", "exercises"]


def test_the_log_is_only_read(home):
    folder = boards.exercise(home, 3)
    before = folder.log.read_bytes()
    run("e1", "--once", "--json")
    run("e1", "--html", str(home / "b.html"))
    assert folder.log.read_bytes() == before


def test_a_board_can_be_opened_while_the_engine_writes(home):
    folder = boards.exercise(home, 3)
    with Log.open(folder.log) as log:
        log.append([boards.seen("team1", "cut", 7300.0, True)])
        assert json.loads(run("e1", "--json"))["teams"]


# What goes wrong


def fails(*words: str) -> CyderError:
    with pytest.raises(CyderError) as error:
        CliRunner().invoke(scoreboard.command, words, catch_exceptions=False)
    assert error.value.exit_code in (1, 2, 3)
    return error.value


def test_a_missing_exercise_is_named_with_the_ones_there_are(home):
    boards.exercise(home, 2)
    error = fails("e9", "--once")
    assert "no exercise e9" in error.message
    assert "e1" in error.hint


def test_a_missing_log_is_told(home):
    folder = boards.exercise(home, 2)
    folder.log.unlink()
    assert "no exercise e1" in fails("e1", "--once").message


@pytest.mark.parametrize("damage", ["changed", "torn", "no database"])
def test_a_damaged_log_is_told_and_never_shown(home, damage):
    folder = boards.exercise(home, 2)
    content = folder.log.read_bytes()
    folder.log.write_bytes({
        "changed": content.replace(b'"count":1', b'"count":0', 1),
        "torn": content[: len(content) // 2],
        "no database": b"no database " * 900,
    }[damage])  # fmt: skip
    assert "log" in fails("e1", "--once", "--json").message


def test_a_scenario_that_is_missing_is_told(home):
    folder = boards.exercise(home, 2)
    (folder.path / "bundle.json").unlink()
    assert "bundle.json" in fails("e1", "--once").message


def test_without_a_terminal_the_other_ways_are_named(home):
    boards.exercise(home, 2)
    error = fails("e1")
    assert error.exit_code == 2
    assert "--html" in error.hint


def test_a_page_that_cannot_be_written_is_told(home):
    boards.exercise(home, 2)
    (home / "file").write_text("")
    error = fails("e1", "--html", str(home / "file" / "b.html"))
    assert error.exit_code == 2


@pytest.mark.parametrize(
    "words", [["--delay", "soon"], ["--freeze", "14:00"], ["--language", "fr"]]
)
def test_a_mistake_on_the_command_line_is_a_usage_error(home, words):
    boards.exercise(home, 2)
    done = CliRunner().invoke(scoreboard.command, ["e1", "--once", *words])
    assert done.exit_code == 2


def test_the_process_gives_a_sentence_and_an_exit_code(home):
    code = "from range.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "scoreboard", "e9"],
        capture_output=True, text=True, cwd=settings().project, check=False,
        env={**os.environ, "CYDER_HOME": str(home)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("cyder: there is no exercise e9")


def test_scores_and_tables_do_not_load_textual(home):
    boards.exercise(home, 2)
    code = (
        "import sys; from range.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.exit('textual' in sys.modules)"
    )
    for words in (["score", "e1"], ["scoreboard", "e1", "--once", "--json"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, check=False,
            cwd=settings().project, env={**os.environ, "CYDER_HOME": str(home)},
        )  # fmt: skip
        assert done.returncode == 0, words


def test_the_board_is_a_verb():
    assert VERBS["scoreboard"][0] == "range.cli.scoreboard"
