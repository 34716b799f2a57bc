"""Projections: folds of a log that are kept in a file, so that a long log opens at once.

A projection is only a shortcut. It names the event it was made at and the log's hash there, and
what made it; when either is not so any more, it is as if there were none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from range.events.folder import write_durably
from range.events.log import Head, Log, LogDamaged


@dataclass(frozen=True)
class Projection:
    """A place for one kept fold. `key` names all that its state depends on besides the log."""

    path: Path
    key: str

    def load(self, log: Log) -> tuple[Any, int] | None:
        """Return the state and the number of the last event in it; None when there is none."""
        try:
            kept = json.loads(self.path.read_bytes())
            seq, digest = int(kept["seq"]), str(kept["hash"])
            if kept["key"] != self.key or log.hash_at(seq).hex() != digest:
                return None
            return kept["state"], seq
        except (OSError, ValueError, KeyError, TypeError, LogDamaged):
            return None

    def save(self, state: Any, head: Head) -> bool:
        """Keep a state; False where the folder cannot be written, which is no error."""
        kept = {"key": self.key, "seq": head.seq, "hash": head.hash, "state": state}
        try:
            write_durably(self.path, json.dumps(kept, separators=(",", ":")))
        except OSError:
            return False
        return True
