"""The log: one SQLite file, append-only, hash-chained, durable before `append` returns.

Each row holds an event as canonical JSON and SHA-256 over the row before it and that JSON. One
process writes (a lock beside the file says so), any number read at the same time. A transaction
that a crash cut off is undone by SQLite; whatever else does not fit the chain is named by `read`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Self

from range.errors import CyderError
from range.events.event import Draft, Event, Kind

_PAGE = 2000
_KINDS = {kind.value: kind for kind in Kind}
_GENESIS = hashlib.sha256(b"cyder log 1").digest()
_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash BLOB NOT NULL);
CREATE TRIGGER IF NOT EXISTS only_appended_u BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS only_appended_d BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
"""
# ASCII: whatever a guest sent can be written down, and reads back the same.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_quote = json.encoder.encode_basestring_ascii
_decode = json.JSONDecoder().raw_decode


class LogDamaged(CyderError):
    """The log is torn or was changed; the message names the first event that does not fit."""


class LogBusy(CyderError):
    """Another process writes this log."""

    exit_code = 3


@dataclass(frozen=True)
class Head:
    """The last event's number (0: none yet) and hash in hex: a name for all that came before."""

    seq: int
    hash: str


class Log:
    """An open log. May be used from several threads; `close` it, or use it in a `with`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: int | None) -> None:
        self.path = path
        self._db = connection
        self._lock = lock
        self._mutex = threading.Lock()
        self._seq, self._hash = self._last()

    @classmethod
    def open(cls, path: Path, read_only: bool = False) -> Log:
        """Open a log, or make one to write to.

        LogBusy when another process writes it, LogDamaged when it is no log, CyderError when a log
        to read is missing.
        """
        if read_only:
            if not path.is_file():
                raise CyderError(f"{path}: there is no log here")
            return cls._guarded(path, lambda: (_reader(path), None))
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _locked(path)
        try:
            return cls._guarded(path, lambda: (_writer(path), lock))
        except CyderError:
            os.close(lock)
            raise

    @classmethod
    def _guarded(cls, path: Path, opening: Any) -> Log:
        try:
            return cls(path, *opening())
        except sqlite3.Error as error:
            raise LogDamaged(f"{path}: the log cannot be opened: {error}") from error

    def append(self, drafts: Sequence[Draft], wall: float | None = None) -> list[Event]:
        """Write all drafts durably or none, and return them as events.

        `wall` is Unix time, now unless given. ValueError or TypeError for what is not JSON.
        """
        if self._lock is None:
            raise CyderError(f"{self.path}: opened to read; only the engine writes")
        wall = time.time() if wall is None else wall
        written = _encode(wall)
        with self._mutex:
            seq, previous = self._seq, self._hash
            events, rows = [], []
            for draft in drafts:
                seq += 1
                body = _body(draft, seq, written)
                previous = hashlib.sha256(previous + body.encode()).digest()
                events.append(
                    Event(seq, draft.kind, draft.data, draft.team, draft.actor, draft.at, wall)
                )
                rows.append((seq, body, previous))
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("INSERT INTO events VALUES (?, ?, ?)", rows)
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise CyderError(
                    f"{self.path}: could not be written: {error}", hint="Is the disk full?"
                ) from error
            self._seq, self._hash = seq, previous
        return events

    def read(self, after: int = 0) -> Iterator[Event]:
        """Yield the events after number `after`, each proven to fit the one before it.

        LogDamaged at the first that does not. Holds no lock between pages of events.
        """
        previous = self.hash_at(after)
        while rows := self._page(after):
            for seq, body, digest in rows:
                after += 1
                encoded = body.encode() if isinstance(body, str) else bytes(body)
                previous = hashlib.sha256(previous + encoded).digest()
                if seq != after or digest != previous:
                    raise self._damaged(after, seq)
                yield _event(_decode(body)[0])
            if len(rows) < _PAGE:
                return

    def only(self, *kinds: Kind, after: int = 0) -> Iterator[Event]:
        """Yield the events of some kinds after number `after`, the chain not proven.

        For lists, not for scores.
        """
        # Strings are escaped in JSON, so a quote of this pattern is always one of its structure.
        wanted = " OR ".join(f"""body LIKE '%"kind":"{kind.value}"%'""" for kind in kinds)
        sql = f"SELECT body FROM events WHERE seq > ? AND ({wanted}) ORDER BY seq"
        for (body,) in self._query(sql, (after,)):
            try:
                event = _event(_decode(body)[0])
            except (ValueError, TypeError) as error:
                raise LogDamaged(f"{self.path}: torn: {error}") from error
            if event.kind in kinds:
                yield event

    def besides(self, kind: Kind, after: int, upto: int) -> Iterator[Event]:
        """Yield the events after number `after`, up to `upto`, that are not of `kind`, unproven.

        For folds that one kind of many events does not concern: those are not even decoded.
        """
        # An event's number follows its kind: no data within it can look like both.
        sql = """SELECT body FROM events WHERE seq > ? AND seq <= ? AND
                 instr(body, '"kind":"' || ? || '","seq":' || seq || ',') = 0 ORDER BY seq"""
        for (body,) in self._query(sql, (after, upto, kind.value)):
            try:
                yield _event(_decode(body)[0])
            except (ValueError, TypeError) as error:
                raise LogDamaged(f"{self.path}: torn: {error}") from error

    @property
    def head(self) -> Head:
        """The head as it is now in the file, also when another process writes."""
        seq, digest = self._last()
        return Head(seq, digest.hex())

    def hash_at(self, seq: int) -> bytes:
        """Hash of event `seq` (0: of the empty log); LogDamaged when there is no such event."""
        if seq == 0:
            return _GENESIS
        rows = self._query("SELECT hash FROM events WHERE seq = ?", (seq,))
        if not rows:
            raise self._damaged(seq, seq)
        return bytes(rows[0][0])

    def verify(self) -> Head:
        """Read the whole log and return its head; LogDamaged names what does not fit."""
        checked = self._query("PRAGMA quick_check(1)")
        if checked != [("ok",)]:
            raise LogDamaged(f"{self.path}: torn: {checked[0][0] if checked else 'unreadable'}")
        seq = sum(1 for _ in self.read())
        return Head(seq, self.hash_at(seq).hex())

    def close(self) -> None:
        """Close the file and give the writer's place free."""
        self._db.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _last(self) -> tuple[int, bytes]:
        rows = self._query("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
        return (rows[0][0], bytes(rows[0][1])) if rows else (0, _GENESIS)

    def _page(self, after: int) -> list[tuple[Any, ...]]:
        return self._query(
            "SELECT seq, body, hash FROM events WHERE seq > ? ORDER BY seq LIMIT ?", (after, _PAGE)
        )

    def _query(self, sql: str, values: tuple[int | str, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise LogDamaged(f"{self.path}: torn: {error}") from error

    def _damaged(self, expected: int, found: int) -> LogDamaged:
        what = "is missing" if found != expected else "was changed, or one before it"
        return LogDamaged(
            f"{self.path}: event {expected} {what}: the log is not what the engine wrote",
            hint="Restore the file from a copy; scores from this one cannot be trusted.",
        )


def is_written(path: Path) -> bool:
    """Tell whether some process has this log open for writing: whether its engine lives."""
    try:
        descriptor = os.open(_lock_path(path), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


def _locked(path: Path) -> int:
    descriptor = os.open(_lock_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LogBusy(f"{path}: another engine is writing this log") from None
    return descriptor


def _writer(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # every commit reaches the disk
    db.executescript(_SCHEMA)
    return db


def _reader(path: Path) -> sqlite3.Connection:
    # On a medium where SQLite cannot keep its index of readers, a log at rest is still readable.
    at_rest = not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
    uri = f"{path.resolve().as_uri()}?{'immutable=1' if at_rest else 'mode=ro'}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)


def _body(draft: Draft, seq: int, wall: str) -> str:
    """Return an event as canonical JSON, its keys in order; `wall` is JSON already.

    Put together by hand, because that takes half the time of sorting seven keys for each event.
    """
    at = repr(draft.at) if _is_plain(draft.at) else _encode(draft.at)
    head = f'{{"actor":{_quote(draft.actor)},"at":{at},"data":{_encode(draft.data)},"kind":'
    team = _quote(draft.team)
    return f'{head}"{draft.kind.value}","seq":{seq},"team":{team},"wall":{wall}}}'


def _is_plain(number: float | None) -> bool:
    return number.__class__ is float and isfinite(number)


def _event(body: dict[str, Any]) -> Event:
    try:
        body["kind"] = _KINDS[body["kind"]]
    except KeyError:
        raise CyderError(
            f"event {body['seq']} is of kind {body['kind']}, which this version does not know",
            hint="The log was written by a newer version of this program.",
        ) from None
    # A body has the fields of an event: made of it as it is, a long log is read a tenth sooner.
    event = object.__new__(Event)
    event.__dict__.update(body)
    return event
