"""The desk itself: pages side by side, one of them open."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from tui.desk.bars import Header, KeyBar, PageBar
from tui.desk.pages.briefing import BriefingPage
from tui.desk.pages.forms import FormsPage
from tui.desk.pages.hints import HintsPage
from tui.desk.pages.inbox import InboxPage
from tui.desk.pages.map import MapPage
from tui.desk.pages.nodes import NodesPage
from tui.desk.pages.page import Page
from tui.desk.pages.score import ScorePage
from tui.desk.pages.timeline import TimelinePage
from tui.desk.room import Room
from tui.look.app import SpeakingScreen

PAGES: tuple[type[Page], ...] = (
    BriefingPage, MapPage, InboxPage, FormsPage, HintsPage, TimelinePage, NodesPage, ScorePage,
)  # fmt: skip


class MainScreen(SpeakingScreen[None]):
    """Pages are made when they are first opened: a desk opens fast and stays light."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"open('{page.name_of}')", page.name_of, show=False)
            for number, page in enumerate(PAGES, 1)
        ),
        Binding("right", "turn(1)", "next-page", show=False),
        Binding("left", "turn(-1)", "previous-page", show=False),
    ]
    DEFAULT_CSS = """
    MainScreen { layout: vertical; }
    MainScreen > Container { height: 1fr; }
    MainScreen.-wide InboxPage { layout: horizontal; }
    MainScreen.-wide InboxPage Rows { height: 1fr; width: 2fr; }
    MainScreen.-wide InboxPage Sheet { height: 1fr; width: 2fr; border-top: none;
        border-left: solid $secondary; }
    MainScreen.-wide InboxPage Sheet:focus { border-left: solid $accent; }
    """

    def __init__(self, room: Room, page: str) -> None:
        super().__init__()
        self._room = room
        self.drawn = False  # there is something to be drawn anew
        known = [kind.name_of for kind in PAGES]
        self.opened = page if page in known else known[0]

    def compose(self) -> ComposeResult:
        """Put it together."""
        yield Header(self._room)
        yield PageBar()
        yield Container()
        yield KeyBar()

    async def on_mount(self) -> None:
        """Open the first page."""
        self.drawn = True
        await self.action_open(self.opened)

    def relabel(self) -> None:
        """Say it in the other language."""
        self.refresh_data()

    def tick(self) -> None:
        """Show the clock as it is now."""
        self.query_one(Header).tick()

    def refresh_data(self) -> None:
        """Draw what the model knows now."""
        self.query_one(Header).tick()
        self._show_pages()
        for page in self.query(Page):
            if page.display:
                page.show()

    async def action_open(self, name: str) -> None:
        """Open a page."""
        if self._room.model.known and name not in self._names():
            return
        self.opened = self._room.model.page = name
        for page in self.query(Page):
            page.display = page.name_of == name
        opened = [page for page in self.query(Page) if page.name_of == name]
        if not opened:
            opened = [kind(self._room) for kind in PAGES if kind.name_of == name]
            await self.query_one(Container).mount(*opened)
        opened[0].show()
        self._show_pages()
        self.call_after_refresh(opened[0].enter)

    async def action_turn(self, by: int) -> None:
        """Open the page beside this one."""
        names = self._names()
        await self.action_open(
            names[(names.index(self.opened) + by) % len(names)]
            if self.opened in names
            else names[0]
        )

    @on(PageBar.Wanted)
    async def _clicked(self, event: PageBar.Wanted) -> None:
        await self.action_open(event.page)

    @on(InboxPage.Read)
    def _show_pages(self) -> None:
        unread = len(self._room.model.unread)
        notes = {"inbox": f"({unread})" if unread else ""}
        pages = [(name, notes.get(name, "")) for name in self._names()]
        self.query_one(PageBar).show(pages, self.opened)

    def _names(self) -> list[str]:
        shows_score = bool(self._room.model.briefing.get("shows_score"))
        return [kind.name_of for kind in PAGES if shows_score or kind is not ScorePage]
