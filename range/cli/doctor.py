"""`cyder doctor`: what this host lacks and how to mend it."""

from __future__ import annotations

import json

import click

from range.errors import HostNotReady
from range.host.doctor import Finding, examine, mend
from range.settings import settings

_SIGNS = {"ok": ("ok  ", "green"), "lack": ("LACK", "red"), "note": ("note", "yellow")}


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Mend what can be mended.")
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
def command(fix: bool, as_json: bool) -> None:
    """Say what this host lacks for making labs; exit code 3 if something does."""
    findings = []
    for finding in examine(settings()):
        now = mend(finding) if fix and finding.state != "ok" else finding
        findings.append(now)
        if not as_json:
            _show(now)
    if as_json:
        rows = [
            {"name": f.name, "state": f.state, "detail": f.detail, "mend": f.mend} for f in findings
        ]
        click.echo(json.dumps({"findings": rows}, ensure_ascii=False))
    lacks = [finding.name for finding in findings if finding.state == "lack"]
    if lacks:
        raise HostNotReady(f"this host lacks: {', '.join(lacks)}")


def _show(finding: Finding) -> None:
    sign, colour = _SIGNS[finding.state]
    click.echo(f"{click.style(sign, fg=colour)}  {finding.name:<10} {finding.detail}")
    if finding.mend and finding.state != "ok":
        click.echo(f"      {'':<10} -> {finding.mend}")
