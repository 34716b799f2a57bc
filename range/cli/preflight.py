"""`cyder preflight`: the proof that labs are sealed off, by trying to get out of them."""

from __future__ import annotations

import json
import sys
import time

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from range.checks.preflight import Finding, preflight
from range.errors import HostNotReady
from range.host.ready import ensure_host
from range.providers import deployments
from range.providers.registry import provider
from range.settings import settings

_STYLES = {"sealed": "green", "leaks": "bold red", "unproven": "yellow"}


@click.command("preflight")
@click.argument("deployment")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(deployment: str, as_json: bool) -> None:
    """Try to get out of the labs of DEPLOYMENT; exit code 3 unless they are proven sealed."""
    here = settings()
    plan = deployments.need(here, deployment)
    ensure_host(here)
    began = time.monotonic()
    with Console(stderr=True).status("trying to get out of the labs ..."):
        findings = preflight(plan, provider("lxc", here))
    seconds = time.monotonic() - began
    sealed = all(finding.ok for finding in findings)
    if as_json:
        click.echo(json.dumps(_json(deployment, findings, sealed, seconds)))
    else:
        Console().print(_table(deployment, findings, sealed, seconds))
    if not sealed:
        sys.exit(HostNotReady.exit_code)


def _json(deployment: str, findings: list[Finding], sealed: bool, seconds: float) -> object:
    return {
        "deployment": deployment,
        "sealed": sealed,
        "seconds": round(seconds, 3),
        "findings": [
            {"team": f.team, "test": f.test, "outcome": f.outcome, "detail": f.detail}
            for f in findings
        ],
    }


def _table(deployment: str, findings: list[Finding], sealed: bool, seconds: float) -> Table:
    verdict = "sealed off" if sealed else "NOT proven to be sealed off"
    title = f"{deployment}: {verdict} ({seconds:.1f} s)"
    table = Table(title=title, title_justify="left")
    for heading in ("team", "tried", "outcome", "what was seen"):
        table.add_column(heading)
    for found in findings:
        outcome = f"[{_STYLES[found.outcome]}]{found.outcome}[/]"
        table.add_row(found.team, found.test, outcome, escape(found.detail))
    return table
