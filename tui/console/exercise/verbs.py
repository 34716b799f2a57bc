"""Every verb of the white cell, as the console asks for it."""

from __future__ import annotations

import unicodedata
from typing import get_args

from rich.console import Group
from rich.text import Text
from textual import work

from range.errors import CyderError
from range.report.words import WORDS as REPORT
from range.scenario.inject import Channel
from tui.console.exercise.acting import Acting, open_still
from tui.console.exercise.detail import script
from tui.console.exercise.dialogs import Ask, Field
from tui.console.exercise.marks import rubric_and_answer
from tui.console.exercise.refusals import fired_before
from tui.console.exercise.signs import short, status_text
from tui.look.text import block
from tui.look.theme import CARE, QUIET


class Verbs(Acting):
    """What needs no view of its own; views hand in what is chosen in them."""

    def chosen_inject(self) -> str:
        """Return the inject under the cursor; "" where there is none."""
        return ""

    # The clock

    @work
    async def action_start(self) -> None:
        """STARTEX, asked back."""
        title = self.hub.scenario.title.in_(self.language)
        if await self.ask(Ask(self.say("q-start"), about=title, yes=self.say("start"))) is not None:
            await self.act("start")

    @work
    async def action_pause(self) -> None:
        """Hold the clock, or let it run again."""
        verb = "pause" if self.hub.story.running else "resume"
        await self.act(verb)

    @work
    async def action_extend(self) -> None:
        """Move the end."""
        by = Field("by", self.say("f-by"), value="15m", required=True)
        given = await self.ask(Ask(self.say("q-extend"), [by], yes=self.say("extend")))
        if given is not None:
            await self.act("extend", by=unicodedata.normalize("NFKC", given["by"]).strip())

    @work
    async def action_end(self) -> None:
        """ENDEX, asked back."""
        if self.hub.story.over:
            self.tell("is-over")
            return
        reason = Field("reason", self.say("f-reason"))
        about = self.say("q-end-about")
        question = Ask(self.say("q-end"), [reason], about=about, yes=self.say("end"))
        given = await self.ask(question)
        if given is not None:
            await self.act("end", reason=given["reason"])

    # Injects

    @work
    async def action_fire(self) -> None:
        """Fire the chosen inject now."""
        if id_ := self._inject():
            await self._fire(id_)

    @work
    async def action_contingency(self) -> None:
        """Fire one of the injects that wait for the instructor's hand."""
        ready = [
            (id_, f"{id_} {inject.title.in_(self.language)}")
            for id_, inject in self.hub.scenario.injects.items()
            if inject.manual or inject.contingency
        ]
        if not ready:
            self.tell("none-contingency")
            return
        id_ = await self.pick(self.say("q-contingency"), ready)
        if id_ is not None:
            await self._fire(id_)

    async def _fire(self, id_: str) -> None:
        given = await self.about_inject("fire", id_, fits=open_still)
        if given is None:
            return
        try:
            await self.hub.client.ask("fire", inject=id_, teams=given["teams"])
        except CyderError as error:
            if not fired_before(error):
                self.refuse(error)
            elif await self.ask(self._again(id_, given["teams"])) is not None:
                await self.act("fire", inject=id_, teams=given["teams"], force=True,
                               values={"id": id_})  # fmt: skip
            return
        self.tell("done-fire", id=id_)

    def _again(self, id_: str, teams: list[str]) -> Ask:
        """Return the question whether to fire twice, with how it stands for each team."""
        lines = []
        for team in teams:
            line = Text(f"{self.hub.name(team)}: ")
            lines.append(line.append_text(status_text(self.hub.cell(team, id_), self.language)))
        return Ask(self.say("q-again", id=id_), about=Group(*lines), yes=self.say("fire"))

    @work
    async def action_skip(self) -> None:
        """Pass the chosen inject over."""
        if id_ := self._inject():
            reason = Field("reason", self.say("f-reason"))
            given = await self.about_inject("skip", id_, [reason], fits=open_still)
            if given is not None:
                await self.act("skip", inject=id_, **given, values={"id": id_})

    @work
    async def action_hold(self) -> None:
        """Keep the chosen inject back."""
        if id_ := self._inject():
            given = await self.about_inject("hold", id_, fits=open_still)
            if given is not None:
                await self.act("hold", inject=id_, **given, values={"id": id_})

    @work
    async def action_release(self) -> None:
        """Let the chosen inject come."""
        if id_ := self._inject():
            given = await self.about_inject("release", id_, fits=lambda status: status == "held")
            if given is not None:
                await self.act("release", inject=id_, **given, values={"id": id_})

    @work
    async def action_retime(self) -> None:
        """Move the chosen inject to another time."""
        if id_ := self._inject():
            soon = short(self.hub.now + 600)
            at = Field("at", self.say("f-at"), value=f"T+{soon.rjust(5, '0')}", required=True)
            given = await self.about_inject("retime", id_, [at], fits=open_still)
            if given is not None:
                time = unicodedata.normalize("NFKC", given["at"]).strip().upper()
                await self.act("retime", inject=id_, at=time, teams=given["teams"],
                               values={"id": id_})  # fmt: skip

    @work
    async def action_decide(self) -> None:
        """Say what becomes of an inject of which nobody knows whether it happened."""
        unknown = self.hub.unknown()
        if not unknown:
            self.tell("none-unknown")
            return
        choices = [(f"{team}/{id_}", f"{id_} {self.hub.name(team)}") for team, id_ in unknown]
        one = await self.pick(self.say("decide"), choices) if len(unknown) > 1 else choices[0][0]
        if one is None:
            return
        team, _, id_ = one.partition("/")
        what = Field("what", self.say("f-what"), "choice", "retry",
                     [("retry", self.say("retry")), ("skip", self.say("pass-over"))])  # fmt: skip
        title = f"{self.say('q-decide', id=id_)} ({self.hub.name(team)})"
        given = await self.ask(Ask(title, [what], about=self.say("q-decide-about")))
        if given is not None:
            done = "done-fire" if given["what"] == "retry" else "done-skip"
            await self.act("decide", done, inject=id_, teams=[team], how=given["what"],
                           values={"id": id_})  # fmt: skip

    def _inject(self) -> str:
        id_ = self.chosen_inject()
        if not id_:
            self.tell("choose-inject")
        return id_

    # Words

    @work
    async def action_message(self) -> None:
        """Say something that the MSEL does not have."""
        language = self.language
        channels = [
            (channel, REPORT.get(channel, (channel, channel))[0 if language == "ja" else 1])
            for channel in get_args(Channel)
        ]
        people = [
            (id_, person.name.in_(language)) for id_, person in self.hub.scenario.people.items()
        ]
        fields = [
            Field("text", self.say("f-text"), "area", required=True),
            Field("channel", self.say("f-channel"), "choice", "phone", channels),
            Field("from", self.say("f-from"), choices=people),
            Field("subject", self.say("f-subject")),
            Field("teams", self.say("f-teams"), "teams", self.hub.teams, self.hub.names()),
        ]
        given = await self.ask(Ask(self.say("q-message"), fields, yes=self.say("send")))
        if given is not None:
            await self.act("message", **given)

    @work
    async def action_note(self) -> None:
        """Write a note for the debrief."""
        everyone = ("", self.say("scope-all"))
        fields = [
            Field("text", self.say("col-note"), "area", required=True),
            Field("team", self.say("f-team"), "choice", self.hub.scope,
                  [everyone, *self.hub.names()]),
        ]  # fmt: skip
        given = await self.ask(Ask(self.say("q-note"), fields, yes=self.say("note")))
        if given is not None:
            await self.act("note", **given)

    async def note_answer(self, team: str, id_: str) -> None:
        """Write down what was answered to a script."""
        title = f"{self.say('call-title')}: {id_} - {self.hub.name(team)}"
        answer = Field("answer", self.say("call-answer"), "area", required=True)
        about = script(self.hub, id_, self.language)
        given = await self.ask(Ask(title, [answer], about=about, yes=self.say("call")))
        if given is not None:
            await self.act("call", team=team, inject=id_, answer=given["answer"])

    async def give_mark(self, team: str, check: str) -> None:
        """Adjudicate a check, next to what it is marked by."""
        known = self.hub.scenario.checks[check]
        rubric, answer = rubric_and_answer(self.hub, team, check, self.language)
        parts = [block(known.title.in_(self.language))]
        for key, said, style in (("mark-rubric", rubric, CARE), ("mark-answer", answer, "")):
            if said:
                parts += [Text(self.say(key), style=f"bold {QUIET}"), block(said, style)]
        fields = [
            Field("credit", self.say("mark-credit"), required=True),
            Field("reason", self.say("mark-reason"), "area", required=True),
        ]
        title = f"{self.say('mark-title')}: {check} - {self.hub.name(team)}"
        question = Ask(title, fields, about=Group(*parts), yes=self.say("mark"),
                       check=lambda values: "" if _credit(values["credit"]) is not None
                       else self.say("wrong-credit"))  # fmt: skip
        given = await self.ask(question)
        if given is None:
            return
        credit = _credit(given["credit"])
        assert credit is not None
        try:
            await self.hub.client.mark(team, check, credit, given["reason"])
        except CyderError as error:
            self.refuse(error)
        else:
            self.tell("done-mark")


def _credit(text: str) -> float | None:
    """Return a credit from 0 to 1; None where the text is none."""
    try:
        credit = float(unicodedata.normalize("NFKC", text).strip())
    except ValueError:
        return None
    return credit if 0 <= credit <= 1 else None
