"""Views of which one is looked at, chosen by its tab or by a key."""

from __future__ import annotations

from textual.widgets import TabbedContent, TabPane


class Views(TabbedContent):
    """Tabbed content that only its tabs and its `active` turn.

    Textual also turns to a view in which something was focused. That message may arrive after
    somebody has turned on to the next view, and would turn it back: a key seemed to do nothing.
    """

    def _on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        event.stop()
        event.prevent_default()
