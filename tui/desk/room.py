"""What every screen of the desk is handed, and how each says things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.dom import DOMNode

from range.scenario.model import Language
from tui.desk.drafts import Drafts
from tui.desk.feed import Feed
from tui.desk.model import DeskModel, said
from tui.desk.words import WORDS
from tui.look.app import CyderApp


@dataclass(frozen=True)
class Room:
    """The model and the two that keep it in step with the engine."""

    model: DeskModel
    feed: Feed
    drafts: Drafts


def language(node: DOMNode) -> Language:
    """Return the language of the app that a widget is in."""
    app = node.app
    assert isinstance(app, CyderApp)
    return app.language


def say(node: DOMNode, key: str, **values: object) -> str:
    """Return words in the language of the app that a widget is in."""
    return WORDS.say(key, language(node), **values)


def told(node: DOMNode, value: Any) -> str:
    """Return a text of both languages in the language of the app that a widget is in."""
    return said(value, language(node))
