"""The board as a table: renders a grade, knows nothing else. Textual is not needed for it."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from range.grading.result import Grade, TeamGrade
from range.report.words import say
from range.scenario.model import Language, Phase

_BAR = 10
_WIDE = 100  # columns of a terminal that has room for bars


def ranked(grade: Grade) -> list[tuple[int, TeamGrade]]:
    """Teams by score, best first; equal scores share a rank."""
    teams = sorted(grade.teams, key=lambda team: (-round(team.score, 2), team.team))
    scores = [round(team.score, 2) for team in teams]
    return [(scores.index(round(team.score, 2)) + 1, team) for team in teams]


def board(grade: Grade, language: Language = "en", width: int = 80, *, ranks: bool = True) -> Table:
    """Return the scores of all teams for a terminal of `width` columns; without ranks as given.

    Names are shown as they are, never as markup.
    """
    wide = width >= _WIDE
    table = Table(
        title=Text(grade.scenario),
        title_justify="left",
        box=box.SIMPLE_HEAVY,
        collapse_padding=True,
        pad_edge=False,
    )
    table.add_column(say("rank", language) if ranks else "", justify="right", no_wrap=True)
    table.add_column(say("team", language), overflow="fold", min_width=6)
    table.add_column(say("score", language), justify="right", no_wrap=True)
    if wide:
        table.add_column("", no_wrap=True)
    for phase in Phase:
        table.add_column(say(phase.value, language), justify="right", no_wrap=True)
    table.add_column(say("lost", language), justify="right", no_wrap=True)
    table.add_column("", min_width=11)
    rows = ranked(grade) if ranks else [(None, team) for team in grade.teams]
    for rank, team in rows:
        table.add_row(*_row(rank, team, language, wide))
    return table


def bar(points: float, most: float) -> str:
    """Draw a share of `most` as a bar of ten cells."""
    filled = round(_BAR * points / most) if most else 0
    return "█" * filled + "·" * (_BAR - filled)


def _row(rank: int | None, team: TeamGrade, language: Language, wide: bool) -> Sequence[Text]:
    state = say("provisional" if team.provisional else "final", language)
    if team.high - team.low >= 0.005:
        state += f" {team.low:.1f}-{team.high:.1f}"
    return [
        Text("" if rank is None else str(rank)),
        Text(team.name, overflow="fold"),
        Text(f"{team.score:.1f}/{team.max:g}", style="bold"),
        *([Text(bar(team.score, team.max), style="cyan")] if wide else []),
        *(Text(f"{phase.points:.1f}" if phase.max else "-") for phase in team.phases),
        Text(f"-{team.deducted:.1f}" if team.deducted >= 0.05 else "0"),
        Text(state),
    ]
