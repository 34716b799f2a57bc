import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.errors import CyderError
from range.events.event import Draft, Kind
from range.events.log import Log, LogBusy, LogDamaged, is_written

NOTE = Draft(Kind.NOTED, {"text": "あおぞら市"}, "team1", "white", 12.5)


def filled(path: Path, count: int = 5) -> Path:
    with Log.open(path) as log:
        for number in range(count):
            log.append([Draft(Kind.NOTED, {"text": f"note {number}"}, at=float(number))])
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.sqlite"


def changed(path: Path, sql: str, *values: object) -> None:
    """Change the file as somebody would who has a root shell and no respect."""
    with sqlite3.connect(path) as db:
        db.executescript("DROP TRIGGER only_appended_u; DROP TRIGGER only_appended_d;")
        db.execute(sql, values)
    db.close()


def test_what_was_appended_reads_back_the_same(path):
    with Log.open(path) as log:
        [event] = log.append([NOTE], wall=1000.0)
        assert list(log.read()) == [event]
        assert (event.seq, event.wall, event.team, event.at) == (1, 1000.0, "team1", 12.5)


def test_a_log_opened_again_goes_on_where_it_was(path):
    filled(path, 2)
    with Log.open(path) as log:
        [event] = log.append([NOTE])
        assert event.seq == 3
        assert log.verify() == log.head


def test_reading_after_a_number_gives_only_what_is_newer(path):
    with Log.open(filled(path)) as log:
        assert [event.seq for event in log.read(after=3)] == [4, 5]
        assert list(log.read(after=5)) == []


def test_unpaired_surrogates_survive(path):
    with Log.open(path) as log:
        log.append([Draft(Kind.NOTED, {"text": "\ud800"})])
        assert next(log.read()).data["text"] == "\ud800"


def test_a_draft_that_is_no_json_writes_nothing_of_its_group(path):
    with Log.open(path) as log:
        for wrong in (float("nan"), object(), b"bytes"):
            with pytest.raises((ValueError, TypeError)):
                log.append([NOTE, Draft(Kind.NOTED, {"text": wrong})])
        assert log.head.seq == 0
        log.append([NOTE])
        assert log.verify().seq == 1


