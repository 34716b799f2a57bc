"""Text that is drawn anew only when it says something else, and laid out only when it must."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text
from textual.widgets import Static


class Lines(Static):
    """A `Static` for what is said again and again. Never markup."""

    def __init__(self, *, id: str, classes: str | None = None, wraps: bool = False) -> None:
        """`wraps`: its height may change although its number of lines does not."""
        super().__init__(id=id, classes=classes, markup=False)
        self._wraps = wraps
        self._said: RenderableType | None = None

    def put(self, said: RenderableType) -> None:
        """Say something; nothing is drawn if it is what is there."""
        before = self._said
        if isinstance(said, Text) and isinstance(before, Text):
            if said == before and said.style == before.style:
                return
            layout = self._wraps or said.plain.count("\n") != before.plain.count("\n")
        else:
            layout = True
        self._said = said
        self.update(said, layout=layout)
