"""Scripts that leave a receipt in the guest, so that nothing is done twice after a crash.

The first call with a key makes the receipt's folder (atomically), runs the script with its output
kept there, and writes the exit code last. A further call with the same key runs nothing: it waits
for the exit code, or says that the script died half way.
"""

from __future__ import annotations

from collections.abc import Mapping

from range.errors import CyderError
from range.guest.base import Completed, Guest

RECEIPTS = "/var/lib/cyder/receipts"
PROGRAM = "cyder-once"  # $0 of the script below: how a process list, or a fake guest, knows it
LOST = 97

ONCE = r"""
d=$1/$2
[ -d "$1" ] || mkdir -p "$1" || exit 98
if (umask 077; mkdir "$d") 2>/dev/null; then
  echo $$ >"$d/pid"
  trap '' HUP
  (trap - HUP; exec sh -c "$3") >"$d/out" 2>"$d/err" </dev/null
  echo $? >"$d/exit.new"
  mv "$d/exit.new" "$d/exit"
fi
while [ ! -e "$d/exit" ]; do
  pid=$(cat "$d/pid" 2>/dev/null)
  if ! grep -aq cyder-once "/proc/${pid:-none}/cmdline" 2>/dev/null && [ ! -e "$d/exit" ]; then
    echo 'cyder-once: lost' >&2
    exit 97
  fi
  sleep 0.2
done
head -c 262144 "$d/out"
head -c 65536 "$d/err" >&2
exit "$(cat "$d/exit")"
"""


class Lost(CyderError):
    """The script of this receipt began and never ended: what it did is not known."""


def once_argv(key: str, script: str, *, receipts: str = RECEIPTS) -> list[str]:
    """Return the program that runs `script` at most once under `key`."""
    return ["sh", "-c", ONCE, PROGRAM, receipts, key, script]


def is_lost(completed: Completed) -> bool:
    """Tell whether `completed` is the answer of a receipt whose script died half way."""
    return completed.exit == LOST and b"cyder-once: lost" in completed.stderr


def run_once(
    guest: Guest,
    key: str,
    script: str,
    *,
    user: str = "root",
    env: Mapping[str, str] | None = None,
    timeout: float = 30,
) -> Completed:
    """Run `script` in `guest` unless `key` was run there before; then return what came of it.

    Raises Lost when an earlier call died half way, GuestUnreachable as `Guest.run` does.
    """
    if user != "root":
        guest.run(["install", "-d", "-m", "1733", RECEIPTS], timeout=timeout)
    argv = once_argv(key, script)
    completed = guest.run(argv, user=user, env=env, timeout=timeout)
    if is_lost(completed):
        raise Lost(f"{guest.node}: {key} began and never ended")
    return completed


def forget(guest: Guest, key: str) -> None:
    """Remove a receipt, so that its script may run again."""
    guest.run(["rm", "-rf", f"{RECEIPTS}/{key}"])
