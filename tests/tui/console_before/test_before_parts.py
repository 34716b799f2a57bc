"""Parts of the console without a screen: the picture, the fold of a bring-up, words."""

from __future__ import annotations

import re
import string

import pytest
from before_stage import HERE
from rich.cells import cell_len

from range.events.event import Event, Kind
from range.exercise.create import Options
from range.load.scenario import load_scenario
from range.scenario.scenario import Scenario
from range.settings import PROJECT, Settings, settings
from tui.console.exercise.words import EXERCISE
from tui.console.making import Making
from tui.console.picture import picture
from tui.console.progress import now_table, proofs_table, stages_table
from tui.console.wishes import Wishes
from tui.console.words_before import BEFORE
from tui.console.words_bringup import BRINGUP
from tui.console.words_choosing import CHOOSING
from tui.console.words_host import said
from tui.look.words import COMMON, Table, Words

TABLES = {"before": BEFORE, "choosing": CHOOSING, "bringup": BRINGUP}


def scenario(name: str = "town") -> Scenario:
    return load_scenario(HERE / name, Settings()).scenario


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [40, 60, 78, 120, 200])
@pytest.mark.parametrize("name", ["town", "municipality"])
def test_the_picture_fits_its_width_and_shows_every_node_and_network(
    name: str, width: int, language: str
) -> None:
    drawn = load_scenario(HERE / name if name == "town" else name, settings()).scenario
    rows = picture(drawn, language, width).plain.splitlines()
    assert max(map(cell_len, rows)) <= width
    text = "\n".join(rows)
    for node in drawn.nodes:
        assert f" {node} " in text
    for network in drawn.networks.values():
        assert str(network.cidr) in text or width < 60


def test_a_gateway_is_joined_to_each_of_its_networks_and_to_no_other() -> None:
    rows = picture(scenario(), "en", 78).plain.splitlines()
    bars = [row for row in rows if "━━" in row]
    assert [row[1] for row in bars] == ["├", "├", "└"]
    assert all(f"(fw .{end})" in row for row, end in zip(bars, (2, 1, 1), strict=True))
    assert rows[-1].startswith("    "), "the rail ends at the last network"


def test_machines_without_an_address_get_the_one_that_the_plan_gives() -> None:
    assert "10.20.20.100" in picture(scenario(), "en", 78).plain


def test_signs_tell_who_may_enter_without_colour() -> None:
    text = picture(scenario(), "en", 78).plain
    for shown in ("● fw", "● pc x2", "▲ crook", "○ world", "◇ camera"):
        assert shown in text


def tell(making: Making, node: str, state: str, detail: str = "", team: str = "", **more: object
         ) -> None:  # fmt: skip
    data = {"node": node, "state": state, "detail": detail, **more}
    making.apply(Event(1, Kind.BRINGUP, data, team, "engine", None, 10.0))


def begun() -> Making:
    making = Making(nodes=("web", "pc"))
    created = {"teams": ["team1", "team2"], "options": {"provider": "lxc", "preflight": True}}
    making.apply(Event(1, Kind.CREATED, created, "", "engine", None, 1.0))
    making.apply(Event(2, Kind.ENGINE, {"resumed": False}, "", "engine", None, 2.0))
    return making


def states(making: Making) -> list[str]:
    return [making.stage(s) for s in ("images", "nodes", "preflight", "access", "ready")]


def test_stages_follow_one_another() -> None:
    making = begun()
    assert states(making) == ["going", "waiting", "waiting", "waiting", "waiting"]
    tell(making, "common", "baking", "a task", layer="l1")
    tell(making, "common", "done", layer="l1")
    for team in ("team1", "team2"):
        tell(making, "web", "booting", team=team)
    assert states(making) == ["done", "going", "waiting", "waiting", "waiting"]
    for team in ("team1", "team2"):
        tell(making, "web", "running", team=team)
        tell(making, "pc", "running", team=team)
    tell(making, "preflight", "making")
    assert states(making) == ["done", "done", "going", "waiting", "waiting"]
    tell(making, "preflight", "done", "4 findings")
    tell(making, "access", "running", "/x", team="team1")
    assert states(making) == ["done", "done", "done", "going", "waiting"]
    tell(making, "access", "running", "/y", team="team2")
    tell(making, "exercise", "running")
    assert states(making) == ["done"] * 5
    assert making.ready


