"""A table that is shown anew without losing its place: only cells that changed are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.widgets import DataTable

Row = tuple[str, Sequence[Text]]  # key, cells


class Grid(DataTable[Text]):
    """Rows by key. Cells are `Text`, so nothing in them is ever markup."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=False)
        self._single = False
        self._heads: tuple[tuple[str, int | None], ...] = ()
        self._shown: dict[str, tuple[Text, ...]] = {}

    async def _on_click(self, event: events.Click) -> None:
        """Choose a row; open it by a second click soon after, not by any later one."""
        self._single = event.chain < 2
        await super()._on_click(event)
        self._single = False

    def _post_selected_message(self) -> None:
        if not self._single:
            super()._post_selected_message()  # type: ignore[no-untyped-call]

    @property
    def chosen(self) -> str:
        """Key of the row under the cursor; "" where there is none."""
        if not self.row_count:
            return ""
        return str(self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value)

    def choose(self, key: str) -> None:
        """Put the cursor on a row, if it is there."""
        if key in self._shown:
            self.move_cursor(row=self.get_row_index(key), scroll=True)

    def fill(self, heads: Sequence[tuple[str, int | None]], rows: Sequence[Row]) -> None:
        """Show these rows. `heads` are the columns' titles and widths.

        None: as wide as needed; 0: the column has no room here and is left out.
        """
        kept = [number for number, (_, width) in enumerate(heads) if width != 0]
        heads = [heads[number] for number in kept]
        wanted = {key: tuple(cells[number] for number in kept) for key, cells in rows}
        if tuple(heads) != self._heads or list(wanted) != list(self._shown):
            self._anew(heads, wanted)
            return
        for key, cells in wanted.items():
            before = self._shown[key]
            if cells == before:
                continue
            for column, (new, old) in enumerate(zip(cells, before, strict=True)):
                if new != old:
                    self.update_cell(key, str(column), new)
            self._shown[key] = cells

    def _anew(
        self, heads: Sequence[tuple[str, int | None]], wanted: dict[str, tuple[Text, ...]]
    ) -> None:
        chosen, row = self.chosen, self.cursor_row
        across, down = self.scroll_x, self.scroll_y
        self.clear(columns=True)
        self._heads, self._shown = tuple(heads), wanted
        for column, (title, width) in enumerate(heads):
            self.add_column(Text(title), width=width, key=str(column))
        for key, cells in wanted.items():
            self.add_row(*cells, key=key)
        if chosen in wanted:
            row = self.get_row_index(chosen)
        if wanted:
            self.move_cursor(row=min(row, len(wanted) - 1), scroll=False)
        self.scroll_to(across, down, animate=False, force=True)
