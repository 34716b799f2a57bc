"""Asking the engine for something, and telling the instructor what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.screen import Screen

from range.errors import CyderError
from range.scenario.model import Language
from tui.console.client import SLOW, TIMEOUT, EngineGone
from tui.console.exercise.cells import ENDED
from tui.console.exercise.dialogs import Ask, Field, Pick, spoken_by
from tui.console.exercise.hub import Hub
from tui.console.exercise.refusals import refusal
from tui.console.exercise.words import WORDS
from tui.look.app import SpeakingScreen

_SLOWLY = frozenset({"reset", "snapshot", "revert"})


class Acting(SpeakingScreen[None]):
    """A screen that asks back, acts and tells."""

    hub: Hub

    @property
    def language(self) -> Language:
        """The language of the moment."""
        return spoken_by(self)

    def say(self, key: str, **values: object) -> str:
        """Return words in the language of the moment."""
        return WORDS.say(key, self.language, **values)

    def tell(self, key: str, **values: object) -> None:
        """Show a short note."""
        self.app.notify(self.say(key, **values), timeout=4)

    def refuse(self, error: CyderError) -> None:
        """Show what went wrong, and what helps."""
        if isinstance(error, EngineGone) and self.hub.story.over:
            self.tell("is-over")
            return
        message, hint = refusal(error, self.language)
        told = f"{message}\n{hint}" if hint else message
        self.app.notify(told, severity="error", timeout=8)

    async def ask(self, dialog: Screen[Any]) -> Any:
        """Show a dialogue and wait for its answer; None when it was left."""
        return await self.app.push_screen_wait(dialog)

    async def act(self, verb: str, done: str = "", *, values: dict[str, object] | None = None,
                  **args: Any) -> bool:  # fmt: skip
        """Ask the engine; True when it did so. What came of it is told."""
        try:
            await self.hub.client.ask(verb, timeout=SLOW if verb in _SLOWLY else TIMEOUT, **args)
        except CyderError as error:
            self.refuse(error)
            return False
        self.tell(done or f"done-{verb}", **(values or {}))
        return True

    async def about_inject(
        self, verb: str, id_: str, fields: Sequence[Field] = (), *, fits: Callable[[str], bool],
        check: Callable[[Any], str] | None = None,
    ) -> Any:  # fmt: skip
        """Ask for which teams, and what else a verb needs, with those preset that it fits."""
        hub = self.hub
        fitting = [team for team in hub.teams if fits(hub.cell(team, id_).status)]
        chosen = fitting or hub.teams
        about = hub.scenario.injects[id_].title.in_(self.language)
        teams = Field("teams", self.say("f-teams"), "teams", chosen, hub.names())
        title = self.say(f"q-{verb}", id=id_)
        return await self.ask(
            Ask(title, [*fields, teams], about=about, yes=self.say(verb), check=check)
        )

    async def pick(self, title: str, choices: Sequence[tuple[str, str]]) -> str | None:
        """Ask for one of several."""
        found = await self.ask(Pick(title, choices))
        return found if isinstance(found, str) else None


def open_still(status: str) -> bool:
    """True for an inject that has not come yet."""
    return status not in ENDED and status != "open"
