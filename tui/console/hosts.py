"""The host: what it has, what it lacks, and a button that mends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Footer, Static

from range.host.doctor import Finding, examine, mend
from tui.console.frame import ConsoleScreen, put
from tui.console.words_host import said
from tui.look.text import block, plain
from tui.look.theme import BAD, CARE, GOOD, QUIET, STRONG

SIGNS = {"ok": ("✓", GOOD), "lack": ("✗", BAD), "note": ("!", CARE)}


class HostScreen(ConsoleScreen[None]):
    """The doctor's findings. Mending needs root."""

    DEFAULT_CSS = """
    HostScreen #verdict { height: auto; padding: 0 1; background: $surface; }
    HostScreen VerticalScroll { height: 1fr; }
    HostScreen .finding { height: auto; padding: 0 1; }
    HostScreen .finding Vertical { height: auto; width: 1fr; }
    HostScreen .finding Static { height: auto; }
    HostScreen .sign { width: 24; }
    HostScreen .finding Button { margin-left: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "back"),
        Binding("r", "again", "look-again"),
        Binding("m", "mend_all", "mend-all"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._findings: list[Finding] | None = None
        self._busy = ""

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield self.bar("host-check")
        yield Static(id="verdict")
        with VerticalScroll(id="findings"):
            for number, found in enumerate(self._findings or ()):
                yield from self._finding(number, found)
        yield Footer()

    def _finding(self, number: int, found: Finding) -> ComposeResult:
        character, style = SIGNS[found.state]
        language = self.console.language
        with Horizontal(classes="finding"):
            head = Text(f"{character} ", style).append(self.say(f"state-{found.state}"), style)
            head.append(f" {self._called(found)}", STRONG)
            yield Static(head, classes="sign")
            with Vertical():
                yield Static(block(said(found.detail, language), limit=1000))
                if found.state != "ok":
                    about = f"host-{found.name}-about"
                    if about in self.console.words:
                        yield Static(Text(self.say(about), QUIET))
                    if found.mend:
                        yield Static(
                            Text("→", QUIET).append_text(plain(said(found.mend, language), QUIET))
                        )
            if found.state != "ok" and found.fix is not None:
                yield Button(self.say("mend"), id=f"mend-{number}", compact=True,
                             disabled=bool(self._busy) or not self.console.root)  # fmt: skip

    def _called(self, found: Finding) -> str:
        key = f"host-{found.name}"
        return self.say(key) if key in self.console.words else found.name

    def begin(self) -> None:
        """Look at once."""
        self.action_again()

    def fill(self) -> None:
        """Say how it is altogether."""
        if self._findings is None or self._busy:
            text = Text("~ ", CARE).append(self.say("mending" if self._busy else "examining",
                                                    what=self._busy))  # fmt: skip
        else:
            text = verdict(self._findings, self.say)
            if not self.console.root:
                text.append("  ").append(self.say("mend-root"), QUIET)
        put(self, "#verdict", text)

    def action_again(self) -> None:
        """Look again."""
        settings = self.console.settings
        self.work(lambda: list(examine(settings)), self._found, group="examine")

    async def _found(self, findings: list[Finding]) -> None:
        self._findings, self._busy = findings, ""
        await self.recompose()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Mend one."""
        number = int(str(event.button.id).rpartition("-")[2])
        if self._findings is not None and number < len(self._findings):
            self._mend([self._findings[number]])

    def action_mend_all(self) -> None:
        """Mend everything that can be."""
        wrong = [f for f in self._findings or () if f.state != "ok" and f.fix is not None]
        if not self.console.root:
            self.console.notify(self.say("mend-root"), severity="warning")
        elif wrong:
            self._mend(wrong)
        else:
            self.console.notify(self.say("nothing-to-mend"))

    def _mend(self, wrong: list[Finding]) -> None:
        if self._busy:
            return
        self._busy = self.say("comma").join(self._called(found) for found in wrong)
        self.show()
        settings = self.console.settings

        def work() -> list[Finding]:
            done = {found.name: mend(found) for found in wrong}
            # What could not be mended keeps its reason; the rest is looked at again.
            return [
                done[now.name] if now.name in done and done[now.name].state != "ok" else now
                for now in examine(settings)
            ]

        def failed(error: object) -> None:
            self._busy = ""
            self.show()
            self.console.trouble(error)  # type: ignore[arg-type]

        self.work(work, self._found, group="examine", otherwise=failed)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def verdict(findings: list[Finding], say: Callable[..., str]) -> Text:
    """Say in one line whether this host is ready."""
    lacks = sum(found.state == "lack" for found in findings)
    notes = sum(found.state == "note" for found in findings)
    if lacks:
        return Text("✗ ", BAD).append(say("host-lacks", lacks=lacks, notes=notes))
    return Text("✓ ", GOOD).append(say("host-ready", notes=notes))
