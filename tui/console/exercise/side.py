"""Beside every view on a wide screen: what comes next, what waits for you, who is stuck."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult

from tui.console.exercise.feed import event_line
from tui.console.exercise.lines import Lines
from tui.console.exercise.pane import Pane
from tui.console.exercise.signs import LEVELS, countdown
from tui.console.exercise.teams import idle_words, score_text
from tui.look.text import fit, padded
from tui.look.theme import BAD, CARE, QUIET, STRONG

_NEXT = 8
_NEEDS = 6
_TEAMS = 8
_LATEST = 12


class SidePane(Pane):
    """Four short lists."""

    DEFAULT_CSS = """
    SidePane { width: 52; border-left: solid $panel; padding: 0 1; }
    SidePane Lines { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """What waits, and what happened last: they change at different times."""
        yield Lines(id="side-text")
        yield Lines(id="side-latest")

    def refresh_scene(self) -> None:
        """Say everything as it is now."""
        text = Text(no_wrap=True, overflow="ellipsis")
        for part in (self._next(), self._needs(), self._teams()):
            text.append_text(part).append("\n")
        self.query_one("#side-text", Lines).put(text)
        self.refresh_latest()

    def refresh_latest(self) -> None:
        """Say what happened last."""
        self.query_one("#side-latest", Lines).put(self._latest())

    def _title(self, key: str) -> Text:
        return Text(f"{self.say(key)}\n", style=f"bold {QUIET}")

    def _next(self) -> Text:
        text = self._title("side-next")
        coming = self.hub.coming()
        for each in coming[:_NEXT]:
            inject = self.hub.scenario.injects[each.inject]
            teams = (
                ""
                if len(each.teams) == len(self.hub.story.teams)
                else " ".join(self.hub.name(team) for team in each.teams)
            )
            will = f" {self.say('will-' + each.will)}" if each.will != "inject" else ""
            text.append(padded(countdown(each.at - self.hub.now), 8), STRONG)
            said = f"{each.inject} {inject.title.in_(self.language)}{will}"
            text.append(fit(said, 26 if teams else 40) + " ")
            text.append(fit(teams, 14) + "\n", QUIET)
        if not coming:
            text.append(self.say("nothing-due") + "\n", QUIET)
        return text

    def _needs(self) -> Text:
        text = self._title("side-needs")
        hub = self.hub
        lines: list[tuple[str, str]] = []
        for team, id_ in hub.unknown():
            lines.append((f"? {id_} {hub.name(team)}: {self.say('s-unknown')}", BAD))
        for team, id_ in hub.calls():
            title = hub.scenario.injects[id_].title.in_(self.language)
            lines.append((f"! {id_} {hub.name(team)}: {title}", CARE))
        for team, check in hub.awaiting():
            title = hub.scenario.checks[check].title.in_(self.language)
            lines.append((f"~ {hub.name(team)}: {title}", CARE))
        for line, style in lines[:_NEEDS]:
            text.append(fit(line, 48) + "\n", style)
        if len(lines) > _NEEDS:
            text.append(f"… +{len(lines) - _NEEDS}\n", QUIET)
        if not lines:
            text.append(self.say("needs-none") + "\n", QUIET)
        return text

    def _teams(self) -> Text:
        text = self._title("side-teams")
        order = {"stuck": 0, "watch": 1, "ok": 2}
        standings = sorted(self.hub.standings(), key=lambda each: (order[each.level], -each.idle))
        for each in standings[:_TEAMS]:
            text.append(padded(self.hub.name(each.team), 16), STRONG)
            text.append(padded(self.say(f"level-{each.level}"), 9), LEVELS[each.level])
            text.append_text(score_text(self.hub.scene.grades.get(each.team)))
            text.append(f"  {idle_words(each, self.language)}\n", QUIET)
        if len(standings) > _TEAMS:
            text.append(f"… +{len(standings) - _TEAMS}\n", QUIET)
        return text

    def _latest(self) -> Text:
        text = self._title("side-feed")
        scope = self.hub.scope
        recent = [e for e in self.hub.scene.recent if not scope or e.team in ("", scope)]
        for event in recent[-_LATEST:]:
            line = event_line(self.hub, event, self)
            line.truncate(49, overflow="ellipsis")
            text.append_text(line).append("\n")
        return text
