"""What the command server remembers, in SQLite: sessions, tasks, uploads. All of it bounded."""

import hashlib
import json
import pathlib
import sqlite3
import threading
import time
from typing import Any

HOME = pathlib.Path("/var/lib/c2")
MOST_SESSIONS, MOST_UPLOADS = 200, 200
# An implant that lives and gets through beacons every five seconds, and after a try that hung every 21.
# One that has been silent for longer than SILENT, and stays so for GRACE after it was given a task, is gone.
SILENT, GRACE = 30.0, 8.0
LARGEST_TEXT, LARGEST_UPLOAD = 262_144, 32 * 2**20
SCHEMA = """
CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, first REAL, last REAL, count INTEGER, address TEXT);
CREATE TABLE IF NOT EXISTS task (id TEXT PRIMARY KEY, session TEXT, script TEXT, timeout INTEGER, state TEXT, result TEXT, token TEXT);
CREATE TABLE IF NOT EXISTS upload (name TEXT PRIMARY KEY, session TEXT, bytes INTEGER, sha256 TEXT, at REAL);
"""


def token_of(task: str) -> str:
    """What stands for a task on the wire, where trainees read it: it tells nothing of the exercise."""
    return hashlib.sha256(task.encode()).hexdigest()[:12]


class Store:
    """One connection behind one lock; `changed` wakes whoever waits for a beacon or a result."""

    def __init__(self, home: pathlib.Path | str = HOME) -> None:
        self.home = pathlib.Path(home)
        (self.home / "uploads").mkdir(parents=True, exist_ok=True)
        self.changed = threading.Condition()
        self.db = sqlite3.connect(self.home / "c2.sqlite", check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.executescript(SCHEMA)

    def _one(self, query: str, *values: Any) -> Any:
        return self.db.execute(query, values).fetchone()

    def beacon(self, session: str, address: str) -> tuple[str, str, int] | None:
        """Count a beacon and return the oldest queued task as (token, script, timeout), or None."""
        now = time.time()
        with self.changed:
            known = self._one("SELECT 1 FROM session WHERE id = ?", session)
            if not known and self._one("SELECT count(*) FROM session")[0] >= MOST_SESSIONS:
                return None
            self.db.execute(
                "INSERT INTO session VALUES (?, ?, ?, 1, ?) ON CONFLICT (id) DO UPDATE "
                "SET last = excluded.last, count = count + 1, address = excluded.address",
                (session, now, now, address),
            )
            task = self._one(
                "SELECT token, script, timeout FROM task WHERE session = ? AND state = 'queued' ORDER BY rowid LIMIT 1", session
            )
            if task:
                self.db.execute("UPDATE task SET state = 'taken' WHERE token = ?", (task[0],))
            self.changed.notify_all()
            return tuple(task) if task else None

    def report(self, session: str, token: str, result: dict[str, Any]) -> None:
        """Keep the first result of a task that this session was given; everything else is ignored."""
        kept = {
            "exit": int(result["exit"]),
            "stdout": str(result["stdout"])[:LARGEST_TEXT],
            "stderr": str(result["stderr"])[:LARGEST_TEXT],
        }
        with self.changed:
            self.db.execute(
                "UPDATE task SET state = 'done', result = ? WHERE token = ? AND session = ? AND state = 'taken'",
                (json.dumps(kept), token, session),
            )
            self.changed.notify_all()

    def upload(self, session: str, name: str, body: bytes) -> None:
        """Keep a file; the same name again replaces it."""
        kept = "".join(c for c in name if c.isalnum() or c in "._-").lstrip(".")[:80] or "file"
        with self.changed:
            others = self._one("SELECT count(*) FROM upload WHERE name != ?", kept)[0]
            if others >= MOST_UPLOADS:
                return
            (self.home / "uploads" / kept).write_bytes(body)
            self.db.execute(
                "INSERT OR REPLACE INTO upload VALUES (?, ?, ?, ?, ?)",
                (kept, session, len(body), hashlib.sha256(body).hexdigest(), time.time()),
            )
            self.changed.notify_all()

    def _hope(self, session: str, began: float) -> float:
        """Seconds for which it makes sense to wait for a session; without end where nothing is known of it."""
        known = self._one("SELECT last FROM session WHERE id = ?", session)
        busy = self._one("SELECT 1 FROM task WHERE session = ? AND state = 'taken'", session)
        if not known or busy:
            return float("inf")
        return max(float(known[0]) + SILENT - time.time(), began + GRACE - time.monotonic())

    def run(self, session: str, task: str, seconds: float, script: str) -> dict[str, Any] | None:
        """Give a task to a session and wait for its result; None when nobody answered in time.

        A task id runs at most once: asking again waits for, or repeats, the same result. A task that
        nobody took in time is withdrawn, so that it cannot run later. A session that is gone is not waited for.
        """
        began = time.monotonic()
        deadline = began + seconds
        with self.changed:
            self.db.execute(
                "INSERT OR IGNORE INTO task VALUES (?, ?, ?, ?, 'queued', NULL, ?)",
                (task, session, script, seconds, token_of(task)),
            )
            while True:
                result = self._one("SELECT result FROM task WHERE id = ? AND state = 'done'", task)
                if result:
                    kept: dict[str, Any] = json.loads(result[0])
                    return kept
                left = min(deadline - time.monotonic(), self._hope(session, began))
                if left <= 0:
                    self.db.execute("DELETE FROM task WHERE id = ? AND state = 'queued'", (task,))
                    return None
                self.changed.wait(left)

    def beacons(self, session: str, count: int, seconds: float) -> dict[str, Any] | None:
        """Wait until a session beaconed `count` more times; its row, or None."""
        began = time.monotonic()
        deadline = began + seconds
        query = "SELECT first, last, count, address FROM session WHERE id = ?"
        with self.changed:
            before = self._one(query, session)
            wanted = count + (before[2] if before else 0)
            while True:
                row = self._one(query, session)
                if row and row[2] >= wanted:
                    return {"first": row[0], "last": row[1], "count": row[2], "address": row[3]}
                left = min(deadline - time.monotonic(), self._hope(session, began))
                if left <= 0:
                    return None
                self.changed.wait(left)

    def sessions(self) -> list[dict[str, Any]]:
        """Every session that ever beaconed."""
        with self.changed:
            rows = self.db.execute("SELECT id, first, last, count, address FROM session ORDER BY first").fetchall()
        return [dict(zip(("session", "first", "last", "count", "address"), row)) for row in rows]

    def file(self, name: str, seconds: float) -> dict[str, Any] | None:
        """Wait until a file arrived; its row, or None."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                row = self._one("SELECT name, session, bytes, sha256, at FROM upload WHERE name = ?", name)
                if row:
                    return dict(zip(("name", "session", "bytes", "sha256", "at"), row))
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self.changed.wait(left)
