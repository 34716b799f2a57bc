"""The doors to iproute2 and nftables: many changes by one call."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from range.errors import ProvisioningFailed

TIMEOUT = 60  # seconds; both tools end at once unless the kernel is stuck


def ip_batch(lines: Sequence[str], *, force: bool = False) -> None:
    """Run `ip` commands, one per line, in order. With `force`, go on after a failed one."""
    if lines:
        options = ["-force"] if force else []
        _run(["ip", *options, "-batch", "-"], "\n".join(lines) + "\n", forgiving=force)


def nft(text: str) -> None:
    """Load a rule set, all of it or nothing."""
    _run(["nft", "-f", "-"], text)


def in_namespace(path: str, argv: Sequence[str], text: str = "") -> None:
    """Run a program of the host in a network namespace."""
    _run(["nsenter", f"--net={path}", "--", *argv], text)


def _run(argv: Sequence[str], text: str, *, forgiving: bool = False) -> None:
    try:
        done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=TIMEOUT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProvisioningFailed(f"{argv[0]} does not work: {error}") from error
    if done.returncode and not forgiving:
        said = done.stderr.strip().splitlines()[:3]
        raise ProvisioningFailed(f"{' '.join(argv[:4])}: {'; '.join(said)}")
