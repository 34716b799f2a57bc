"""What is new since the last look and worth a word, whichever page is open."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.desk.line import Json
from tui.desk.model import DeskModel


@dataclass
class News:
    """Remembers what was there. `since` returns what came, and nothing at the first look."""

    _seen: set[str] | None = None
    messages: list[Json] = field(default_factory=list)
    forms: list[Json] = field(default_factory=list)
    by_others: list[Json] = field(default_factory=list)

    def since(self, model: DeskModel) -> News:
        """Take in the model; return only what was not there before."""
        messages = {f"m{item['id']}": item for item in model.inbox}
        forms = {f"f{form['form']}": form for form in model.forms}
        done = {f"t{number}": entry for number, entry in enumerate(model.timeline)}
        there = {*messages, *forms, *done}
        seen, self._seen = self._seen, there
        if seen is None:
            return News()
        return News(
            messages=[item for key, item in messages.items() if key not in seen],
            forms=[form for key, form in forms.items() if key not in seen],
            by_others=[
                entry
                for key, entry in done.items()
                if key not in seen and entry.get("by") != model.by
            ],
        )
