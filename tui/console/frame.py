"""What the console's screens have in common: a bar on top, work in threads, trouble told kindly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.widgets import Static, TabbedContent
from textual.worker import get_current_worker

from range.errors import CyderError
from tui.look.app import SpeakingScreen
from tui.look.text import fit
from tui.look.theme import QUIET, STRONG

if TYPE_CHECKING:
    from tui.console.app import ConsoleApp

S = TypeVar("S")
T = TypeVar("T")


class Bar(Static):
    """The top line: where one is, and as whom."""

    DEFAULT_CSS = "Bar { dock: top; height: 1; background: $panel; }"

    def __init__(self, where: str, who: str) -> None:
        super().__init__()
        self._where, self._who = where, who

    def render(self) -> Text:
        """Put the place on the left, the person on the right."""
        text = Text(" CYDER ", STRONG).append("› ", QUIET)
        room = max(self.size.width - text.cell_len, 1)
        who = fit(self._who, room // 3)
        text.append(fit(self._where, max(room - len(who) - 4, 1)))
        text.pad_right(max(self.size.width - text.cell_len - Text(who).cell_len - 1, 1))
        return text.append(who, QUIET)


class ConsoleScreen(SpeakingScreen[S], Generic[S]):
    """A screen of the console. What is on it comes from `fill`, also after a change of language."""

    DEFAULT_CSS = """
    ConsoleScreen { layout: vertical; }
    ConsoleScreen .quiet { color: $secondary; }
    ConsoleScreen .note { height: auto; padding: 0 1; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012

    _composing = True  # until it is there for the first time, and whenever it is composed anew

    @property
    def console(self) -> ConsoleApp:
        """The app, as what it is."""
        return cast("ConsoleApp", self.app)

    def say(self, key: str, **values: object) -> str:
        """Return the words of `key`."""
        return self.console.say(key, **values)

    def bar(self, key: str, **values: object) -> Bar:
        """Return the top line of this screen."""
        who = self.say("acting-as", actor=self.console.actor)
        return Bar(self.say(key, **values), who)

    def on_mount(self) -> None:
        """Begin what goes on in the background, and show what is known."""
        self._composing = False
        self.begin()
        self.show()

    def begin(self) -> None:
        """Start timers and workers, once."""

    def fill(self) -> None:
        """Fill the widgets from what is known."""

    def show(self) -> None:
        """Fill the widgets, unless they are being put together at this moment."""
        if self.is_attached and not self._composing:
            self.fill()

    def turn_to(self, tab: str) -> None:
        """Turn to a page of the screen, and let the keys scroll it."""
        self.query_one(TabbedContent).active = tab
        for widget in self.query(f"#{tab} *"):
            if widget.can_focus:
                self.soon(widget.focus)
                return

    def soon(self, act: Callable[[], object]) -> None:
        """Do something after the next drawing, if the widgets are there then."""
        self.call_after_refresh(lambda: None if self._composing else act())

    @property
    def on_top(self) -> bool:
        """True while nothing lies over this screen."""
        return self.app.screen is self

    async def recompose(self) -> None:
        """Say everything again, in the other language."""
        focused = self.focused.id if self.focused is not None else None
        self._composing = True
        try:
            await super().recompose()
        finally:
            self._composing = False
        self.show()
        if focused:
            for widget in self.query(f"#{focused}"):
                widget.focus()

    def work(
        self,
        job: Callable[[], T],
        then: Callable[[T], object],
        *,
        group: str = "work",
        otherwise: Callable[[CyderError], object] | None = None,
    ) -> None:
        """Do something that blocks in a thread, then go on here with what came of it.

        A second call of the same group makes the first one's result unwanted. Errors go to
        `otherwise`, or are told in a panel.
        """
        failed = otherwise or self.console.trouble

        async def deliver(act: Callable[[], object]) -> None:
            try:
                done = act()
                if isawaitable(done):
                    await done
            except CyderError as error:
                self.console.trouble(error)
            except Exception as error:  # a mistake of ours must not take the console away
                self.console.trouble(self.console.unforeseen(error))

        def run() -> None:
            act: Callable[[], object]
            try:
                result = job()
            except CyderError as error:
                act = partial(failed, error)
            except Exception as error:  # see above
                act = partial(failed, self.console.unforeseen(error))
            else:
                act = partial(then, result)
            if not get_current_worker().is_cancelled:
                self.call_later(deliver, act)

        self.run_worker(run, group=group, thread=True, exclusive=True, exit_on_error=False)


def put(screen: SpeakingScreen[S], selector: str, content: Text | Table | Group) -> None:
    """Fill a Static with text, never with markup; nothing where it is not on the screen now."""
    for widget in screen.query(selector).results(Static):
        widget.update(content)