def test_two_layers_of_one_role_are_two_things() -> None:
    making = begun()
    tell(making, "web_server", "done", layer="l1")
    tell(making, "web_server", "baking", "a task", layer="l2")
    assert making.baked == (1, 2)
    assert [thing.detail for _, thing in making.busy()] == ["a task"]


def test_a_failure_comes_first_and_is_forgotten_when_the_engine_starts_again() -> None:
    making = begun()
    tell(making, "pc", "booting", team="team1")
    tell(making, "web", "failed", "no disk", team="team2")
    tell(making, "exercise", "failed", "no disk", hint="make room")
    assert making.busy()[0][1].detail == "no disk"
    assert making.failure is not None
    assert making.failure.hint == "make room"
    assert making.stage("nodes") == "failed"
    making.apply(Event(9, Kind.ENGINE, {"resumed": True}, "", "engine", None, 20.0))
    assert making.failure is None


def test_the_memory_provider_leaves_images_preflight_and_ways_out() -> None:
    making = Making(nodes=("web",))
    created = {"teams": ["team1"], "options": {"provider": "memory"}}
    making.apply(Event(1, Kind.CREATED, created, "", "engine", None, 1.0))
    assert states(making)[0] == states(making)[2] == states(making)[3] == "left-out"


def test_no_state_is_told_by_a_word_that_there_is_not() -> None:
    making, words = begun(), Words(COMMON, BEFORE, CHOOSING, BRINGUP)

    def say(key: str, **values: object) -> str:
        return words.say(key, "ja", **values)

    for state in ("present", "waiting", "making", "booting", "baking", "keeping", "done", "failed",
                  "absent", "made", "running", "degraded"):  # fmt: skip
        tell(making, "web", state, team="team1")
        tell(making, "role", state, layer=state)
        now_table(making, say, 20.0)
        stages_table(making, say, 20.0)
    tell(making, "preflight", "failed", team="team1",
         proofs=[["new proof", "leaks", "x"], ["access network", "unproven", "y"]])  # fmt: skip
    proofs_table(making, say)


def test_wishes_make_the_options_and_the_command_line_that_run_has() -> None:
    wishes = Wishes(load_scenario(HERE / "town", Settings()), teams=3, names=["", "西", ""],
                    pace="pace-jump", responder="solution", seed="ab", users=False)  # fmt: skip
    wishes.check()
    assert wishes.options() == Options(speed="jump", users=False)
    assert wishes.given_names() == {"team2": "西"}
    words = wishes.command(Settings())
    assert words[3:] == ["--teams", "3", "--name", "team2=西", "--speed", "jump", "--responder",
                         "solution", "--seed", "ab", "--no-users"]  # fmt: skip


def test_each_finding_of_the_doctor_has_a_name_in_both_languages() -> None:
    source = (PROJECT / "range" / "host" / "doctor.py").read_text()
    names = set(re.findall(r'Finding\(\s*"([a-z]+)"', source))
    assert len(names) > 8
    for name in names:
        assert f"host-{name}" in BEFORE, name
        assert f"host-{name}-about" in BEFORE, name


def test_every_word_has_the_same_blanks_in_both_languages() -> None:
    for table in TABLES.values():
        for key, (ja, en) in table.items():
            assert blanks(ja) == blanks(en), key


def test_no_two_tables_of_the_console_give_one_key_two_meanings() -> None:
    known: dict[str, tuple[str, str]] = dict(COMMON)
    every: list[Table] = [*TABLES.values(), EXERCISE]
    for table in every:
        for key, pair in table.items():
            assert known.get(key, pair) == pair, key
            known[key] = pair


def test_what_the_doctor_says_is_said_in_japanese() -> None:
    for text in ("1.5 GiB available; two teams need about 4", "24 present", "none",
                 "9.0 GiB free for /var/lib/cyder; images and labs need 8",
                 "hybrid, without pids: a guest could exhaust the host"):  # fmt: skip
        assert said(text, "en") == text
        assert any("\u3040" < character < "\u9fff" for character in said(text, "ja")), text
    assert "/var/lib/cyder の空き 9.0" in said("9.0 GiB free for /var/lib/cyder", "ja")
    assert said("nobody ever said this", "ja") == "nobody ever said this"


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
