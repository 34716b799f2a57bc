"""Commands that name something of the exercise: an inject to go to, a team to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

if TYPE_CHECKING:
    from tui.console.exercise.screen import ExerciseScreen


class Places(Provider):
    """Injects, teams, checks and nodes by name."""

    async def discover(self) -> Hits:
        """Offer the teams before anything is typed."""
        for text, call in self._teams():
            yield DiscoveryHit(Content(text), call, text=text)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for text, call in self._all():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), call, text=text)

    @property
    def _during(self) -> ExerciseScreen:
        from tui.console.exercise.screen import ExerciseScreen

        assert isinstance(self.screen, ExerciseScreen)
        return self.screen

    def _teams(self) -> Iterator[tuple[str, Callable[[], object]]]:
        screen = self._during
        for team in ("", *screen.hub.story.teams):
            name = screen.hub.name(team) if team else screen.say("scope-all")
            yield f"{screen.say('f-team')}: {name}", partial(screen.look_at, team)

    def _all(self) -> Iterator[tuple[str, Callable[[], object]]]:
        screen = self._during
        yield from self._teams()
        for id_, inject in screen.hub.scenario.injects.items():
            text = f"{id_} {inject.title.in_(screen.language)}"
            yield text, partial(screen.go_to, "msel", id_)
        for team in screen.hub.teams:
            for node in screen.hub.story.teams[team].nodes:
                text = f"{screen.hub.name(team)} {node}"
                yield text, partial(screen.go_to, "nodes", f"{team}/{node}")
