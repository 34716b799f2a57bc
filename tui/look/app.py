"""The app that console, desk and scoreboard are: one theme, two languages, keys that explain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import App, SystemCommand
from textual.binding import ActiveBinding, Binding, BindingType
from textual.command import CommandPalette
from textual.filter import LineFilter
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen

from range.scenario.model import Language
from tui.look.help import HelpScreen
from tui.look.theme import THEME
from tui.look.width import Narrow
from tui.look.words import COMMON, Words

R = TypeVar("R")
S = TypeVar("S")

# Textual's own descriptions -> our keys
_TEXTUAL = {"Quit": "quit", "Focus Next": "next-field", "Focus Previous": "previous-field",
            "Copy selected text": "copy"}  # fmt: skip


class CyderApp(App[R], Generic[R]):
    """Base of the three surfaces. `words` is the surface's table, with what its keys do."""

    words: ClassVar[Words] = Words(COMMON)
    language: reactive[Language] = reactive[Language]("ja", init=False)
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "help"),
        Binding("f2", "language", "language"),
        Binding("ctrl+q", "quit", "quit", priority=True),
    ]
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, language: Language = "ja", *, wide_ambiguous: bool = False) -> None:
        super().__init__()
        self._narrow: Sequence[LineFilter] = [Narrow()] if wide_ambiguous else []
        self.register_theme(THEME)
        self.theme = THEME.name
        self.set_reactive(CyderApp.language, language)

    def say(self, key: str, **values: object) -> str:
        """Return the words of `key` in the language of the moment."""
        return self.words.say(key, self.language, **values)

    def described(self, text: str) -> str:
        """Return what a key's description says: a key of the words, or itself."""
        key = _TEXTUAL.get(text, text)
        return self.say(key) if key in self.words else text

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add what a terminal with wide ambiguous characters needs."""
        return [*super().get_line_filters(), *self._narrow]

    def notify(self, message: str, **options: Any) -> None:
        """Show a note; never as markup, whatever is in it."""
        super().notify(message, **{**options, "markup": False})

    # Language

    def action_language(self) -> None:
        """Switch between Japanese and English."""
        self.language = "en" if self.language == "ja" else "ja"

    async def watch_language(self) -> None:
        """Say everything again: screens that cannot do it themselves are composed anew."""
        for screen in self.screen_stack:
            relabel = getattr(screen, "relabel", None)
            if relabel is not None:
                relabel()
            else:
                await screen.recompose()
            screen.refresh_bindings()

    # Help and commands

    def action_help(self) -> None:
        """Show the keys of the screen."""
        self.push_screen(HelpScreen(keys(self)))

    def action_command_palette(self) -> None:
        """Open the command palette in the language of the moment."""
        opened = any(isinstance(screen, CommandPalette) for screen in self.screen_stack)
        if self.use_command_palette and not opened:
            self.push_screen(
                CommandPalette(placeholder=self.say("palette-search"), id="--command-palette")
            )

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every key of the screen as a command, so that none has to be remembered."""
        seen = set()
        for active in screen.active_bindings.values():
            binding, node = active.binding, active.node
            if not binding.description or binding.system or binding.action in seen:
                continue
            if usual(active):
                continue
            seen.add(binding.action)

            async def call(action: str = binding.action, node: object = node) -> None:
                await self.run_action(action, node)  # type: ignore[arg-type]

            yield SystemCommand(binding.description, self.get_key_display(binding), call)


class SpeakingScreen(Screen[S], Generic[S]):
    """A screen whose keys are described in the language of the moment."""

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        return described(super().active_bindings, self.app)


class SpeakingDialog(ModalScreen[S], Generic[S]):
    """A dialogue over the screen; Esc leaves it without an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "cancel")]

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        return described(super().active_bindings, self.app)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


def described(bindings: dict[str, ActiveBinding], app: object) -> dict[str, ActiveBinding]:
    """Return bindings whose descriptions are words, not keys of words."""
    if not isinstance(app, CyderApp):
        return bindings
    return {
        key: active._replace(
            binding=replace(active.binding, description=app.described(active.binding.description))
        )
        for key, active in bindings.items()
    }


def usual(active: ActiveBinding) -> bool:
    """True for keys that a list, text or field of Textual's has by itself, not by us.

    Everybody knows them; neither help nor palette is made longer by them.
    """
    if isinstance(active.node, Screen | App):
        return False
    for kind in type(active.node).__mro__:
        for binding in Binding.make_bindings(vars(kind).get("BINDINGS", ())):
            if binding.key == active.binding.key:
                return kind.__module__.startswith("textual.")
    return False


def keys(app: CyderApp[R]) -> list[tuple[str, str]]:
    """Return the keys that work on the present screen and what each does, one line an action."""
    told: dict[tuple[str, str], list[str]] = {}
    for active in app.screen.active_bindings.values():
        binding = active.binding
        if binding.description and not binding.system and not usual(active):
            told.setdefault((binding.action, app.described(binding.description)), []).append(
                app.get_key_display(binding)
            )
    return [(" / ".join(dict.fromkeys(shown)), said) for (_, said), shown in told.items()]
