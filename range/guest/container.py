"""The control path into a running container: by its namespaces, from the host."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import sys
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from range.guest.base import Completed, FileClaim, GuestUnreachable, Process
from range.guest.files import read_file, write_file
from range.guest.groups import groups_of
from range.guest.programs import run_bounded
from range.text import line

UIDS = 65_536  # of each guest
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HOST_ENV = {"PATH": _PATH, "LANG": "C.UTF-8", "TERM": "dumb"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PIPE_SIZE = 65_536
_COMMAND_LIMIT = 4096  # bytes of a process's command line
# Opens the file of variables, joins the guest's groups (up to an empty word), then enters.
_JOIN = (
    'exec 3<"$1"; shift; '
    'while [ -n "$1" ]; do echo $$ > "$1" || exit 125; shift; done; shift; exec "$@"'
)
# Variables are set inside only: on the host's side of the entry they could change what runs there.
_WITH_ENV = ("sh", "-c", 'eval "$(cat <&3)" && exec 3<&- && exec "$@"', "cyder")


@dataclass(frozen=True)
class ContainerGuest:
    """A container by the host pid of its init. Cheap to make; nothing is held open."""

    node: str
    init: int
    uid_base: int

    @property
    def network_namespace(self) -> str:
        """A path that setns accepts; good while the container runs."""
        return f"/proc/{self.init}/ns/net"

    def run(
        self,
        argv: Sequence[str],
        *,
        user: str = "root",
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        timeout: float = 30,
        limit: int = 65_536,
    ) -> Completed:
        """Run a program inside, within the guest's limits of memory and processes."""
        what = f"{self.node}: {argv[0]}"
        home = "/root" if user == "root" else self._home(user)
        variables = {
            **_HOST_ENV,
            "HOME": home,
            "USER": user,
            "LOGNAME": user,
            **(env or {}),
        }
        given = _pipe_of(_exports(variables, what))
        try:
            as_user = [] if user == "root" else ["runuser", "-u", user, "--"]
            ended = run_bounded(
                self._entry([*_WITH_ENV, *as_user, *argv], f"/proc/{os.getpid()}/fd/{given}"),
                what=what,
                stdin=stdin,
                env=_HOST_ENV,
                timeout=timeout,
                limit=limit,
            )
            if _unread(given):
                raise GuestUnreachable(f"{what}: cannot be started: {line(ended.stderr, 200)}")
            return ended
        finally:
            os.close(given)

    def entry(self, argv: Sequence[str]) -> list[str]:
        """Return the command line on the host that runs `argv` inside, as root, within limits."""
        return self._entry(argv, "/dev/null")

    def read(self, path: str, *, limit: int = 65_536, tail: bool = False) -> FileClaim:
        """Look at a path from outside."""
        root = self._root()
        try:
            return read_file(root, self.uid_base, path, limit=limit, tail=tail)
        except OSError as error:
            raise GuestUnreachable(f"{self.node}: cannot read {path}: {error.strerror}") from error
        finally:
            os.close(root)

    def write(self, path: str, content: bytes, *, mode: int = 0o644, uid: int = 0) -> None:
        """Put a file into the guest, parents included."""
        root = self._root()
        try:
            write_file(root, self.uid_base, path, content, mode=mode, uid=uid)
        except OSError as error:
            raise GuestUnreachable(f"{self.node}: cannot write {path}: {error.strerror}") from error
        finally:
            os.close(root)

    def processes(self) -> tuple[Process, ...]:
        """List the guest's processes: those of its uids, and whatever else is in its namespace."""
        namespace = self._pid_namespace()
        found = []
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit():
                continue
            try:
                ours = 0 <= entry.stat().st_uid - self.uid_base < UIDS
                if ours or _namespace(int(entry.name)) == namespace:
                    found.append(Process(int(entry.name), _command(int(entry.name))))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue  # it ended meanwhile
        return tuple(sorted(found, key=lambda process: process.pid))

    def _entry(self, argv: Sequence[str], variables: str) -> list[str]:
        try:
            groups = [str(group) for group in groups_of(self.init)]
        except (FileNotFoundError, ProcessLookupError) as error:
            raise GuestUnreachable(f"{self.node} does not run") from error
        into = ["nsenter", "-t", str(self.init), "-a", "-S", "0", "-G", "0", "--"]
        return ["sh", "-c", _JOIN, "cyder", variables, *groups, "", *into, *argv]

    def _home(self, user: str) -> str:
        passwd = self.read("/etc/passwd", limit=1 << 20).content.decode(errors="replace")
        for entry in passwd.splitlines():
            fields = entry.split(":")
            if len(fields) == 7 and fields[0] == user:
                return fields[5]
        raise GuestUnreachable(f"{self.node}: there is no user {user!r}")

    def _root(self) -> int:
        try:
            return os.open(f"/proc/{self.init}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise GuestUnreachable(f"{self.node} does not run") from error

    def _pid_namespace(self) -> str:
        try:
            return _namespace(self.init)
        except OSError as error:
            raise GuestUnreachable(f"{self.node} does not run") from error


def _namespace(pid: int) -> str:
    return str(Path(f"/proc/{pid}/ns/pid").readlink())


def _command(pid: int) -> tuple[str, ...]:
    with Path(f"/proc/{pid}/cmdline").open("rb") as file:
        words = file.read(_COMMAND_LIMIT).rstrip(b"\0").split(b"\0")
    return tuple(word.decode(errors="replace") for word in words)


def _exports(variables: Mapping[str, str], what: str) -> str:
    """Return shell text that sets `variables`, whatever their values are."""
    for name, value in variables.items():
        if not _NAME.fullmatch(name) or "\0" in value:
            raise GuestUnreachable(f"{what}: {name!r} cannot be an environment variable")
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _pipe_of(text: str) -> int:
    """Return the end of a pipe from which `text` can be read once."""
    content = text.encode()
    reader, writer = os.pipe()
    try:
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, max(_PIPE_SIZE, len(content)))
        os.set_blocking(writer, False)
        if os.write(writer, content) < len(content):
            raise GuestUnreachable("the environment is too large")
    except BaseException:
        os.close(reader)
        raise
    finally:
        os.close(writer)
    return reader


def _unread(pipe: int) -> bool:
    """True if nobody took what was put in: then the program was never reached."""
    return bool(int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder))
