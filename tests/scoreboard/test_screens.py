"""Every screen of the board, in both languages and two sizes, as it is drawn."""

import boards
import pytest
from screens import LANGUAGES, SIZES

# name -> teams, exercise seconds, how the app is made, keys
SCREENS = {
    "overview": (6, 7200.0, {}, ""),
    "overview-of-fifty": (50, 7200.0, {}, ""),
    "progress-of-a-phase": (50, 7200.0, {}, "2 h c"),
    "services": (8, 7200.0, {}, "3 s"),
    "firsts": (8, 7200.0, {}, "4"),
    "ready": (3, -1.0, {}, ""),
    "over-and-frozen": (3, boards.HOURS, {}, "f"),
    "thaw": (3, boards.HOURS, {}, "f f"),
    "public": (6, 7200.0, {"public": True, "pseudonymous": True, "ranks": False, "delay": 300.0},
               ""),
    "reveal-begins": (6, boards.HOURS, {}, "f r"),
    "reveal": (6, boards.HOURS, {}, "f r space space space"),
    "reveal-ends": (3, boards.HOURS, {}, "f r space space space"),
    "team": (3, 7200.0, {}, "down enter"),
    "check": (3, 7200.0, {}, "down enter down enter"),
    "help": (3, 7200.0, {}, "f1"),
}  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_looks_as_it_did(hall, snap_compare, name, language, size):
    teams, until, options, keys = SCREENS[name]
    app = hall(teams, until).app(language=language, **options)
    assert snap_compare(app, press=keys.split(), terminal_size=size)
