"""Packages: where they come from on this host, and a cache of them that all bakes share.

Lists of packages are fetched on the host and lent to every bake guest, so that no role needs to
update them; packages that a guest fetched are kept for the next. apt checks both by signature.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from range.errors import ProvisioningFailed
from range.images.recipe import Recipe
from range.images.store import cache_folder, inside, locked
from range.settings import Settings

_FRESH_FOR = 12 * 3600.0  # seconds
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_DEFAULT = {
    "": "http://deb.debian.org/debian",
    "-security": "http://security.debian.org/debian-security",
}
# What a host must say for packages to be fetched from where it stands.
_OPTIONS = ("Acquire::http::Proxy", "Acquire::https::Proxy", "Acquire::Check-Valid-Until",
            "Acquire::Check-Date")  # fmt: skip
_LOOPBACK = ("localhost", "127.", "[::1]")


def sources(recipe: Recipe, mirrors: Mapping[str, str] | None = None) -> str:
    """Return sources.list for a recipe; `mirrors` by suite suffix, default Debian's own."""
    base = {**_DEFAULT, **(mirrors or {})}
    lines = [
        f"deb [signed-by={_KEYRING}] {base['']} {recipe.suite} main",
        f"deb [signed-by={_KEYRING}] {base['']} {recipe.suite}-updates main",
        f"deb [signed-by={_KEYRING}] {base['-security']} {recipe.suite}-security main",
    ]
    return "\n".join(lines) + "\n"


@cache  # apt takes a second to answer, and does not change its mind
def host_mirrors(recipe: Recipe) -> Mapping[str, str]:
    """Return the mirrors that this host uses for the recipe's suite, if it is such a host."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)",
         "Created-By: Packages", "Component: main"],
        capture_output=True, text=True, timeout=30, check=False,
    ).stdout  # fmt: skip
    found: dict[str, str] = {}
    for line in listed.splitlines():
        codename, _, uri = line.partition(" ")
        suffix = codename.removeprefix(recipe.suite)
        if codename.startswith(recipe.suite) and suffix in _DEFAULT and uri.startswith("http"):
            found.setdefault(suffix, uri.rstrip("/"))
    return MappingProxyType(found)


def host_options() -> str:
    """Return apt.conf lines that this host needs and its guests can use as well."""
    dump = subprocess.run(
        ["apt-config", "dump", *_OPTIONS], capture_output=True, text=True, timeout=30, check=False
    ).stdout
    lines = [line for line in dump.splitlines() if not any(word in line for word in _LOOPBACK)]
    return "".join(f"{line}\n" for line in lines if line.startswith(_OPTIONS))


def archives(settings: Settings) -> Path:
    """Return the folder of kept packages."""
    return cache_folder(settings, "archives")


def fresh_lists(settings: Settings, recipe: Recipe) -> Path:
    """Return the folder of package lists for a recipe, fetched again when they are old.

    Old lists that cannot be fetched again are returned as they are; ProvisioningFailed without any.
    """
    folder = cache_folder(settings, f"lists-{recipe.image}")
    text = sources(recipe, host_mirrors(recipe))
    stamp = folder / ".sources"
    with locked(settings, f"lists-{recipe.image}"):
        same = stamp.exists() and stamp.read_text() == text
        if same and time.time() - stamp.stat().st_mtime < _FRESH_FOR:
            return folder
        error = _fetch_lists(settings, folder, text)
        if not error:
            stamp.write_text(text)
        elif not same:
            raise ProvisioningFailed(
                f"the lists of packages cannot be fetched: {error}",
                hint="Baking needs the Internet, once; running exercises does not.",
            )
    return folder


def _fetch_lists(settings: Settings, folder: Path, text: str) -> str:
    """Fetch lists into `folder`; returns why it failed, or nothing."""
    list_file = folder.with_name(f"{folder.name}.list")
    list_file.write_text(text)
    config = folder.with_name(f"{folder.name}.conf")
    config.write_text(host_options() + 'APT::Sandbox::User "root";\nAcquire::Retries "3";\n')
    done = subprocess.run(
        ["apt-get", "-q", "-o", f"Dir::State::lists={folder}", "-o",
         f"Dir::Etc::SourceList={list_file}", "-o", "Dir::Etc::SourceParts=/dev/null",
         "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=",
         "-o", "Acquire::Languages=none", "-o", "APT::Update::Error-Mode=any", "update"],
        capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C"},
    )  # fmt: skip
    if done.returncode == 0:
        return ""
    errors = [line for line in done.stderr.splitlines() if line.startswith(("E:", "W:"))]
    return "; ".join(errors[:3]) or f"apt-get ended with {done.returncode}"


def keep_archives(settings: Settings, upper: Path) -> int:
    """Copy the packages that a guest fetched into the cache; returns how many."""
    kept = 0
    cache = archives(settings)
    fetched = inside(upper, "var/cache/apt/archives/any")
    for package in fetched.parent.glob("*.deb") if fetched else ():
        target = cache / package.name
        if package.is_symlink() or not package.is_file() or target.exists():
            continue
        draft = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        shutil.copyfile(package, draft)  # a copy: the guest may be kept, and its root could write
        draft.rename(target)
        kept += 1
    return kept
