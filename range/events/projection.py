"""Projections: folds of a log that are kept in files, so that a long log opens at once.

A projection is only a shortcut. It names the event it was made at and the log's hash there, and
what made it; when either is not so any more, or a byte of it changed, it is as if there were none.
The newest few are kept, and those at milestones: the newest tell where the log stands now, the
older ones are where to start from for what it told before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from range.events.folder import write_durably
from range.events.log import Log, LogDamaged

MILESTONE = 100_000  # events
_KEPT = 3
_KEPT_MILESTONES = 20


@dataclass(frozen=True)
class Cut:
    """Where a log stands: its first `seq` events, the last of which has `hash` (hex).

    `at` is the latest exercise time in it (-1 before the start), `wall` the latest Unix time.
    """

    seq: int
    hash: str
    at: float
    wall: float


@dataclass(frozen=True)
class Projections:
    """A folder of kept folds of one log. `key` names all that a state depends on besides the log.

    `name` is the kind of fold; files are called by it and by the number of their last event.
    """

    folder: Path
    name: str
    key: str

    def load(self, log: Log, fits: Callable[[Cut], bool]) -> tuple[Any, Cut] | None:
        """Return the newest state of this very log that `fits`, and where it stands; or None."""
        for path in self._files():
            with suppress(OSError, ValueError, KeyError, TypeError, LogDamaged):
                head, _, text = path.read_bytes().partition(b"\n")
                kept = json.loads(head)
                cut = Cut(int(kept["seq"]), str(kept["hash"]), kept["at"], kept["wall"])
                if (
                    kept["key"] == self.key
                    and fits(cut)
                    and log.hash_at(cut.seq).hex() == cut.hash
                    and hashlib.sha256(text).hexdigest() == kept["state"]
                ):
                    return json.loads(text), cut
        return None

    def save(self, state: Any, cut: Cut) -> bool:
        """Keep a state; False where the folder cannot be written, which is no error."""
        text = json.dumps(state, separators=(",", ":"))
        kept = {
            "key": self.key,
            "seq": cut.seq,
            "hash": cut.hash,
            "at": cut.at,
            "wall": cut.wall,
            "state": hashlib.sha256(text.encode()).hexdigest(),
        }
        try:
            write_durably(
                self.folder / f"{self.name}-{cut.seq:012}.json", f"{json.dumps(kept)}\n{text}"
            )
            self._tidy()
        except OSError:
            return False
        return True

    def _tidy(self) -> None:
        # By age, not by number: those of a log that was cut off must not push out the new.
        by_age = sorted(self._files(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        milestones = [path for path in by_age if _number(path) % MILESTONE == 0]
        others = [path for path in by_age if path not in milestones]
        for path in (*milestones[_KEPT_MILESTONES:], *others[_KEPT:]):
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        """Newest first."""
        try:
            return sorted(self.folder.glob(f"{self.name}-*.json"), reverse=True)
        except OSError:
            return []


def _number(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 1
