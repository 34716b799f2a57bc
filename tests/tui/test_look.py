"""What the three surfaces share: words in two languages, harmless text, narrow characters."""

from __future__ import annotations

from typing import ClassVar

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding
from textual.color import Color
from textual.widgets import Footer, Label

from tui.look.app import CyderApp, SpeakingScreen
from tui.look.help import HelpScreen
from tui.look.text import fit, padded, plain
from tui.look.width import Narrow, column, stand_in
from tui.look.words import COMMON, Words


class Hall(SpeakingScreen[None]):
    BINDINGS: ClassVar = [Binding("s", "sing", "sing")]

    def compose(self) -> ComposeResult:
        yield Label(self.app.say("sing"), id="said")
        yield Footer()

    def action_sing(self) -> None:
        self.app.sung = True


class Opera(CyderApp[None]):
    words = Words(COMMON, {"sing": ("歌う", "Sing")})
    sung = False

    def on_mount(self) -> None:
        self.push_screen(Hall())


def text_of(app: Opera) -> str:
    return str(app.screen.query_one("#said", Label).render())


async def test_the_language_key_says_the_screen_and_its_keys_again() -> None:
    app = Opera("ja")
    async with app.run_test() as pilot:
        await pilot.pause()
        assert text_of(app) == "歌う"
        assert app.screen.active_bindings["s"].binding.description == "歌う"
        await pilot.press("f2")
        assert text_of(app) == "Sing"
        assert app.screen.active_bindings["s"].binding.description == "Sing"
        await pilot.press("f2")
        assert text_of(app) == "歌う"


async def test_help_lists_every_key_of_the_screen_and_closes_again() -> None:
    app = Opera("en")
    async with app.run_test() as pilot:
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        said = {said for _, said in app.screen._keys}
        assert {"Sing", "Help", "Quit"} <= said
        await pilot.press("f1")
        assert not isinstance(app.screen, HelpScreen)


async def test_every_key_of_the_screen_is_a_command_of_the_palette() -> None:
    app = Opera("ja")
    async with app.run_test() as pilot:
        await pilot.pause()
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        assert {"歌う", "ヘルプ", "終了"} <= set(commands)
        await commands["歌う"].callback()
        assert app.sung


async def test_a_note_is_never_markup() -> None:
    app = Opera()
    async with app.run_test() as pilot:
        app.notify("[red]x[/] [@click=app.quit]y[/]")
        await pilot.pause()
        [note] = list(app._notifications)
        assert note.markup is False


@pytest.mark.parametrize("text", ["[bold]x[/]", "\x1b[31mred", "a\u202eb", "x\r\ny"])
def test_text_from_data_is_one_line_without_controls_and_shows_its_brackets(text: str) -> None:
    shown = plain(text)
    assert "\x1b" not in shown.plain
    assert "\u202e" not in shown.plain
    assert "\n" not in shown.plain
    assert not shown.spans
    assert ("[bold]" in shown.plain) == ("[bold]" in text)


@pytest.mark.parametrize("cells", range(12))
def test_fitting_counts_cells_and_never_cuts_a_wide_character_in_two(cells: int) -> None:
    assert cell_len(fit("住民課の田中です", cells)) <= cells
    assert cell_len(padded("住民課の田中です", cells)) == cells


def test_what_fits_is_not_cut() -> None:
    assert fit("住民課", 6) == "住民課"
    assert fit("住民課", 5) == "住民…"


def test_stand_ins_keep_the_number_of_cells_and_leave_no_ambiguous_frame() -> None:
    drawn = "┌─┐│█…→①※×PC 住民課 é"
    [segment] = Narrow().apply([Segment(drawn)], Color(0, 0, 0))
    assert segment.text == "+-+|#~>1*xPC 住民課 e"
    assert cell_len(segment.text) == cell_len(drawn)


def test_letters_without_a_stand_in_stay() -> None:
    assert stand_in("я") == "я"
    assert stand_in("住") == "住"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(b"\x1b[12;3R", 3), (b"\x1b[1;2R", 2), (b"junk\x1b[1;3R", 3), (b"", 0), (b"\x1b[1;99999R", 0),
     (b"\x1b[;R", 0), (b"R", 0)],
)  # fmt: skip
def test_the_terminals_answer_is_read_or_refused(answer: bytes, expected: int) -> None:
    assert column(answer) == expected


def test_words_fill_in_values_as_they_are() -> None:
    words = Words({"hello": ("{who}さん", "Hello {who}")})
    assert words.say("hello", "en", who="{x}") == "Hello {x}"
    with pytest.raises(KeyError):
        words.say("nothing", "en")
