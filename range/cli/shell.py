"""`cyder shell`: root in a node, by the control path. For instructors and authors."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import click

from range.cli.places import find_node
from range.guest.container import ContainerGuest
from range.providers.registry import provider
from range.settings import settings


@click.command("shell", context_settings={"ignore_unknown_options": True})
@click.argument("deployment")
@click.argument("team")
@click.argument("node")
@click.argument("argv", metavar="[COMMAND]...", nargs=-1, type=click.UNPROCESSED)
def command(deployment: str, team: str, node: str, argv: tuple[str, ...]) -> None:
    """Open a root shell in NODE of TEAM's lab, or run COMMAND there; its exit code is ours."""
    here = settings()
    lab = find_node(here, deployment, team, node)
    guest = provider("lxc", here).guest(lab, node)
    assert isinstance(guest, ContainerGuest)
    os.environ["HOME"] = "/root"
    entry = guest.entry(["env", "-C", "/root", *(argv or ("bash", "-l"))])
    if sys.stdin.isatty():
        # A terminal of its own: in ours, a guest could push keys that the host would then read.
        ended = os.waitstatus_to_exitcode(pty.spawn(entry))
    else:
        ended = subprocess.run(entry).returncode
    sys.exit(ended if ended >= 0 else 128 - ended)
