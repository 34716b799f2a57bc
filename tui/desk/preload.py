"""Loads all that a desk will ever need, while there still are files to load it from.

A desk runs confined, without files. So its mother, before she forks desks, works through a whole
desk once: every page, both languages, a form, every dialogue, the palette and the help, on a canvas
nobody sees. What Python, Textual and Rich load at the first use is loaded then, and style sheets
are parsed once for all desks.
"""

from __future__ import annotations

import asyncio
import codecs
import importlib
import io
from typing import Any

from rich.console import Console
from rich.traceback import Traceback
from textual.events import Paste
from textual.pilot import Pilot

from tui.desk.app import DeskApp
from tui.desk.dialogs import Sure
from tui.desk.fields import Field
from tui.desk.form import FormScreen
from tui.desk.line import Closed, Json, Refusal
from tui.desk.main import PAGES

_MODULES = (
    "textual.drivers.linux_driver",
    "textual.drivers.linux_inline_driver",
    "textual._xterm_parser",
    "textual.widgets._loading_indicator",
    "textual.widgets._help_panel",
    "base64",
    "shutil",
    "webbrowser",
    "traceback",
    "linecache",
)
_CODECS = ("utf-8", "ascii", "latin-1", "unicode_escape", "idna")
_TEXT = {"ja": "稽古です。半角 abc、全角ＡＢＣ、絵文字🙂。", "en": "A rehearsal: text to be read."}


def preload() -> None:
    """Load and parse everything. Takes some seconds; leaves no thread behind."""
    for module in _MODULES:
        importlib.import_module(module)
    for codec in _CODECS:
        codecs.lookup(codec)
    asyncio.run(_rehearse())
    _fail()


async def _rehearse() -> None:
    app = DeskApp(_Rehearsal(), team="team1", nodes=["node"])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("a", "enter")
        for page in PAGES:
            await app.main.action_open(page.name_of)
        await pilot.press("f2", "down", "pagedown")
        form = FormScreen(app.room, _ANSWERS["forms"][0])
        await app.push_screen(form)
        await _fill_in(form, pilot)
        await app.push_screen(Sure("?", "!", [("?", "")]))
        await pilot.press("escape", "f1", "escape", "ctrl+p", "a", "escape")
        app.notify("x", title="x", severity="error")
        await pilot.resize_terminal(160, 50)


async def _fill_in(form: FormScreen, pilot: Pilot[Any]) -> None:
    for field in form.query(Field):
        field.box.focus()
        await pilot.press("1", "space")
        field.complain("?")
        pilot.app.post_message(Paste("1"))
    form.relabel()
    await pilot.press("backspace", "ctrl+s")


def _fail() -> None:
    """Draw a failure once: even that must need no files."""
    try:
        raise RuntimeError
    except RuntimeError:
        Console(file=io.StringIO(), width=80).print(Traceback(show_locals=True))


_KINDS = ("line", "text", "list", "number", "time", "choice", "choices")
_FIELDS: dict[str, Json] = {
    kind: {"label": _TEXT, "kind": kind, "required": False, "help": _TEXT,
           **({"choices": {"a": _TEXT, "b": _TEXT}} if kind.startswith("choice") else {})}
    for kind in _KINDS
}  # fmt: skip
_ANSWERS: dict[str, Any] = {
    "briefing": {"title": _TEXT, "briefing": _TEXT, "state": "running", "seconds": 1.0,
                 "end": 60.0, "rate": 1.0, "shows_score": True, "recorded": _TEXT,
                 "team": {"id": "team1", "name": "チーム"}},
    "inbox": [{"id": channel, "at": "T+00:00", "channel": channel, "from": _TEXT, "to": [_TEXT],
               "subject": _TEXT, "text": _TEXT} for channel in ("e-mail", "phone")],
    "forms": [{"form": "a", "title": _TEXT, "to": _TEXT, "about": _TEXT, "fields": _FIELDS}],
    "hints": [{"hint": "a", "objective": _TEXT, "tier": 1, "cost": 1.0, "text": None}],
    "timeline": [{"at": "T+00:00", "kind": "form.submitted", "by": "team1", "form": "a"}],
    "network": {"networks": {"a": {"title": _TEXT, "cidr": "198.51.100.0/24"}},
                "nodes": {"node": {"title": _TEXT, "addresses": ["198.51.100.1"]}}},
    "submissions": {},
    "score": {"score": 1.0, "max": 2.0, "provisional": True,
              "phases": [{"phase": "observe", "points": 1.0, "max": 2.0}]},
    "drafts": {},
    "draft": {"saved": True},
}  # fmt: skip


class _Rehearsal:
    """A line to an exercise that is made up; the third watch finds it cut."""

    def __init__(self) -> None:
        self._watched = 0

    async def ask(self, op: str, **payload: Any) -> Any:
        """Answer from the table."""
        if op == "watch":
            self._watched += 1
            if self._watched == 3:
                raise Closed
            await asyncio.sleep(0.05 * self._watched)
            return {"seq": self._watched}
        if op not in _ANSWERS:
            raise Refusal(_TEXT)
        return _ANSWERS[op]
