"""`cyder access`: the sheets that teams are handed, and whether their way in is open."""

from __future__ import annotations

import json

import click

from range.access.point import AccessPoint
from range.access.sheet import own_address, sheet, write_sheet
from range.cli.places import find_lab
from range.providers import deployments
from range.settings import settings


@click.command("access")
@click.argument("deployment")
@click.argument("team", required=False)
@click.option("--host", default="", help="What trainees' computers call this host.")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(deployment: str, team: str | None, host: str, language: str, as_json: bool) -> None:
    """Print the access sheets of DEPLOYMENT (of one TEAM), and write the folders to hand out."""
    here = settings()
    host = host or own_address()
    labs = [find_lab(here, deployment, team)] if team else deployments.need(here, deployment).labs
    told = []
    for lab in labs:
        made = sheet(lab, host)
        told.append({
            "team": lab.team,
            "host": host,
            "port": made.port,
            "password": made.password,
            "link": made.link,
            "fingerprint": made.fingerprint,
            "open": AccessPoint(here, lab).running,
            "folder": str(write_sheet(here, lab, host)),
        })  # fmt: skip
        if not as_json:
            click.echo(made.text.ja if language == "ja" else made.text.en)
            click.echo(f"{told[-1]['folder']}\n")
    if as_json:
        click.echo(json.dumps({"deployment": deployment, "teams": told}))
