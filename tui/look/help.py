"""The keys of a screen, over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.look.theme import STRONG


class HelpScreen(ModalScreen[None]):
    """A list of keys. Closed by Esc, F1 or a click beside it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f1", "app.pop_screen", "back"),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 64; max-width: 90%; height: auto; max-height: 90%;
        background: $panel; border: round $primary; padding: 0 2;
        border-title-color: $primary; border-subtitle-color: $secondary;
    }
    HelpScreen Static { height: auto; }
    """

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Put the list together."""
        table = Table.grid(padding=(0, 2), expand=True)
        table.add_column(no_wrap=True, justify="right")
        table.add_column(ratio=1)
        for key, said in self._keys:
            table.add_row(Text(key, style=STRONG), Text(said))
        with VerticalScroll() as box:
            yield Static(table)
        say = getattr(self.app, "say", str)
        box.border_title, box.border_subtitle = say("help-title"), say("help-close")
