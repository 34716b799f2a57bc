"""The exercises of this host, and how each stands: read from their logs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from range.errors import CyderError
from range.events.event import Event, Kind
from range.events.folder import ExerciseFolder, exercises
from range.events.log import Head, Log, is_written
from range.events.projection import Cut, Projections
from range.exercise.names import names_of
from range.providers import deployments
from range.settings import Settings

# `interrupted`: its engine is dead, before its end. `damaged`: its log cannot be read. `unread`:
# its log is long and was not read yet.
State = Literal["preparing", "running", "paused", "ended", "interrupted", "damaged", "unread"]
LONG = 20_000  # events that take a noticeable time to read
STARTING = 10.0  # seconds that an engine may take to open its log
_KINDS = (Kind.CREATED, Kind.STARTED, Kind.ENDED, Kind.CLOCK)


@dataclass(frozen=True)
class Listed:
    """One exercise. `started` is Unix time, None before STARTEX; `names` are of its teams."""

    folder: ExerciseFolder
    scenario: str = ""
    state: State = "preparing"
    started: float | None = None
    names: tuple[str, ...] = ()
    created: float = 0.0
    provider: str = ""
    labs: bool = False  # they are still standing
    seq: int = 0  # the last event that was looked at
    stamp: tuple[int, ...] = ()  # of the log's files then

    @property
    def id(self) -> str:
        """Id of the exercise."""
        return self.folder.id


class Listing:
    """Looks at every exercise; a second look reads only what is new."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, Listed] = {}

    def look(self, *, hasty: bool = False) -> Iterator[Listed]:
        """Yield the exercises, oldest first. In haste, long logs are left unread."""
        standing = set(deployments.names(self._settings))
        for folder in exercises(self._settings):
            yield replace(self._looked(folder, hasty), labs=folder.id in standing)

    @property
    def known(self) -> Sequence[Listed]:
        """The exercises of the last look, oldest first."""
        return list(self._known.values())

    def _looked(self, folder: ExerciseFolder, hasty: bool) -> Listed:
        known = self._known.get(folder.id) or Listed(folder)
        stamp = _stamp(folder)
        if known.stamp == stamp:
            return _judged(known)
        try:
            with folder.read() as log:
                head = log.head
                if head.seq < known.seq:  # another log in the same place
                    known = Listed(folder)
                known = known if known.seq else _kept(folder, log)
                if hasty and head.seq - known.seq > LONG:
                    return replace(known, state="unread")
                for event in log.only(*_KINDS, after=known.seq):
                    known = _after(known, event)
        except CyderError:
            return replace(known, state="damaged")
        if head.seq - known.seq > LONG:
            _keep(known, head)
        self._known[folder.id] = known = replace(known, seq=head.seq, stamp=stamp)
        return _judged(known)


def has_started(folder: ExerciseFolder) -> bool:
    """True after STARTEX. Quick: it comes early in a log, and until then logs are short."""
    with folder.read() as log:
        return any(event.kind is Kind.STARTED for event in log.read())


def _stamp(folder: ExerciseFolder) -> tuple[int, ...]:
    """Sizes and times of the log's files: while they stay, so does the log."""
    found: list[int] = []
    for path in (folder.log, Path(f"{folder.log}-wal")):
        try:
            known = path.stat()
        except OSError:
            found += [0, 0]
        else:
            found += [known.st_size, known.st_mtime_ns if known.st_size else 0]
    return tuple(found)


def _judged(known: Listed) -> Listed:
    """Its state, now that it is known whether an engine lives."""
    if known.state == "ended" or is_written(known.folder.log) or _just_made(known):
        return known
    return replace(known, state="interrupted")


def _kept(folder: ExerciseFolder, log: Log) -> Listed:
    """What was kept of a long log, so that it need not be read again; else nothing."""
    found = _projections(folder).load(log, lambda _: True)
    if found is None:
        return Listed(folder)
    state, cut = found
    return replace(Listed(folder, **state), names=tuple(state["names"]), seq=cut.seq)


def _keep(known: Listed, head: Head) -> None:
    state = {
        name: getattr(known, name)
        for name in ("scenario", "state", "started", "names", "created", "provider")
    }
    _projections(known.folder).save(state, Cut(head.seq, head.hash, -1, time.time()))


def _projections(folder: ExerciseFolder) -> Projections:
    return Projections(folder.projections, "listing", "1")


def _just_made(known: Listed) -> bool:
    """True while its engine is only being started."""
    return known.seq == 1 and abs(time.time() - known.created) < STARTING


def _after(known: Listed, event: Event) -> Listed:
    """Take in one event."""
    if known.state == "ended":
        return known
    match event.kind:
        case Kind.CREATED:
            return replace(
                known,
                created=event.wall,
                scenario=str(event.data.get("scenario") or ""),
                names=tuple(names_of(event.data).values()),
                provider=str(event.data.get("options", {}).get("provider") or ""),
            )
        case Kind.STARTED:
            return replace(known, state="running", started=event.wall)
        case Kind.CLOCK if known.started is not None:
            return replace(known, state="running" if event.data.get("running") else "paused")
        case Kind.ENDED:
            return replace(known, state="ended")
        case _:
            return known
