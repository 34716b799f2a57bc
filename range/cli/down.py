"""`cyder down`: labs removed, with everything that was made for them."""

from __future__ import annotations

import json
import time

import click
from rich.console import Console

from range.access.point import AccessPoint
from range.host.ready import ensure_host
from range.providers import deployments
from range.providers.registry import provider
from range.settings import settings


@click.command("down")
@click.argument("names", metavar="[DEPLOYMENT]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every deployment of this host.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(names: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Remove DEPLOYMENTs: guests, bridges, namespaces, rules, mounts, files."""
    here = settings()
    known = deployments.names(here)
    if everything:
        names = tuple(known)
    elif not names:
        raise click.UsageError(f"name a deployment, or --all. There are: {', '.join(known)}")
    plans = {name: deployments.need(here, name) for name in names}
    ensure_host(here)
    told = []
    with Console(stderr=True).status("removing ...") as status:
        for name in names:
            status.update(f"removing {name} ...")
            began = time.monotonic()
            for lab in plans[name].labs:
                AccessPoint(here, lab).stop()
            guests = provider("lxc", here).down(name)
            seconds = time.monotonic() - began
            told.append({"deployment": name, "guests": guests, "seconds": round(seconds, 3)})
    if as_json:
        click.echo(json.dumps({"removed": told}))
        return
    for one in told:
        click.echo(f"{one['deployment']}: {one['guests']} guests removed in {one['seconds']:.1f} s")
