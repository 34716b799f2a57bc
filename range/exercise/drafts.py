"""What a team has begun to write and not handed in: beside the log, because it is no fact yet.

One file for each team; small, replaced as a whole, so that it is there after a crash of anything.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from range.events.folder import write_durably
from range.exercise.forms import Refused

AUTHORS = 16  # of one team
SIZE = 400_000  # characters of one team's drafts: they are written out as a whole, again and again


class Drafts:
    """One team's drafts by author and form. Without a file they live as long as this object."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._kept: dict[str, dict[str, Mapping[str, Any]]] = _loaded(file)
        self._version = self._written = 0
        self._writing = asyncio.Lock()

    def of(self, by: str) -> dict[str, dict[str, Any]]:
        """Return an author's drafts: form -> answers, and when they were saved."""
        return {form: {"answers": draft["answers"], "at": draft["at"]}
                for form, draft in self._kept.get(by, {}).items()}  # fmt: skip

    def save(self, by: str, form: str, answers: Mapping[str, Any], at: str) -> None:
        """Keep a draft in place of the one before; on disk once `settle` was awaited."""
        if by not in self._kept and len(self._kept) >= AUTHORS:
            raise Refused(f"下書きを持てるのは {AUTHORS} 人までです。",
                          f"At most {AUTHORS} people can have drafts.")  # fmt: skip
        draft = {"answers": dict(answers), "at": at, "wall": time.time()}
        others = sum(_size(kept) for author, forms in self._kept.items()
                     for id_, kept in forms.items() if (author, id_) != (by, form))  # fmt: skip
        if others + _size(draft) > SIZE:
            raise Refused("チームの下書きが大きすぎます。", "The team's drafts are too large.")
        self._kept.setdefault(by, {})[form] = draft
        self._version += 1

    def drop(self, by: str, form: str, before: float) -> None:
        """Forget a draft that was saved before a moment (Unix time): it has been handed in."""
        draft = self._kept.get(by, {}).get(form)
        if draft is None or draft["wall"] > before:
            return
        del self._kept[by][form]
        if not self._kept[by]:
            del self._kept[by]
        self._version += 1

    async def settle(self) -> None:
        """Wait until everything is on disk. Many at a time cost no more writes than two."""
        async with self._writing:
            if self._file is None or self._written == self._version:
                return
            version = self._version
            text = json.dumps(self._kept, ensure_ascii=False)
            await asyncio.to_thread(write_durably, self._file, text)
            self._written = version


def _size(draft: Mapping[str, Any]) -> int:
    answers = draft["answers"].values()
    texts = (text for value in answers for text in ([value] if isinstance(value, str) else value))
    return sum(map(len, texts))


def _loaded(file: Path | None) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Read what was kept; a damaged file is as good as none."""
    if file is None:
        return {}
    try:
        kept = json.loads(file.read_bytes())
        return {
            str(by): {
                str(form): {"answers": dict(draft["answers"]), "at": str(draft["at"]),
                            "wall": float(draft["wall"])}
                for form, draft in forms.items()
            }
            for by, forms in kept.items()
        }  # fmt: skip
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
