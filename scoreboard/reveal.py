"""The ceremony: the final standings, one place after the other, at the presenter's pace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Digits, Footer, Static

from scoreboard.canvas import Canvas, Rows, Sheet
from scoreboard.draw import reveal as drawn
from scoreboard.draw.cells import Line, clock, ends
from scoreboard.stage import Reveal
from tui.look.app import SpeakingDialog, SpeakingScreen
from tui.look.text import plain
from tui.look.theme import CARE, QUIET, STRONG

if TYPE_CHECKING:
    from scoreboard.app import ScoreboardApp

_STEPS = 20  # of the score that counts up, in half a second
_BEAT = 0.025


class RevealScreen(SpeakingScreen[None]):
    """Places from the last upward. Leaving it before the end leaves the board frozen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,right,n", "step(1)", "key-forward"),
        Binding("left,backspace", "step(-1)", "key-back"),
        Binding("escape", "leave", "back"),
    ]
    DEFAULT_CSS = """
    RevealScreen #caption { height: 1; background: $panel; padding: 0 1; }
    RevealScreen #newest { height: 4; padding: 0 1; }
    RevealScreen #who { width: 1fr; }
    RevealScreen #who Static { height: 1; }
    RevealScreen #figure { width: 24; text-align: right; color: $accent; }
    RevealScreen #places { padding: 0 1; }
    """

    def __init__(self, reveal: Reveal) -> None:
        super().__init__()
        self.reveal = reveal
        self._counting: Timer | None = None
        self._beat = _STEPS

    @property
    def board_app(self) -> ScoreboardApp:
        """The app this is a screen of."""
        return cast("ScoreboardApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the parts together."""
        yield Canvas(self._caption, id="caption")
        with Horizontal(id="newest"):
            with Vertical(id="who"):
                yield Static(id="place")
                yield Static(id="name")
                yield Static(id="was")
            yield Digits("", id="figure")
        yield Rows(self._places, id="places", choosing=lambda: False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin, or go on where it was left."""
        self.repaint()
        self.query_one("#places").focus()

    @property
    def _there(self) -> bool:
        """False while the parts are not yet put together, and when they are taken apart."""
        return bool(self.query("Footer"))

    def relabel(self) -> None:
        """Say everything in the language of the moment."""
        self.repaint()

    def repaint(self) -> None:
        """Draw what was revealed last, and all places."""
        if not self._there:
            return
        self._newest()
        for canvas in self.query(Canvas):
            canvas.repaint()
        self._keep_in_sight()

    def on_resize(self) -> None:
        """Keep the newest place in sight."""
        self.call_after_refresh(self._keep_in_sight)

    def action_step(self, by: int) -> None:
        """Reveal the next place, or take the last one back."""
        if self.reveal.step(self.board_app.face, by):
            self._beat = _STEPS
            if by > 0 and self.app.animation_level == "full":
                self._beat = 0
                if self._counting is not None:
                    self._counting.stop()
                self._counting = self.set_interval(_BEAT, self._count, repeat=_STEPS)
            self.repaint()

    def action_leave(self) -> None:
        """Return to the board: to the live one when everything has been told."""
        app = self.board_app
        done = self.reveal.done(app.face)
        app.pop_screen()
        if done:
            app.thaw()

    def _count(self) -> None:
        self._beat = min(self._beat + 1, _STEPS)
        if self._there:
            self._newest()

    def _newest(self) -> None:
        app = self.board_app
        face = app.face
        told = self.reveal.revealed(face)
        place, name, was = (self.query_one(f"#{key}", Static) for key in ("place", "name", "was"))
        figure = self.query_one("#figure", Digits)
        if not told:
            start = "reveal-start" if face.ranks else "reveal-start-unranked"
            place.update(Text(app.say(start), style=CARE))
            name.update("")
            was.update("")
            figure.update("")
            return
        group = told[-1]
        first = group[0]
        before = {row.key: row for row in face.rows(self.reveal.before)}
        place.update(
            Text("" if first.rank is None else app.say("place", rank=first.rank), style=CARE)
        )
        comma = "、" if face.language == "ja" else ", "
        name.update(plain(comma.join(row.name for row in group), STRONG))
        notes = "" if len(group) > 1 else drawn.was(first, before, face.language)
        if self.reveal.done(face):
            notes = "  ".join(part for part in (notes, app.say("reveal-done")) if part)
        was.update(Text(notes, style=QUIET))
        figure.update(f"{first.team.grade.score * self._beat / _STEPS:.2f}")

    def _caption(self, width: int, _: int) -> Sequence[Line]:
        app = self.board_app
        since = self.reveal.since
        frozen = app.say("frozen", at="-" if since is None else clock(since))
        title = f"{app.say('reveal-title')}  {self.reveal.after.title.in_(app.language)}"
        return [ends([(title, STRONG)], [(frozen, CARE)], width)]

    def _places(self, width: int) -> Sheet:
        return Sheet((), drawn.lines(self.reveal, self.board_app.face, width))

    def _keep_in_sight(self) -> None:
        if not self._there:
            return
        rows = self.query_one("#places", Rows)
        rows.show_page_of(drawn.newest(self.reveal, self.board_app.face))


class ThawDialog(SpeakingDialog[bool]):
    """Asks before a frozen board shows the standings of the moment."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "thaw", "yes"),
        Binding("n", "leave", "no"),
    ]
    DEFAULT_CSS = """
    ThawDialog { align: center middle; }
    ThawDialog > Vertical {
        width: 56; max-width: 95%; height: auto; padding: 1 2;
        background: $panel; border: round $warning;
    }
    ThawDialog Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """Ask."""
        say = cast("ScoreboardApp", self.app).say
        with Vertical():
            yield Static(Text(say("thaw-title"), style=STRONG))
            yield Static(Text(say("thaw-about")))
            yield Static(Text(f"\n[Y] {say('yes')}   [N] {say('no')}", style=CARE))

    def action_thaw(self) -> None:
        """Let go."""
        self.dismiss(True)
