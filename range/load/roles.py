"""Ansible roles as inputs: where they are, and the digest of their files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from range.errors import InvalidInput, Problem

# What never changes what a role makes.
_IGNORED = frozenset(("__pycache__", ".git", "molecule", "tests", "README.md"))


def find_role(name: str, folders: tuple[Path, ...]) -> Path | None:
    """Return the first folder called `name` that has tasks, or None. Links must not lead out."""
    for folder in folders:
        for main in ("main.yml", "main.yaml"):
            tasks = folder / name / "tasks" / main
            if tasks.is_file() and tasks.resolve().is_relative_to(folder.resolve()):
                return folder / name
    return None


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _IGNORED:
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            raise InvalidInput([Problem(str(path), 0, 0, "leads out of its role; copy the file")])
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path


def role_digest(folder: Path) -> str:
    """SHA-256 over the names, executable bits and contents of a role's files."""
    digest = hashlib.sha256()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        executable = bool(path.stat().st_mode & 0o100)
        content = path.read_bytes()
        digest.update(f"{name}\0{executable}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def role_digests(folders: Mapping[str, Path]) -> dict[str, str]:
    """Digest of each role."""
    return {name: role_digest(folder) for name, folder in folders.items()}
