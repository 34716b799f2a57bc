"""Where images lie: whole or not at all, made by one process at a time.

    images/systems/ID/{root,meta.json}   base systems
    images/layers/ID/{root,meta.json}    baked layers
    images/work/ID/...                   what is being made, or failed and is kept
    images/cache/...                     packages and their lists, shared by all bakes

Something is made in `work` and renamed into place when it is complete.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from range.errors import CyderError, ProvisioningFailed
from range.providers.lxc.mounts import unmount_below
from range.settings import Settings


class Stopped(CyderError):
    """The work was told to stop: another part of it failed, or the user interrupted."""

    exit_code = 130


Kind = Literal["system", "layer"]
_FOLDERS: Mapping[Kind, str] = {"system": "systems", "layer": "layers"}


@dataclass(frozen=True)
class Meta:
    """What is known of a system or layer. `made` is Unix time, `seconds` what making took."""

    id: str
    kind: Kind
    title: str  # image or role
    parent: str = ""
    variables: str = ""
    role_digest: str = ""
    made: float = 0
    seconds: float = 0
    size: int = 0  # bytes


def work_folder(settings: Settings, id_: str) -> Path:
    """Return the folder in which `id_` is made."""
    return settings.images / "work" / id_


def open_store(settings: Settings) -> None:
    """Have the folders of images. They hold programs with set-uid bits, so for root only.

    `work` can be walked through: a bake guest's root is mounted there, and set up as its own user.
    """
    settings.images.mkdir(parents=True, exist_ok=True)
    settings.images.chmod(0o711)
    for name, mode in (("work", 0o711), ("cache", 0o700), *((f, 0o700) for f in _FOLDERS.values())):
        (settings.images / name).mkdir(exist_ok=True)
        (settings.images / name).chmod(mode)


def works(settings: Settings) -> list[Path]:
    """List the folders of what is being made or was kept when it failed."""
    return [path for path in sorted((settings.images / "work").glob("*")) if path.name[0] != "."]


def cache_folder(settings: Settings, name: str) -> Path:
    """Return a folder of the cache, made if need be."""
    folder = settings.images / "cache" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(
    settings: Settings,
    name: str,
    *,
    shared: bool = False,
    waiting: Callable[[], None] = lambda: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[int]:
    """Hold the lock `name` of this installation; it ends with the process, however that ends.

    Yields its descriptor: a program that inherits it holds the lock as well, should we be killed.

    Any number may hold it `shared`. `waiting` is called once when another holds it; Stopped is
    raised when `stopped` says so then.
    """
    folder = settings.run / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / f"image-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    pause = threading.Event()
    told = False
    try:
        while True:
            try:
                fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    waiting()
                told = True
                if stopped():
                    raise Stopped(f"interrupted while another process held {name}") from None
                pause.wait(0.2)  # a blocking flock could not be interrupted in a thread
        yield lock
    finally:
        os.close(lock)


def place(settings: Settings, kind: Kind, id_: str) -> Path:
    """Return the folder of a finished system or layer."""
    return settings.images / _FOLDERS[kind] / id_


def exists(settings: Settings, kind: Kind, id_: str) -> bool:
    """True when the system or layer is complete."""
    return (place(settings, kind, id_) / "meta.json").is_file()


def publish(settings: Settings, made: Path, meta: Meta) -> None:
    """Move `made`, which holds `root`, to where it is found; survives a power cut afterwards."""
    (made / "meta.json").write_text(json.dumps(asdict(meta), ensure_ascii=False, indent=1) + "\n")
    target = place(settings, meta.kind, meta.id)
    target.parent.mkdir(parents=True, exist_ok=True)
    remove(target)  # only ever there without meta.json, by a hand or a damaged disk
    subprocess.run(["sync", "-f", str(made)], check=True)
    made.rename(target)


def all_made(settings: Settings) -> list[Meta]:
    """List every system and layer, systems first, then by the time they were made."""
    found = []
    for folder in _FOLDERS.values():
        for file in (settings.images / folder).glob("*/meta.json"):
            if file.parent.name.startswith("."):
                continue  # half removed
            try:
                found.append(Meta(**json.loads(file.read_text())))
            except (ValueError, TypeError) as error:
                raise ProvisioningFailed(
                    f"{file} cannot be read: {error}",
                    hint=f"Remove {file.parent}; it will be made again.",
                ) from error
    return sorted(found, key=lambda meta: (meta.kind != "system", meta.made, meta.id))


def size_of(folder: Path) -> int:
    """Return the bytes that a folder takes on disk."""
    total, seen = 0, set()
    for path in (folder, *folder.rglob("*")):
        facts = path.lstat()
        if facts.st_nlink > 1 and not path.is_dir():
            if facts.st_ino in seen:
                continue
            seen.add(facts.st_ino)
        total += facts.st_blocks * 512
    return total


def remove(folder: Path) -> None:
    """Remove a folder so that it is never found half removed; nothing there is fine.

    What is mounted in it is unmounted first: nothing is removed beyond its own file system.
    """
    grave = folder.with_name(f".{folder.name}.removed")
    if grave.exists():
        _wipe(grave)
    try:
        unmount_below(folder)
        folder.rename(grave)
    except FileNotFoundError:
        return
    _wipe(grave)


def _wipe(grave: Path) -> None:
    unmount_below(grave)
    shutil.rmtree(grave)


def bury(settings: Settings) -> None:
    """Finish removals that were interrupted."""
    for folder in ("work", *_FOLDERS.values()):
        for grave in (settings.images / folder).glob(".*.removed"):
            _wipe(grave)


def inside(root: Path, name: str) -> Path | None:
    """Return `root`/`name`, or None where a link on the way might lead out of `root`."""
    path = root
    for part in Path(name).parts:
        if path.is_symlink():
            return None
        path = path / part
    return path
