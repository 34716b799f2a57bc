"""Progress of images and labs, as bars on a terminal or as lines where there is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from range.images.progress import ImageProgress
from range.plan.model import Plan
from range.providers import base
from range.text import line


class Bars:
    """Two bars: layers and guests. Its methods are the reports that the makers want."""

    def __init__(self, plan: Plan, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._done: set[str] = set()
        self._up: set[tuple[str, str]] = set()
        self._busy: dict[str, str] = {}
        guests = sum(len(lab.nodes) for lab in plan.labs)
        self._wanted = {layer.id for layer in plan.layers}
        self._images = progress.add_task("layers", total=len(self._wanted), now="")
        self._guests = progress.add_task("guests", total=guests, now="")

    def image(self, told: ImageProgress) -> None:
        """Take what the making of images tells."""
        with self._lock:
            if told.state in ("present", "done"):
                self._done.add(told.id)
                self._busy.pop(told.id, None)
            else:
                self._busy[told.id] = f"{told.title}: {told.detail or told.state}"
            self._progress.update(
                self._images, completed=len(self._done & self._wanted), now=self._now()
            )

    def node(self, told: base.Progress) -> None:
        """Take what the provider tells."""
        with self._lock:
            key = f"{told.team} {told.node}"
            if told.state == "running":
                self._up.add((told.team, told.node))
                self._busy.pop(key, None)
            else:
                self._busy[key] = f"{key}: {told.detail or told.state}"
            self._progress.update(self._guests, completed=len(self._up), now=self._now())

    def _now(self) -> str:
        return line(next(reversed(self._busy.values())), 60) if self._busy else ""


@contextmanager
def bars(plan: Plan, console: Console) -> Iterator[Bars]:
    """Show progress while the block runs. Without a terminal only the last state is printed."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}", markup=False),
    )
    with Progress(*columns, console=console) as progress:
        yield Bars(plan, progress)
