"""Showing how images are made: a line for each on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from range.images.progress import ImageProgress

_QUIET = ("present",)


class BakeDisplay:
    """Call it with each ImageProgress. A context; prints to standard error."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._lock = threading.Lock()
        self._rows: dict[str, TaskID] = {}
        self._said: dict[str, str] = {}
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[title]:<24}", markup=False),
            BarColumn(bar_width=12),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )

    def __enter__(self) -> BakeDisplay:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, news: ImageProgress) -> None:
        """Show one step."""
        if news.state in _QUIET:
            return
        with self._lock:
            if self._console.is_terminal:
                self._row(news)
            elif self._said.get(news.id) != news.state:
                self._said[news.id] = news.state
                took = f" in {news.seconds:.1f} s" if news.state == "done" else ""
                why = f": {news.detail}" if news.state in ("failed", "waiting") else ""
                line = f"{news.title} ({news.id[:18]}): {news.state}{took}{why}"
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _row(self, news: ImageProgress) -> None:
        if news.id not in self._rows:
            self._rows[news.id] = self._progress.add_task("", total=None, title=news.title)
        ended = news.state in ("done", "failed")
        text = f"{news.state}  {news.detail}".rstrip()
        self._progress.update(
            self._rows[news.id],
            description=text[:70],
            total=1 if ended else None,
            completed=1 if ended else 0,
        )
        if ended:
            self._progress.stop_task(self._rows[news.id])
