"""Access sheets: what each team is handed, shown here to be read out, copied or printed."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from range.access.sheet import own_address, sheet
from range.events.folder import ExerciseFolder
from range.providers import deployments
from tui.console.frame import ConsoleScreen, put
from tui.console.making import Making
from tui.look.text import block, plain
from tui.look.theme import CARE, QUIET


class SheetScreen(ConsoleScreen[None]):
    """One sheet a team. Passwords are shown: mind who looks at this screen."""

    DEFAULT_CSS = """
    SheetScreen OptionList, SheetScreen OptionList:focus { border: none; padding: 0; }
    SheetScreen OptionList { height: auto; max-height: 5; }
    SheetScreen VerticalScroll { height: 1fr; padding: 0 1; }
    SheetScreen #warning { height: auto; padding: 0 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "back")]

    def __init__(self, folder: ExerciseFolder, making: Making) -> None:
        super().__init__()
        self._folder, self._making = folder, making
        self._team = making.teams[0] if making.teams else ""

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield self.bar("sheets")
        yield Static(Text("! ", CARE).append(self.say("sheets-secret"), QUIET), id="warning")
        names = self._making.names
        yield OptionList(
            *(Option(plain(f"{team}  {names.get(team, team)}"), id=team)
              for team in self._making.teams),
            id="teams", markup=False,
        )  # fmt: skip
        with VerticalScroll(id="sheet-scroll"):
            yield Static(id="sheet")
        yield Footer()

    def begin(self) -> None:
        """Begin with the first team."""
        self.query_one("#teams").focus()

    def fill(self) -> None:
        """Show the sheet of the team under the cursor."""
        settings, team, language = self.console.settings, self._team, self.console.language
        exercise = self._folder.id

        def read() -> Text:
            plan = deployments.need(settings, exercise)
            lab = next(lab for lab in plan.labs if lab.team == team)
            told = sheet(lab, own_address())
            folder = settings.labs / exercise / "access" / team
            head = Text(f"{self.say('folder')}: {folder}\n\n", QUIET)
            text = told.text.ja if language == "ja" else told.text.en
            return head.append_text(block(text))

        if team:
            self.work(read, lambda text: put(self, "#sheet", text), group="sheet")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Turn to another team."""
        if event.option.id and event.option.id != self._team:
            self._team = event.option.id
            self.show()

    def on_option_list_option_selected(self) -> None:
        """Read it: the keys scroll the sheet."""
        self.query_one("#sheet-scroll").focus()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
