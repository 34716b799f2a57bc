"""A program on the node, by the control path."""

from __future__ import annotations

from typing import Any

from range.checks.view import LabView
from range.scenario.probe import CommandProbe
from range.text import clean

OUTPUT = 16_384  # characters of each output


def command(probe: CommandProbe, view: LabView) -> dict[str, Any]:
    """Run the author's script. What it prints is the guest's claim."""
    done = view.guest(probe.node).run(
        ["sh", "-c", probe.run],
        user=probe.user,
        env={"NONCE": view.nonce},
        timeout=probe.timeout,
        limit=OUTPUT,
    )
    return {
        "exit": done.exit,
        "stdout": clean(done.stdout, OUTPUT),
        "stderr": clean(done.stderr, OUTPUT),
    }
