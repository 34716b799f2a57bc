"""The board itself: standings, their course, services and first marks, together or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, cast, runtime_checkable

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Footer

from range.report.board import BoardTeam
from range.scenario.model import Phase
from scoreboard.canvas import Canvas, Lazy, Rows, Sheet
from scoreboard.draw import firsts, heading, plot, services, standings
from scoreboard.draw.cells import Line, left
from scoreboard.drill import TeamScreen
from scoreboard.reveal import RevealScreen, ThawDialog
from tui.look.app import SpeakingScreen
from tui.look.theme import CARE

if TYPE_CHECKING:
    from scoreboard.app import ScoreboardApp

VIEWS = ("overview", "standings", "progress", "services", "firsts")
_PARTS = VIEWS[1:]
_AT_ONCE = ("heading", "standings")
_WIDE = 130  # cells from which the views stand side by side
_PLOT_ROOM = 8  # rows below the standings that make a plot worth while


@runtime_checkable
class Painted(Protocol):
    """A screen that draws what it is told has changed."""

    def repaint(self) -> None:
        """Draw what changed."""


class BoardScreen(SpeakingScreen[None]):
    """What the audience sees."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("0", "view('overview')", "overview", show=False),
        Binding("1", "view('standings')", "standings", show=False),
        Binding("2", "view('progress')", "progress", show=False),
        Binding("3", "view('services')", "services", show=False),
        Binding("4", "view('firsts')", "firsts", show=False),
        Binding("v", "next_view", "key-view"),
        Binding("h", "next_phase", "key-phase"),
        Binding("s", "next_service", "key-service"),
        Binding("c", "next_curves", "key-curves", show=False),
        Binding("f", "freeze", "key-freeze"),
        Binding("r", "reveal", "key-reveal"),
        Binding("k", "ranks", "key-ranks", show=False),
        Binding("p", "names", "key-names", show=False),
        Binding("a", "rotate", "key-rotate", show=False),
    ]
    DEFAULT_CSS = """
    BoardScreen #heading { height: 2; background: $panel; padding: 0 1; }
    BoardScreen #parts { height: 1fr; padding: 0 1; }
    BoardScreen .apart #side { margin-left: 2; }
    BoardScreen .apart #services, BoardScreen .apart #firsts { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = "overview"
        self.phase: Phase | None = None
        self.service = ""
        self.curves = 0  # place of the first team that has a curve
        self.rotating = False
        self._since_turn = 0.0

    @property
    def board_app(self) -> ScoreboardApp:
        """The app this is a screen of."""
        return cast("ScoreboardApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the parts together."""
        yield Canvas(self._heading, id="heading")
        with Container(id="parts"):
            with Vertical(id="main"):
                yield Rows(self._standings, id="standings", choosing=self.may_open)
                yield Rows(self._services, id="services", choosing=lambda: False)
            with Vertical(id="side"):
                yield Canvas(self._progress, id="progress")
                yield Rows(self._firsts, id="firsts", choosing=lambda: False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin with everything there is room for."""
        self.rotating = self.board_app.rotate > 0
        self._arrange()
        self.query_one("#standings").focus()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the parts for another size."""
        if self._there:
            self._arrange(event.size.width, event.size.height)

    @property
    def _there(self) -> bool:
        """False while the parts are not yet put together, and when they are taken apart."""
        return bool(self.query("Footer"))

    def may_open(self) -> bool:
        """Tell whether teams can be opened: never in public."""
        return not self.board_app.face.public

    # Drawing

    def relabel(self) -> None:
        """Say everything in the language of the moment."""
        self.repaint()

    def repaint(self) -> None:
        """Draw what changed."""
        if self._there:
            self._arrange()
            for canvas in self.query(Canvas):
                if canvas.id in _AT_ONCE or not self.board_app.hurried:
                    canvas.repaint()

    def tick(self) -> None:
        """A second has passed."""
        if not self._there:
            return
        self.query_one("#heading", Canvas).repaint()
        if self.rotating and self.is_current:
            self._since_turn += 1
            if self._since_turn >= (self.board_app.rotate or 15.0):
                self._since_turn = 0.0
                self._turn()

    def _arrange(self, width: int = 0, height: int = 0) -> None:
        """Show the parts of the view: side by side, one below the other, or one alone."""
        width, height = width or self.size.width, height or self.size.height
        teams = max(1, len(self.board_app.stage.board.teams))
        together = self.view == "overview"
        apart = together and width >= _WIDE
        below = together and not apart and height - 3 - teams - 2 >= _PLOT_ROOM
        seen = {self.view} if not together else set(_PARTS if apart else ("standings",))
        seen |= {"progress"} if below else set()
        for part in _PARTS:
            self.query_one(f"#{part}").display = part in seen
        parts, main, side = (self.query_one(f"#{part}") for part in ("parts", "main", "side"))
        parts.styles.layout = "horizontal" if apart else "vertical"
        parts.set_class(apart, "apart")
        main.styles.width, side.styles.width = ("3fr", "2fr") if apart else ("1fr", "1fr")
        main.styles.height = teams + 2 if below else "1fr"
        main.display = bool(seen & {"standings", "services"})
        side.display = bool(seen & {"progress", "firsts"})
        room = height - 3
        self.query_one("#standings").styles.height = (
            min(teams + 1, room * 2 // 3) if apart else "1fr"
        )
        self.query_one("#firsts").styles.height = room // 3 if apart else "1fr"

    def _heading(self, width: int, _: int) -> Sequence[Line]:
        app = self.board_app
        page, pages = self._pages()
        return heading.lines(
            app.stage, app.source, app.face, width,
            view=self.view, rotating=self.rotating, trouble=app.trouble, pages=(page, pages),
        )  # fmt: skip

    def _standings(self, width: int) -> Sheet:
        app = self.board_app
        board, face = app.stage.board, app.face
        wide = standings.columns(width, self.phase, over=board.state == "over")
        head = standings.heading(wide, face.language, ranks=face.ranks)
        rows = face.rows(board)
        if not rows:
            return Sheet([head], [firsts.nothing("no-teams", width, face.language)])
        keys = [row.key for row in rows]
        return Sheet([head], Lazy(len(rows), lambda at: standings.team(rows[at], wide)), keys)

    def _progress(self, width: int, height: int) -> Sequence[Line]:
        app = self.board_app
        board, face = app.stage.board, app.face
        more = app.say(self.phase.value if self.phase else "total")
        count = len(board.teams)
        if count > plot.NAMED:
            last = min(count, self.curves + plot.NAMED)
            more += "  " + app.say("some-of", first=self.curves + 1, last=last, all=count)
        title = self._title("progress", width, more)
        if board.now is None or not any(team.series for team in board.teams):
            return [title, firsts.nothing("no-series", width, face.language)]
        rows = face.rows(board)
        some = rows[self.curves : self.curves + plot.NAMED]
        curves = [
            plot.curve(index, row.name, self._points(row.team)) for index, row in enumerate(some)
        ]
        if len(rows) > len(some):
            series = [self._points(row.team) for row in rows]
            curves.append(plot.median(app.say("median"), series, now=board.now, end=board.end))
        return [title, *plot.plot(curves, width, height - 1, now=board.now, end=board.end)]

    def _points(self, team: BoardTeam) -> plot.Points:
        return team.phases_series[self.phase] if self.phase else team.series

    def _services(self, width: int) -> Sheet:
        app = self.board_app
        board, face = app.stage.board, app.face
        known = dict(services.titles(board.teams))
        service = self.service if self.service in known else ""
        title = known[service].in_(face.language) if service else app.say("all-services")
        head = [
            self._title("services", width, title),
            firsts.nothing("legend", width, face.language),
        ]
        if not known:
            return Sheet(head[:1], [firsts.nothing("no-services", width, face.language)])
        head.append(services.heading(width, face.language, app.say("team"), board.end))
        rows, now, end = face.rows(board), board.now or 0.0, board.end

        def row(at: int) -> Line:
            return services.team(rows[at], service, width, now=now, end=end)

        return Sheet(head, Lazy(len(rows), row))

    def _firsts(self, width: int) -> Sheet:
        app = self.board_app
        face = app.face
        rows = firsts.lines(face.rows(app.stage.board), face, width)
        head = [self._title("firsts", width, "")]
        return Sheet(head, rows or [firsts.nothing("no-firsts", width, face.language)])

    def _title(self, key: str, width: int, more: str) -> Line:
        said = self.board_app.say(key)
        return (left(f"{said}  {more}" if more else said, width, f"bold {CARE}"),)

    def _pages(self) -> tuple[int, int]:
        part = "standings" if self.view == "overview" else self.view
        shown = self.query_one(f"#{part}")
        return shown.pages if isinstance(shown, Rows) else (1, 1)

    # Keys

    def action_view(self, view: str) -> None:
        """Show one part alone, or all together."""
        self.view = view
        self._arrange()
        target = self.query_one("#standings" if view == "overview" else f"#{view}")
        if target.focusable:
            target.focus()
        self.call_after_refresh(self.repaint)

    def action_next_view(self) -> None:
        """Show the next view."""
        self.action_view(VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)])

    def action_next_phase(self) -> None:
        """Show the total, then each phase."""
        order: list[Phase | None] = [None, *Phase]
        self.phase = order[(order.index(self.phase) + 1) % len(order)]
        self.repaint()

    def action_next_service(self) -> None:
        """Show all services, then each."""
        order = ["", *(check for check, _ in services.titles(self.board_app.stage.board.teams))]
        place = order.index(self.service) if self.service in order else 0
        self.service = order[(place + 1) % len(order)]
        self.repaint()

    def action_next_curves(self) -> bool:
        """Show the curves of the next teams; False when it begins anew."""
        self.curves += plot.NAMED
        if self.curves >= len(self.board_app.stage.board.teams):
            self.curves = 0
        self.repaint()
        return self.curves > 0

    def action_freeze(self) -> None:
        """Hold the board; where it is held, ask before it is let go."""
        app = self.board_app
        if app.stage.frozen is None:
            app.freeze()
        else:
            app.push_screen(ThawDialog(), lambda yes: app.thaw() if yes else None)

    def action_reveal(self) -> None:
        """Tell the standings that the frozen board holds back."""
        app = self.board_app
        reveal = app.stage.begin(app.source.live)
        if reveal is not None:
            app.push_screen(RevealScreen(reveal))

    def action_ranks(self) -> None:
        """Show ranks, or none."""
        self.board_app.show_ranks(not self.board_app.face.ranks)

    def action_names(self) -> None:
        """Show names or pseudonyms."""
        self.board_app.show_names(self.board_app.face.names is not None)

    def action_rotate(self) -> None:
        """Turn pages and views by itself, or stop."""
        self.rotating, self._since_turn = not self.rotating, 0.0
        self.query_one("#heading", Canvas).repaint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible; in public nothing that could show what is hidden."""
        if action in ("ranks", "names"):
            return not self.board_app.face.public
        if action == "reveal":
            return self.board_app.stage.frozen is not None
        return True

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        """Open a team."""
        if self.may_open():
            self.board_app.push_screen(TeamScreen(message.key))

    def on_rows_moved(self) -> None:
        """Tell the page."""
        self.query_one("#heading", Canvas).repaint()

    def _turn(self) -> None:
        """Show the next page; after the last one the next view."""
        part = "standings" if self.view == "overview" else self.view
        shown = self.query_one(f"#{part}")
        if part == "progress" and self.action_next_curves():
            return
        if isinstance(shown, Rows):
            if shown.turn(1):
                return
            shown.rewind()
        if self.size.width < _WIDE or self.view != "overview":
            self.action_next_view()
