"""Making a base system with mmdebstrap."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from range.errors import HostNotReady, ProvisioningFailed
from range.images.packages import host_mirrors, host_options, sources
from range.images.progress import ImageProgress, ImageReport, ImageState
from range.images.recipe import Recipe, recipe_of, system_id
from range.images.store import (
    Meta,
    exists,
    locked,
    open_store,
    publish,
    remove,
    size_of,
    work_folder,
)
from range.settings import Settings

_LIMIT = 1800.0  # seconds


def ensure_system(settings: Settings, image: str, report: ImageReport) -> str:
    """Return the id of the base system of `image`, made if it is not there; ProvisioningFailed."""
    recipe, id_ = recipe_of(image), system_id(image)

    def tell(state: ImageState, detail: str = "", seconds: float = 0) -> None:
        report(ImageProgress(id_, image, state, detail, seconds))

    if exists(settings, "system", id_):
        tell("present")
        return id_
    open_store(settings)
    another = "another process makes it"
    with (
        locked(settings, "store", shared=True),
        locked(settings, id_, waiting=lambda: tell("waiting", another)) as lock,
    ):
        if exists(settings, "system", id_):
            tell("present")
            return id_
        began = time.monotonic()
        tell("making", "starting")
        try:
            _make(settings, recipe, id_, lock, lambda line: tell(
                "making", line, time.monotonic() - began))  # fmt: skip
        except OSError as error:
            raise ProvisioningFailed(f"making {image} failed on the host: {error}") from error
        tell("done", seconds=time.monotonic() - began)
    return id_


def _make(
    settings: Settings, recipe: Recipe, id_: str, lock: int, tell: Callable[[str], None]
) -> None:
    began = time.monotonic()
    work = work_folder(settings, id_)
    remove(work)
    made = work / "made"
    made.mkdir(parents=True)
    _mmdebstrap(recipe, made / "root", work, lock, tell)
    seconds, size = round(time.monotonic() - began, 1), size_of(made / "root")
    publish(
        settings, made, Meta(id_, "system", recipe.image, "", "", "", time.time(), seconds, size)
    )
    remove(work)


def _mmdebstrap(
    recipe: Recipe, root: Path, work: Path, lock: int, tell: Callable[[str], None]
) -> None:
    if shutil.which("mmdebstrap") is None:
        raise HostNotReady("mmdebstrap is not installed", hint="Run: sudo ./cyder doctor --fix")
    copied = _copy(recipe.folder, work / "recipe")
    options = work / "apt.conf"
    options.write_text(host_options() + 'Acquire::Retries "3";\nAcquire::Languages "none";\n')
    listed = work / "sources.list"
    listed.write_text(sources(recipe, host_mirrors(recipe)))
    official = work / "official.list"
    official.write_text(sources(recipe))
    argv = [
        # Its mounts of proc, sys and dev must end with it, however it ends.
        "unshare", "--mount", "--propagation=private",
        "mmdebstrap", "--variant=apt", "--format=directory", f"--aptopt={options}",
        f"--include={','.join(recipe.packages)}",
        f"--customize-hook={shlex.quote(str(copied / 'customise.sh'))} \"$1\"",
        f"--customize-hook=install -m 644 {shlex.quote(str(official))} \"$1/etc/apt/sources.list\"",
        "--customize-hook=rm -f \"$1/etc/apt/apt.conf.d/99mmdebstrap\"",
        recipe.suite, str(root), str(listed),
    ]  # fmt: skip
    log = work / "mmdebstrap.log"
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", pass_fds=(lock,), umask=0o022,
        env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    assert process.stdout is not None
    errors: list[str] = []
    with process, log.open("w") as kept:
        watchdog = threading.Timer(_LIMIT, process.terminate)
        watchdog.start()
        try:
            for line in process.stdout:
                kept.write(line)
                if line.startswith("E: "):
                    errors.append(line[3:].strip())
                elif line.startswith("I: "):
                    tell(line[3:].strip())
        except BaseException:
            process.terminate()
            raise
        finally:
            watchdog.cancel()
    if process.returncode != 0:
        raise ProvisioningFailed(
            f"mmdebstrap failed for {recipe.image}: {errors[0] if errors else process.returncode}",
            hint=f"All it said is in {log}",
        )


def _copy(recipe: Path, target: Path) -> Path:
    """Copy a recipe with plain modes: those of a checkout come from whoever's umask."""
    shutil.copytree(recipe, target)
    for path in (target, *target.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
    return target
