"""Why each point: a team's checks, and one check traced. For the instructor, never in public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Static

from range.report.board import BoardTeam
from range.report.explain import explained
from scoreboard.canvas import Canvas, Rows, Sheet
from scoreboard.draw import checks
from scoreboard.draw.cells import Line
from tui.look.app import SpeakingScreen
from tui.look.text import block

if TYPE_CHECKING:
    from scoreboard.app import ScoreboardApp


class TeamScreen(SpeakingScreen[None]):
    """All checks of a team, as the board on the screen has them: frozen where it is frozen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "back")]
    DEFAULT_CSS = """
    TeamScreen #team { height: 3; background: $panel; padding: 0 1; }
    TeamScreen #checks { padding: 0 1; }
    """

    def __init__(self, team: str) -> None:
        super().__init__()
        self._key = team

    @property
    def board_app(self) -> ScoreboardApp:
        """The app this is a screen of."""
        return cast("ScoreboardApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the parts together."""
        yield Canvas(self._heading, id="team")
        yield Rows(self._checks, id="checks", choosing=lambda: True)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin at the first check."""
        self.query_one("#checks").focus()

    def relabel(self) -> None:
        """Say everything in the language of the moment."""
        self.repaint()

    def repaint(self) -> None:
        """Draw what changed."""
        for canvas in self.query(Canvas):
            canvas.repaint()

    def action_leave(self) -> None:
        """Return to the board."""
        self.app.pop_screen()

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        """Trace a check."""
        self.app.push_screen(CheckScreen(self._key, message.key))

    def _heading(self, width: int, _: int) -> Sequence[Line]:
        app = self.board_app
        team = chosen(app, self._key)
        return checks.heading(team, app.stage, app.face, width) if team else []

    def _checks(self, width: int) -> Sheet:
        app = self.board_app
        team = chosen(app, self._key)
        if team is None:
            return Sheet((), ())
        return Sheet(
            [checks.columns(width, app.language)],
            [checks.check(check, app.scenario, width, app.language) for check in team.grade.checks],
            [check.check for check in team.grade.checks],
        )


class CheckScreen(SpeakingScreen[None]):
    """What a check asks, what was seen, and how that became points."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "back")]
    DEFAULT_CSS = """
    CheckScreen VerticalScroll { padding: 0 1; }
    CheckScreen Static { height: auto; }
    """

    def __init__(self, team: str, check: str) -> None:
        super().__init__()
        self._key, self._check = team, check

    @property
    def board_app(self) -> ScoreboardApp:
        """The app this is a screen of."""
        return cast("ScoreboardApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the text on the screen."""
        with VerticalScroll():
            yield Static(self._text(), id="trace")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one(VerticalScroll).focus()

    def relabel(self) -> None:
        """Say everything in the language of the moment."""
        self.repaint()

    def repaint(self) -> None:
        """Trace anew."""
        if self.query("#trace"):
            self.query_one("#trace", Static).update(self._text())

    def action_leave(self) -> None:
        """Return to the team."""
        self.app.pop_screen()

    def _text(self) -> Text:
        app = self.board_app
        team = chosen(app, self._key)
        if team is None:
            return Text()
        grade = app.face.team_grade(team)
        return block("\n".join(explained(app.scenario, grade, self._check, app.language)))


def chosen(app: ScoreboardApp, team: str) -> BoardTeam | None:
    """Return a team of the board on the screen."""
    return next((known for known in app.stage.board.teams if known.team == team), None)
