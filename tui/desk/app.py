"""The trainee's desk. `run()` returns None to log out, or a Visit to a node."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.notifications import SeverityLevel
from textual.screen import Screen

from range.scenario.model import Language
from range.text import clean
from range.text import line as line_of
from tui.desk.dialogs import Sure, Welcome
from tui.desk.drafts import Drafts
from tui.desk.feed import Feed
from tui.desk.form import FormScreen
from tui.desk.line import Closed, Kept, Line, Refusal, Visit
from tui.desk.main import MainScreen
from tui.desk.model import DeskModel, said
from tui.desk.news import News
from tui.desk.pages.forms import FormsPage
from tui.desk.pages.inbox import channel_word
from tui.desk.pages.nodes import NodesPage
from tui.desk.room import Room
from tui.desk.words import WORDS
from tui.look.app import CyderApp
from tui.look.words import Words

__all__ = ["Closed", "DeskApp", "Kept", "Line", "Refusal", "Visit"]

_FLUSH_WITHIN = 2.0  # seconds that leaving waits for drafts


class DeskApp(CyderApp[Visit | None]):
    """One member's desk on one terminal.

    `member` is "" where the name is to be asked. `door` is HOST:PORT of the team's way in, to be
    shown. `kept` is what the desk before a visit returned with it.
    """

    TITLE = "CYDER"
    words: ClassVar[Words] = WORDS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", "log-out", priority=True),
    ]
    CSS = """
    Screen { background: $background; }
    Toast { width: 50; max-width: 60%; }
    """

    def __init__(
        self,
        line: Line,
        *,
        team: str,
        member: str = "",
        language: Language = "ja",
        nodes: Sequence[str] = (),
        door: str = "",
        kept: Kept | None = None,
        wide_ambiguous: bool = False,
    ) -> None:
        known = kept or Kept()
        if known.language in ("ja", "en"):
            language = "ja" if known.language == "ja" else "en"
        super().__init__(language, wide_ambiguous=wide_ambiguous)
        self.animation_level = "none"
        self.model = DeskModel(team, member or known.member, tuple(nodes), door)
        self.model.read.update(known.read)
        feed = Feed(line, self.model, self._changed)
        self.room = Room(self.model, feed, Drafts(feed, self.model, self._draft_told))
        self._news = News()
        self.main = MainScreen(self.room, known.page)
        self._greets = kept is None
        self._was_lost = False
        self._state = ""

    def get_key_display(self, binding: Binding) -> str:
        """Name keys as keyboards do, in characters that every terminal has."""
        shown = super().get_key_display(binding)
        return "Enter" if shown == "⏎" else shown.upper() if shown[1:].isdigit() else shown

    def get_default_screen(self) -> MainScreen:
        """The desk is the screen below all others."""
        return self.main

    def on_mount(self) -> None:
        """Begin to follow the exercise; greet who comes for the first time."""
        self.set_interval(1.0, self._tick)
        self._follow()
        self._keep_drafts()
        if self._greets:
            self.push_screen(Welcome(self.room), self._named)

    # What goes on beside what the member does

    @work
    async def _follow(self) -> None:
        await self.room.feed.run()

    @work
    async def _keep_drafts(self) -> None:
        if not self.model.member:
            return  # drafts are the member's: they wait for the name
        while True:
            await self.room.feed.there.wait()
            try:
                await self.room.drafts.restore()
                break
            except Closed:
                continue
        self._changed()
        await self.room.drafts.run()

    def _named(self, name: str | None) -> None:
        if name and not self.model.member:
            self.model.member = name
            self._keep_drafts()
        self._changed()

    def _changed(self) -> None:
        """Draw anew, and say what came."""
        if not self.is_running:
            return
        with suppress(NoMatches):  # a screen that is just being taken down
            for screen in self.screen_stack:
                if isinstance(screen, MainScreen | FormScreen | Welcome) and screen.drawn:
                    screen.refresh_data()
        if self.model.known and not self.model.lost:
            self._tell(self._news.since(self.model))
            self._tell_state()
        if self.model.lost != self._was_lost:
            self._was_lost = self.model.lost
            self.notify(self.say("lost" if self.model.lost else "found"),
                        severity="error" if self.model.lost else "information")  # fmt: skip

    def _tell_state(self) -> None:
        before, self._state = self._state, self.model.state
        if before and before != self._state:
            severity: SeverityLevel = "warning" if self._state == "paused" else "information"
            self.notify(self.say(f"now-{self._state}"), severity=severity)

    def _draft_told(self, form: str) -> None:
        if isinstance(self.screen, FormScreen) and self.screen.drawn:
            self.screen.show_state()

    def _tick(self) -> None:
        screen = self.screen
        if isinstance(screen, MainScreen | FormScreen) and screen.drawn:
            with suppress(NoMatches):
                screen.tick()

    def _tell(self, news: News) -> None:
        if len(news.messages) > 3:
            self.notify(self.say("came-many", count=len(news.messages)), title=self.say("inbox"))
        else:
            for item in news.messages:
                channel = channel_word(self.screen, str(item.get("channel", "")))
                self.notify(
                    self.say("came", channel=channel, who=said(item.get("from"), self.language),
                             subject=said(item.get("subject"), self.language)),
                    title=self.say("inbox"), timeout=10)  # fmt: skip
        if news.messages:
            self.bell()
        for form in news.forms[:3]:
            self.notify(self.say("form-new", title=said(form["title"], self.language)))
        for entry in news.by_others[:3]:
            self._tell_act(str(entry.get("kind")), entry)

    def _tell_act(self, kind: str, entry: dict[str, object]) -> None:
        who = self.model.who(str(entry.get("by", "")))
        if kind == "form.submitted":
            form = self.model.form(str(entry.get("form")))
            title = said(form["title"], self.language) if form else str(entry.get("form"))
            self.notify(self.say("handed-in-note", who=who, title=title))
        elif kind == "node.reverted":
            self.notify(self.say("reset-note", name=entry.get("node", "")), severity="warning")
        elif kind == "hint.taken":
            for hint in self.model.hints:
                if hint["hint"] == entry.get("hint"):
                    objective = said(hint["objective"], self.language)
                    self.notify(self.say("hint-note", who=who, objective=objective,
                                         tier=hint["tier"]))  # fmt: skip

    # What the member does

    @on(FormsPage.Opened)
    @work(exclusive=True, group="form")
    async def _open_form(self, event: FormsPage.Opened) -> None:
        await self.room.drafts.restored.wait()  # or an empty form would replace a draft
        form = self.model.form(event.form)
        if form is not None and not isinstance(self.screen, FormScreen):
            self.push_screen(FormScreen(self.room, form), lambda _: self._changed())

    @on(NodesPage.Chosen)
    @work(exclusive=True, group="leave")
    async def _visit(self, event: NodesPage.Chosen) -> None:
        if event.node in self.model.nodes and await self._may_leave():
            self.exit(Visit(event.node, self.kept()))

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Log out, with drafts in safety or after asking back."""
        if await self._may_leave():
            self.exit(None)

    def notify(self, message: str, **options: Any) -> None:
        """Show a note, harmless and short."""
        options["title"] = line_of(str(options.get("title", "")), 100)
        super().notify(clean(message, 300), **options)

    def action_help_quit(self) -> None:
        """Who presses Ctrl+C out of habit is told how to leave."""
        self.notify(self.say("how-to-leave"))

    async def action_quit(self) -> None:
        """The palette's way to log out."""
        self.action_leave()

    def kept(self) -> Kept:
        """Return what the desk that opens after a visit should know."""
        read = frozenset(self.model.read)
        return Kept(self.model.member, self.language, self.main.opened, read)

    def _fatal_error(self) -> None:
        """Leave a plain traceback on standard error, which the mother keeps from the trainee.

        Textual's own would be drawn from source files, which are not there.
        """
        error = self._exception
        said = "".join(traceback.format_exception(error)) if error is not None else ""
        self._exit_renderables.append(Text(said))
        self._close_messages_no_wait()

    async def _may_leave(self) -> bool:
        """True with drafts in safety, or where the member does without them."""
        with suppress(Closed, TimeoutError):
            async with asyncio.timeout(_FLUSH_WITHIN):
                await self.room.drafts.send()
        if not self.room.drafts.unsaved:
            return True
        sure: Screen[Any] = Sure(self.say("leave-unsaved"), self.say("leave"))
        return bool(await self.push_screen_wait(sure))
