"""`cyder run`: an exercise from its scenario to its score."""

from __future__ import annotations

from pathlib import Path

import click

from range.cli.follow import follow
from range.exercise.create import Options
from range.exercise.prepare import prepare
from range.exercise.spawn import spawn
from range.providers.registry import NAMES
from range.settings import settings


class Speed(click.ParamType["float | str"]):
    """A rate, or `jump`."""

    name = "speed"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | str:
        """Return the rate, or "jump"."""
        if value == "jump":
            return "jump"
        try:
            rate = float(value)
        except ValueError:
            rate = 0.0
        if not 0.1 <= rate <= 1000:
            self.fail("a rate from 0.1 to 1000, or jump", param, ctx)
        return rate


class TeamName(click.ParamType["tuple[str, str]"]):
    """A team and what it is called."""

    name = "team=name"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return both."""
        if isinstance(value, tuple):
            return value
        team, equals, name = value.partition("=")
        if not equals:
            self.fail("write it like team1=East", param, ctx)
        return team.strip(), name


@click.command("run")
@click.argument("scenario")
@click.option("--teams", default=1, show_default=True, type=click.IntRange(1, 255))
@click.option("--headless", is_flag=True, help="Start by itself, decide by rule, tear down after.")
@click.option("--speed", default="1", type=Speed(), help="A rate such as 4, or jump.")
@click.option("--responder", "responders", multiple=True, metavar="[TEAM=]idle|solution|FILE",
              help="Who acts for a team, or for all teams.")  # fmt: skip
@click.option("--name", "names", multiple=True, type=TeamName(), metavar="TEAM=NAME",
              help="What a team is called: team1=東部チーム. May be repeated.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Write result and report here, too.")  # fmt: skip
@click.option("--provider", default="lxc", show_default=True, type=click.Choice(NAMES))
@click.option("--seed", default="", help="Hex; the same seed gives the same labs.")
@click.option("--language", default="ja", show_default=True, type=click.Choice(["ja", "en"]))
@click.option("--keep", is_flag=True, help="Leave the labs standing after a headless run.")
@click.option("--no-users", is_flag=True, help="Without benign users.")
@click.option("--no-preflight", is_flag=True, help="Skip the proof that labs are sealed off.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    scenario: str,
    teams: int,
    headless: bool,
    speed: float | str,
    responders: tuple[str, ...],
    names: tuple[tuple[str, str], ...],
    out: Path | None,
    provider: str,
    seed: str,
    language: str,
    keep: bool,
    no_users: bool,
    no_preflight: bool,
    as_json: bool,
) -> None:
    """Run an exercise of SCENARIO with fresh labs.

    Without --headless it waits for `cyder ctl EXERCISE start` once the labs are up.
    """
    here = settings()
    options = Options(
        provider=provider,
        speed=speed,
        headless=headless,
        keep=keep,
        language="en" if language == "en" else "ja",
        users=not no_users,
        preflight=not no_preflight,
    )
    exercise = prepare(here, scenario, teams, responders, options, seed=seed, names=dict(names))
    engine = spawn(exercise, here)
    follow(here, exercise, engine, as_json=as_json, out=out)
