"""What members type is soon kept by the engine, whatever becomes of the line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tui.desk.feed import Feed
from tui.desk.line import Answers, Closed, Refusal
from tui.desk.model import DeskModel

SOON = 0.7  # seconds from a change until it is sent, together with what followed


class Drafts:
    """Drafts of one member. `told` is called when it changed whether a form's draft is safe."""

    def __init__(self, feed: Feed, model: DeskModel, told: Callable[[str], None]) -> None:
        self._feed, self._model, self._told = feed, model, told
        self._unsaved: dict[str, Answers] = {}
        self._work = asyncio.Event()
        self._one = asyncio.Lock()
        self.restored = asyncio.Event()  # set once what was typed before is here
        self.refused: dict[str, dict[str, str]] = {}

    @property
    def unsaved(self) -> list[str]:
        """Forms with something typed that the engine has not got."""
        return list(self._unsaved)

    async def restore(self) -> None:
        """Fetch what was typed before; what is being typed here wins. Closed."""
        with suppress(Refusal):
            kept = await self._feed.ask("drafts")
            if isinstance(kept, dict):
                before = {form: dict(draft["answers"]) for form, draft in kept.items()}
                self._model.drafts = {**before, **self._unsaved}
        self.restored.set()

    def write(self, form: str, answers: Answers) -> None:
        """Keep what is typed in a form now."""
        self._model.drafts[form] = self._unsaved[form] = dict(answers)
        self._work.set()
        self._told(form)

    async def submit(self, form: str, answers: Answers, key: str) -> Any:
        """Hand a form in; its draft is gone with it. Sent again with its key until answered.

        Refusal.
        """
        async with self._one:
            done = await self._feed.ask_until_answered(
                "submit", form=form, answers=answers, key=key
            )
            self._unsaved.pop(form, None)
            self._model.drafts.pop(form, None)
        self._told(form)
        return done

    async def run(self) -> None:
        """Send what was typed, until cancelled."""
        while True:
            await self._work.wait()
            await asyncio.sleep(SOON)
            self._work.clear()
            try:
                await self.send()
            except Closed:
                await self._feed.there.wait()
                self._work.set()

    async def send(self) -> None:
        """Send what the engine has not got; Closed."""
        for form in self.unsaved:
            async with self._one:
                answers = self._unsaved.get(form)
                if answers is None:
                    continue
                try:
                    await self._feed.ask("draft", form=form, answers=answers)
                    self.refused.pop(form, None)
                except Refusal as refusal:
                    self.refused[form] = refusal.text
                # What was typed while it was on its way is sent by the next round.
                if self._unsaved.get(form) is answers:
                    del self._unsaved[form]
            self._told(form)
