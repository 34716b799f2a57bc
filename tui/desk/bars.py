"""The lines around every screen: exercise and clock above, the pages, the keys below."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tui.desk.model import spoken
from tui.desk.room import Room, say, told
from tui.look.text import fit
from tui.look.theme import BAD, CARE, GOOD, QUIET, STRONG

_STATES = {"waiting": (".", QUIET), "running": (">", GOOD), "paused": ("=", CARE),
           "over": ("#", QUIET)}  # fmt: skip


class Header(Static):
    """Title, team and member, state and clock. The app calls `tick` each second."""

    DEFAULT_CSS = "Header { height: 1; width: 1fr; padding: 0 1; background: $panel; }"

    def __init__(self, room: Room) -> None:
        super().__init__(markup=False)
        self._room = room
        self._shown = ""

    def tick(self) -> None:
        """Show the clock as it is now."""
        text = self._text(self.size.width - 2)
        if text.markup != self._shown:
            self._shown = text.markup
            self.update(text, layout=False)

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new width."""
        self.tick()

    def _text(self, width: int) -> Text:
        model = self._room.model
        if model.lost:
            right = Text(f"! {say(self, 'lost')}", style=f"bold {BAD}")
        elif not model.known:
            right = Text(say(self, "loading"), style=QUIET)
        else:
            right = self._clock()
        who = model.team_name + (f" {model.member}" if model.member else "")
        title = told(self, model.briefing.get("title")) or say(self, "desk")
        space = max(width - right.cell_len - 2, 0)
        who = fit(who, min(space, 28))
        title = fit(title, max(space - cell_len(who) - 2, 0))
        left = Text(title, style=STRONG).append("  " if title else "").append(who, style="default")
        gap = " " * max(width - left.cell_len - right.cell_len, 1)
        return Text("", no_wrap=True, end="").append_text(left).append(gap).append_text(right)

    def _clock(self) -> Text:
        model = self._room.model
        sign, style = _STATES[model.state]
        text = Text(f"{sign} {say(self, model.state)}", style=style)
        if model.state == "waiting":
            return text.append(f"  {say(self, 'lasts', time=spoken(model.end))}", style=QUIET)
        text.append(f"  T+{spoken(model.seconds)}", style=STRONG)
        if model.state == "over":
            return text
        left = say(self, "left", time=spoken(model.end - model.seconds))
        return text.append(f"  {left}", style=CARE if model.end - model.seconds < 600 else QUIET)


class PageBar(Static):
    """The pages and which one is open; each is opened by its number."""

    DEFAULT_CSS = "PageBar { height: 1; width: 1fr; padding: 0 1; background: $surface; }"

    class Wanted(Message):
        """A page was clicked."""

        def __init__(self, page: str) -> None:
            super().__init__()
            self.page = page

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._ends: list[tuple[int, str]] = []

    def show(self, pages: Sequence[tuple[str, str]], opened: str) -> None:
        """Show pages with what stands behind each (such as a number of unread messages)."""
        text, self._ends = Text(no_wrap=True, end=""), []
        for number, (page, note) in enumerate(pages, 1):
            label = f"{number} {say(self, page)}{note}"
            shown = f"[{label}]" if page == opened else f" {label} "
            style = "reverse" if page == opened else f"bold {CARE}" if note else ""
            text.append(shown, style=style)
            self._ends.append((text.cell_len, page))
        self.update(text)

    def on_click(self, event: events.Click) -> None:
        """Ask for the page that was clicked."""
        for end, page in self._ends:
            if event.x - 1 < end:
                self.post_message(self.Wanted(page))
                break


class KeyBar(Widget):
    """The keys that work here, as many as fit; F1 has them all."""

    DEFAULT_CSS = "KeyBar { height: 1; width: 1fr; padding: 0 1; background: $surface; }"

    def on_mount(self) -> None:
        """Follow the keys of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        """Draw one line."""
        text = Text(no_wrap=True, end="")
        shown = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or binding.action in shown:
                continue
            shown.add(binding.action)
            key = self.app.get_key_display(binding)
            if text.cell_len + cell_len(f"{key} {binding.description}") > self.size.width - 2:
                break
            text.append(key, style=f"bold {CARE}").append(f" {binding.description}  ")
        return text
