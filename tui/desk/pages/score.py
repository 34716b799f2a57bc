"""The team's own score, where the exercise shows it."""

from __future__ import annotations

from textual.app import ComposeResult

from tui.desk.pages.page import Page
from tui.desk.room import say
from tui.desk.sheet import Lines, Sheet
from tui.look.text import padded
from tui.look.theme import CARE, QUIET, STRONG

_BAR = 30  # cells
_PHASES = ("observe", "orient", "decide", "act")


class ScorePage(Page):
    """Total, and points of each phase."""

    name_of = "score"

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield Sheet()

    def show(self) -> None:
        """Draw what the model knows."""
        self.query_one(Sheet).show(self._draw)

    def enter(self) -> None:
        """Take the focus, and fetch what it is now."""
        super().enter()
        self.run_worker(self.room.feed.look_at_score(), exclusive=True)

    def _draw(self, width: int) -> Lines:
        score = self.room.model.score
        if not score:
            return [(say(self, "no-score"), QUIET)]
        provisional = bool(score.get("provisional", True))
        lines = [
            (self._line("total", score.get("score"), score.get("max"), width), STRONG),
            (say(self, "provisional" if provisional else "final"), CARE if provisional else QUIET),
            ("", ""),
        ]
        for phase in score.get("phases") or []:
            name = str(phase.get("phase", ""))
            lines.append((self._line(name, phase.get("points"), phase.get("max"), width), ""))
        return lines

    def _line(self, name: str, points: object, most: object, width: int) -> str:
        word = say(self, name) if name in _PHASES or name == "total" else name
        full = float(str(most or 0))
        part = min(max(float(str(points or 0)) / full, 0.0), 1.0) if full > 0 else 0.0
        cells = min(_BAR, max(width - 36, 5))
        bar = "#" * round(part * cells)
        told = say(self, "of", score=_points(points), max=_points(most))
        return f"{padded(word, 16)}[{bar.ljust(cells, '.')}] {told}"


def _points(value: object) -> str:
    """Write points with one decimal; what is not decided as a dash."""
    return "-" if value is None else f"{float(str(value)):.1f}"
