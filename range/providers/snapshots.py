"""Where snapshots of a deployment lie: one shelf for each lab, whatever the provider puts on it.

`labs/<deployment>/snapshots/<team>/<name>/<node>/`: a name may hold one node, or some day a whole
lab. A snapshot is there once its `about.json` is, and that is the last thing made of it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from range.errors import CyderError, ProvisioningFailed
from range.plan.model import LabPlan
from range.settings import Settings

MOST = 8  # of one node
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ABOUT = "about.json"
_REMOVED_WITHIN = 300  # seconds


class NoSuchSnapshot(CyderError):
    """The node has no snapshot of that name."""

    exit_code = 2


class SnapshotRefused(CyderError):
    """The name is none, is taken, or the node has as many as it may have."""

    exit_code = 2


@dataclass(frozen=True)
class Snapshot:
    """A node as it was at one moment. `at` is Unix time, `size` bytes on this host."""

    node: str
    name: str
    at: float
    size: int


class Shelf:
    """The snapshots of one lab. Whoever writes here holds the deployment's lock."""

    def __init__(self, settings: Settings, lab: LabPlan) -> None:
        self._root = settings.labs / lab.deployment / "snapshots" / lab.team

    def listed(self) -> tuple[Snapshot, ...]:
        """Every whole snapshot of the lab, oldest first."""
        found = []
        for about in self._root.glob(f"*/*/{_ABOUT}"):
            try:
                facts = json.loads(about.read_bytes())
                folder = about.parent
                found.append(Snapshot(folder.name, folder.parent.name, float(facts["at"]),
                                      int(facts["size"])))  # fmt: skip
            except (OSError, ValueError, KeyError, TypeError):
                continue  # being removed, or damaged: as good as none
        return tuple(sorted(found, key=lambda snapshot: (snapshot.at, snapshot.node)))

    def contents(self, node: str, name: str) -> Path:
        """Return what was kept of a node; NoSuchSnapshot lists what there is."""
        if any(known.node == node and known.name == name for known in self.listed()):
            return self._root / name / node / "contents"
        there = ", ".join(known.name for known in self.listed() if known.node == node) or "none"
        raise NoSuchSnapshot(f"{node} has no snapshot {name[:60]!r}", hint=f"There are: {there}")

    @contextmanager
    def adding(self, node: str, name: str) -> Iterator[Path]:
        """Yield the path to copy the node's files to; kept when the block ends well."""
        if _NAME.fullmatch(name) is None:
            raise SnapshotRefused(
                f"{name[:60]!r} is no name of a snapshot",
                hint="Use at most 40 of a-z, 0-9 and the hyphen.",
            )
        there = [known for known in self.listed() if known.node == node]
        if any(known.name == name for known in there):
            raise SnapshotRefused(f"{node} has a snapshot {name} already", hint="Name another.")
        if len(there) >= MOST:
            raise SnapshotRefused(f"{node} has {MOST} snapshots, which is the most")
        self._root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place, aside = self._root / name / node, self._root / name / f".{node}.new"
        remove(aside)  # of one that was interrupted
        remove(place)
        aside.mkdir(parents=True)
        try:
            yield aside / "contents"
            facts = {"at": time.time(), "size": size_of(aside / "contents")}
            aside.rename(place)
            (place / f".{_ABOUT}").write_text(json.dumps(facts))
            (place / f".{_ABOUT}").rename(place / _ABOUT)
        except BaseException:
            remove(aside)
            raise

    def clear(self) -> None:
        """Remove all snapshots of the lab."""
        remove(self._root)


def size_of(tree: Path) -> int:
    """Bytes that a tree takes on this host."""
    done = subprocess.run(
        ["du", "-s", "-B1", "--", str(tree)],
        capture_output=True, text=True, timeout=_REMOVED_WITHIN, check=False,
    )  # fmt: skip
    first = done.stdout.split()[:1]
    return int(first[0]) if first else 0


def remove(tree: Path) -> None:
    """Remove a tree, however deep a guest has made it; one that is not there is fine."""
    if not tree.exists():
        return
    done = subprocess.run(
        ["rm", "-rf", "--one-file-system", "--", str(tree)],
        capture_output=True, text=True, timeout=_REMOVED_WITHIN, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ProvisioningFailed(f"cannot remove {tree}: {done.stderr.strip()[-200:]}")


def room_for_copy(tree: Path, where: Path, spare: int) -> None:
    """Raise ProvisioningFailed when a copy of `tree` would leave less than `spare` bytes free.

    `spare` is negative where something is removed before.
    """
    free = shutil.disk_usage(where).free
    needed = size_of(tree)
    if needed + spare > free:
        raise ProvisioningFailed(
            f"a copy takes {needed >> 20} MiB, and only {free >> 20} MiB are free",
            hint="`cyder down` of what is not needed makes room.",
        )
