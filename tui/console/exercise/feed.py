"""The evidence feed: every event as it comes, of one team or all, of one kind or all."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import work
from textual.app import ComposeResult

from range.errors import CyderError
from range.events.event import Event
from tui.console.exercise.feed_view import FeedView
from tui.console.exercise.finder import Finder
from tui.console.exercise.hub import Hub
from tui.console.exercise.lines import Lines
from tui.console.exercise.pane import Pane, folded
from tui.console.exercise.told import GROUPS, kind, told, when
from tui.look.text import padded
from tui.look.theme import CARE, QUIET, STRONG

_PAGE = 300


class FeedPane(Pane):
    """The feed with its filters: the scope, a group of kinds, a search."""

    def __init__(self, hub: Hub, *, id: str) -> None:
        super().__init__(hub, id=id)
        self.group = "all"
        self._wanted = ("", "", "")  # what is shown now: scope, group, search
        self._seq = 0

    def compose(self) -> ComposeResult:
        """A search line, a line that says what is shown, the feed."""
        yield Finder(id="find-feed")
        yield Lines(id="feed-bar", classes="bar")
        yield FeedView(self._line, id="feed")

    def look(self) -> None:
        """Go to the feed."""
        self.query_one(FeedView).focus()

    def refresh_scene(self) -> None:
        """Show what is new, or all of it when something else is wanted."""
        view = self.query_one(FeedView)
        wanted = (self.hub.scope, self.group, folded(self.query_one(Finder).value))
        recent = self.hub.scene.recent
        if wanted != self._wanted or not self._seq:
            self._wanted = wanted
            view.show_all(event for event in recent if self._shown(event))
        else:
            view.append([e for e in recent if e.seq > self._seq and self._shown(e)])
        self._seq = self.hub.story.seq
        self._bar()
        view.refresh()

    def next_group(self) -> None:
        """Show the next group of kinds."""
        groups = list(GROUPS)
        self.group = groups[(groups.index(self.group) + 1) % len(groups)]
        self.refresh_scene()

    def toggle(self) -> None:
        """Stand still, or follow again."""
        view = self.query_one(FeedView)
        if view.following:
            view.pause()
        else:
            view.show_all(event for event in self.hub.scene.recent if self._shown(event))
        self._bar()

    def on_feed_view_moved(self, event: FeedView.Moved) -> None:
        """Say whether it follows."""
        event.stop()
        self._bar()

    def on_feed_view_older_wanted(self, event: FeedView.OlderWanted) -> None:
        """Read an older page of the log."""
        event.stop()
        self._older(self.query_one(FeedView).oldest)

    @work(thread=True, exclusive=True, group="older")
    def _older(self, before: int) -> None:
        try:
            found = self.hub.reader.page(before, _PAGE, self._shown)
        except CyderError as error:
            self.app.call_from_thread(self.app.notify, error.message, severity="error")
            return
        self.app.call_from_thread(self._older_came, before, found)

    def _older_came(self, before: int, found: Sequence[Event]) -> None:
        view = self.query_one(FeedView)
        if view.oldest == before:
            view.prepend(found)

    def _shown(self, event: Event) -> bool:
        scope, _, wanted = self._wanted
        if scope and event.team not in ("", scope):
            return False
        if event.kind not in GROUPS[self.group]:
            return False
        return not wanted or wanted in folded(
            f"{event.team} {event.actor} {told(event, self.hub.scenario, self.language)}"
        )

    def _line(self, event: Event) -> Text:
        return event_line(self.hub, event, self)

    def _bar(self) -> None:
        view = self.query_one(FeedView)
        text = Text(no_wrap=True, overflow="ellipsis")
        scope = self.hub.name(self.hub.scope) if self.hub.scope else self.say("scope-all")
        text.append(f"{scope} / {self.say('group-' + self.group)} / ")
        if view.following:
            text.append(self.say("feed-live"), STRONG)
        else:
            text.append(self.say("feed-paused", n=view.missed), CARE)
        self.query_one("#feed-bar", Lines).put(text)


def event_line(hub: Hub, event: Event, pane: Pane) -> Text:
    """Return an event in one line: time, team, kind, what happened."""
    word, style = kind(event, pane.language)
    text = Text(no_wrap=True, end="")
    text.append(padded(when(event), 10), QUIET)
    text.append(padded(hub.name(event.team) if event.team else "-", 11), STRONG)
    text.append(padded(word, 11), style)
    text.append(told(event, hub.scenario, pane.language))
    return text
