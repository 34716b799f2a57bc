"""A guest that is only a folder, with a shell of a dozen words.

Scripts of scenarios are never run on the host: `Shell` knows a few commands on files, takes any
other for done, and stops at the first that fails.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from range.guest.base import Completed, FileClaim, Process
from range.guest.once import LOST, PROGRAM


class MemoryGuest:
    """One node of the memory provider; see range.guest.base.Guest."""

    def __init__(self, node: str, folder: Path, neighbours: Mapping[str, Path]) -> None:
        self._node = node
        self._folder = folder
        self._neighbours = neighbours

    @property
    def node(self) -> str:
        """The node's name."""
        return self._node

    @property
    def network_namespace(self) -> str:
        """A name; there is nothing behind it."""
        return f"/memory/{self._node}"

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
        """Play a program: scripts, their receipts, c2ctl and grep are known; others succeed."""
        shell = Shell(self._folder, env or {})
        match list(argv):
            case ["sh", "-c", _, program, receipts, key, script] if program == PROGRAM:
                return self._once(f"{receipts}/{key}", key, script, env or {})
            case ["sh", "-c", script, *_]:
                return shell.run(script)
            case ["c2ctl", "run", session, key, _]:
                return self._c2(session, key, stdin.decode())
            case ["grep", *_, "--", wanted, place]:
                return shell.grep(wanted, place)
            case ["rm", "-rf", path]:
                shutil.rmtree(shell.path(path), ignore_errors=True)
        return Completed(0, b"", b"")

    def read(self, path: str, *, limit: int = 65_536, tail: bool = False) -> FileClaim:
        """Look at a path."""
        file = Shell(self._folder, {}).path(path)
        if file.is_dir():
            return FileClaim("directory", mode=0o755)
        if not file.is_file():
            return FileClaim("absent")
        content = file.read_bytes()
        part = content[-limit:] if tail else content[:limit]
        return FileClaim(
            "file",
            size=len(content),
            mode=0o644,
            mtime=file.stat().st_mtime,
            content=part,
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def write(self, path: str, content: bytes, *, mode: int = 0o644, uid: int = 0) -> None:
        """Put a file into the folder."""
        file = Shell(self._folder, {}).path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def processes(self) -> tuple[Process, ...]:
        """List the lines of /run/processes: what a scenario's scripts say is running."""
        file = Shell(self._folder, {}).path("/run/processes")
        lines = file.read_text().splitlines() if file.is_file() else []
        return tuple(Process(number, tuple(line.split())) for number, line in enumerate(lines, 2))

    def _once(self, receipt: str, key: str, script: str, env: Mapping[str, str]) -> Completed:
        folder = Shell(self._folder, {}).path(receipt)
        result = folder / "result"
        if result.is_file():
            kept = json.loads(result.read_text())
            return Completed(kept["exit"], kept["stdout"].encode(), kept["stderr"].encode())
        if folder.is_dir():
            return Completed(LOST, b"", b"cyder-once: lost\n")
        folder.mkdir(parents=True)
        with (self._folder / ".journal").open("a") as lines:
            lines.write(key + "\n")
        completed = Shell(self._folder, env).run(script)
        kept = {
            "exit": completed.exit,
            "stdout": completed.stdout.decode(),
            "stderr": completed.stderr.decode(),
        }
        (folder / "result.new").write_text(json.dumps(kept))
        (folder / "result.new").replace(result)
        return completed

    def _c2(self, session: str, key: str, script: str) -> Completed:
        """Answer for an implant: it lives while /run/implant exists on the session's node."""
        folder = self._neighbours.get(session)
        if folder is None or not (folder / "run/implant").exists():
            return Completed(75, b"", b"no session\n")
        there = MemoryGuest(session, folder, self._neighbours)
        done = there._once(f"/run/c2/{key}", key, script, {})
        answer = {"exit": done.exit, "stdout": done.stdout.decode(), "stderr": ""}
        return Completed(0, json.dumps(answer).encode(), b"")


class Shell:
    """A dozen shell words over a folder: enough to rehearse, nothing that could do harm."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._folder = folder
        self._env = dict(env)

    def path(self, path: str) -> Path:
        """Return where a guest's path lies; `..` leads nowhere."""
        parts = [part for part in PurePosixPath("/", path).parts[1:] if part not in ("..", ".")]
        return self._folder.joinpath(*parts)

    def run(self, script: str) -> Completed:
        """Run line by line; stop at the first command that fails."""
        out: list[str] = []
        for line in script.replace(";", "\n").splitlines():
            try:
                words = [self._filled(word) for word in shlex.split(line, comments=True)]
            except ValueError:
                words = []
            if words[:1] == ["exit"]:
                return Completed(int([*words, "0"][1]), "".join(out).encode(), b"")
            code = self._command(words, out)
            if code:
                return Completed(code, "".join(out).encode(), f"{line.strip()}: failed\n".encode())
        return Completed(0, "".join(out).encode(), b"")

    def grep(self, wanted: str, place: str) -> Completed:
        """List the files under `place` that hold `wanted`."""
        found = [
            str(file)
            for file in sorted(self.path(place).rglob("*"))
            if file.is_file() and wanted.encode() in file.read_bytes()
        ]
        return Completed(0 if found else 1, "\n".join(found).encode(), b"")

    def _filled(self, word: str) -> str:
        for name, text in self._env.items():
            word = word.replace(f"${{{name}}}", text).replace(f"${name}", text)
        return word

    def _command(self, words: list[str], out: list[str]) -> int:
        match words:
            case ["echo", *said, ">" | ">>" as how, target]:
                self._write(target, " ".join(said) + "\n", append=how == ">>")
            case ["echo", *said]:
                out.append(" ".join(said) + "\n")
            case ["touch", target]:
                self._write(target, "", append=True)
            case ["rm", *flags, target]:
                there = self.path(target).is_file()
                self.path(target).unlink(missing_ok=True)
                return 0 if there or "-f" in flags else 1
            case ["cat", target]:
                if not self.path(target).is_file():
                    return 1
                out.append(self.path(target).read_text())
            case ["test", "-e", target]:
                return 0 if self.path(target).exists() else 1
            case ["test", "!", "-e", target]:
                return 1 if self.path(target).exists() else 0
            case ["export", assignment]:
                name, _, text = assignment.partition("=")
                self._env[name] = text
            case ["false"]:
                return 1
        return 0

    def _write(self, target: str, text: str, *, append: bool) -> None:
        file = self.path(target)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if append else "w") as stream:
            stream.write(text)