def test_the_file_itself_refuses_changes_and_deletions(path):
    filled(path)
    with sqlite3.connect(path) as db:
        for sql in ("DELETE FROM events", "UPDATE events SET body = '{}'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(sql)
    db.close()


def test_a_changed_event_is_named(path):
    filled(path)
    changed(path, "UPDATE events SET body = replace(body, 'note 2', 'nope 2') WHERE seq = 3")
    with Log.open(path, read_only=True) as log, pytest.raises(LogDamaged, match="event 3"):
        log.verify()


def test_a_changed_hash_is_named(path):
    filled(path)
    changed(path, "UPDATE events SET hash = ? WHERE seq = 4", b"0" * 32)
    with Log.open(path, read_only=True) as log, pytest.raises(LogDamaged, match="event 4"):
        log.verify()


def test_a_missing_event_is_named(path):
    filled(path)
    changed(path, "DELETE FROM events WHERE seq = 2")
    with Log.open(path, read_only=True) as log, pytest.raises(LogDamaged, match="event 2 is miss"):
        list(log.read())


def test_a_reader_that_joins_late_finds_the_same_damage(path):
    filled(path)
    changed(path, "UPDATE events SET body = replace(body, 'note', 'nope') WHERE seq = 5")
    with Log.open(path, read_only=True) as log, pytest.raises(LogDamaged, match="event 5"):
        list(log.read(after=3))


def test_a_torn_file_is_named(path):
    filled(path, 300)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(LogDamaged, match=r"torn|cannot be opened"), Log.open(path, True) as log:
        log.verify()


def test_flipped_bits_in_a_page_are_found(path):
    filled(path, 300)
    content = bytearray(path.read_bytes())
    at = content.index(b"note 150")
    content[at] ^= 1
    path.write_bytes(content)
    with Log.open(path, read_only=True) as log, pytest.raises(LogDamaged, match="event 151"):
        log.verify()


def test_a_file_that_is_no_log_is_refused_without_harm(path):
    path.write_text("not a database, " * 100)
    with pytest.raises(LogDamaged, match="cannot be opened"):
        Log.open(path)
    assert path.read_text().startswith("not a database")
    assert not is_written(path)


def test_a_missing_log_is_not_made_by_reading(path):
    with pytest.raises(CyderError, match="no log"):
        Log.open(path, read_only=True)
    assert not path.exists()


def test_only_one_process_writes_and_others_see_that_it_lives(path):
    assert not is_written(path)
    with Log.open(path):
        assert is_written(path)
        with pytest.raises(LogBusy):
            Log.open(path)
    assert not is_written(path)


def test_readers_cannot_write(path):
    filled(path)
    with Log.open(path, read_only=True) as log, pytest.raises(CyderError, match="only the engine"):
        log.append([NOTE])


def test_a_closed_log_on_a_read_only_medium_can_be_read(path, tmp_path):
    filled(path)
    tmp_path.chmod(0o555)
    try:
        with Log.open(path, read_only=True) as log:
            assert log.verify().seq == 5
    finally:
        tmp_path.chmod(0o755)


def test_many_readers_see_whole_groups_while_one_writes(path):
    filled(path, 1)
    wrong, done = [], threading.Event()

    def watch() -> None:
        with Log.open(path, read_only=True) as log:
            after = 1
            while not done.is_set():
                for event in log.read(after):
                    after = event.seq
                if (log.head.seq - 1) % 10:
                    wrong.append(log.head.seq)

    readers = [threading.Thread(target=watch) for _ in range(4)]
    with Log.open(path) as log:
        for reader in readers:
            reader.start()
        for _ in range(100):
            log.append([NOTE] * 10)
        done.set()
        for reader in readers:
            reader.join()
        assert log.verify().seq == 1001
    assert wrong == []


def test_only_finds_events_by_kind_and_is_not_fooled_by_what_people_write(path):
    with Log.open(path) as log:
        log.append(
            [
                Draft(Kind.STARTED),
                Draft(Kind.NOTED, {"text": '"kind":"exercise.started"'}),
                Draft(Kind.SUBMITTED, {"answers": {"kind": "exercise.started"}}),
            ]
        )
        assert [event.seq for event in log.only(Kind.STARTED, Kind.ENDED)] == [1]


WRITER = """
import sys
from pathlib import Path
from range.events.event import Draft, Kind
from range.events.log import Log
log = Log.open(Path(sys.argv[1]))
while True:
    events = log.append([Draft(Kind.NOTED, {"text": "x" * 500})] * 7)
    print(events[-1].seq, flush=True)
"""


def test_kill_9_during_appends_loses_nothing_that_was_promised_and_leaves_no_half(path):
    promised = 0
    for kill_after in (1, 5, 23, 64):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert writer.stdout is not None
        for _ in range(kill_after):
            promised = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        promised = max([promised, *map(int, writer.stdout.read().split())])
        writer.wait()
        with Log.open(path) as log:
            head = log.verify()
            assert head.seq >= promised
            assert head.seq % 7 == 0
            promised = head.seq


def test_every_append_waits_for_the_disk(path):
    with Log.open(path) as log:
        [(level,)] = log._db.execute("PRAGMA synchronous").fetchall()
        [(mode,)] = log._db.execute("PRAGMA journal_mode").fetchall()
    assert (level, mode) == (2, "wal")  # FULL: a commit is fsynced; less may lose it with the power


def test_an_event_of_a_newer_version_is_named(path):
    filled(path, 1)
    changed(path, "DELETE FROM events")
    with sqlite3.connect(path) as db:
        body = '{"actor":"","at":null,"data":{},"kind":"moon.landed","seq":1,"team":"","wall":0}'
        digest = hashlib.sha256(hashlib.sha256(b"cyder log 1").digest() + body.encode()).digest()
        db.execute("INSERT INTO events VALUES (1, ?, ?)", (body, digest))
    db.close()
    with Log.open(path, True) as log, pytest.raises(CyderError, match=r"kind moon\.landed"):
        log.verify()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip


@given(
    st.dictionaries(st.text(max_size=5), json_values, max_size=4),
    st.text(max_size=10),
    st.none() | st.integers(0, 9000) | st.floats(-1e9, 1e9),
    st.floats(0, 2e9),
)
@settings(max_examples=60, deadline=None)
def test_the_body_of_an_event_is_canonical_json(data, actor, at, wall):
    with tempfile.TemporaryDirectory() as place, Log.open(Path(place) / "log.sqlite") as log:
        (event,) = log.append([Draft(Kind.NOTED, data, "team1", actor, at)], wall)
        ((body,),) = sqlite3.connect(log.path).execute("SELECT body FROM events")
        assert list(log.read()) == [event]
    whole = {"actor": actor, "at": at, "data": data, "kind": "note.taken", "seq": 1,
             "team": "team1", "wall": wall}  # fmt: skip
    assert body == json.dumps(whole, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize("no_time", [float("nan"), float("inf")])
def test_a_time_that_is_no_number_is_refused(path, no_time):
    with Log.open(path) as log:
        with pytest.raises(ValueError, match="Out of range"):
            log.append([Draft(Kind.NOTED, {}, at=no_time)])
        with pytest.raises(ValueError, match="Out of range"):
            log.append([Draft(Kind.NOTED, {})], wall=no_time)
        assert log.head.seq == 0
