"""Putting kept files in the place of a node's own, whole at the end however often interrupted."""

from __future__ import annotations

import subprocess
from pathlib import Path

from range.errors import ProvisioningFailed
from range.events.folder import write_durably
from range.providers.snapshots import remove

_COPIED_WITHIN = 300  # seconds; the guest stands still meanwhile
_INTENDED = "reverting"  # a file beside the upper: the path of what shall be in its place


def copied(tree: Path, to: Path) -> None:
    """Copy a tree with owners, capabilities, whiteouts and holes; blocks are shared where possible.

    ProvisioningFailed when it cannot be.
    """
    argv = ["cp", "--archive", "--reflink=auto", "--one-file-system", "--no-target-directory",
            "--", str(tree), str(to)]  # fmt: skip
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=_COPIED_WITHIN, check=False
        )
    except subprocess.TimeoutExpired:
        raise ProvisioningFailed(f"{tree} is not copied within {_COPIED_WITHIN} s") from None
    if done.returncode:
        raise ProvisioningFailed(f"{tree} cannot be copied: {done.stderr.strip()[-200:]}")


def intend(work: Path, contents: Path) -> None:
    """Write down that `contents` shall be the upper of the guest in `work`."""
    write_durably(work / _INTENDED, str(contents))


def is_intended(work: Path) -> bool:
    """Tell whether the guest in `work` is to be brought back before it boots."""
    return (work / _INTENDED).exists()


def restore(work: Path) -> None:
    """Do what was intended for a guest that does not run; done again, it does the same."""
    intended = work / _INTENDED
    contents = Path(intended.read_text())
    if not contents.is_dir():
        raise ProvisioningFailed(
            f"{contents} is gone, which {work.name} was to be reverted to",
            hint="`cyder reset` returns the node to its baked state.",
        )
    remove(work / "work")
    remove(work / "upper")
    copied(contents, work / "upper")
    intended.unlink()
