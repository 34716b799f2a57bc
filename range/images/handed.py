"""What the host lends a bake guest: names, packages, trust. None of it stays in a layer.

It is a read-only layer of its own between the parent and what the role writes, so it is not in what
the role wrote; `hand_back` removes what came back all the same, and what a boot leaves behind.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import uuid
from pathlib import Path

from range.images.packages import archives, fresh_lists, host_mirrors, host_options, sources
from range.images.recipe import Recipe
from range.images.store import inside
from range.settings import Settings

_LOCAL_CA = Path("/usr/local/share/ca-certificates")
_BUNDLE = "etc/ssl/certs/ca-certificates.crt"
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")
_LOOPBACK = ("localhost", "127.", "[::1]")

# What booting and installing leave behind, by path in the layer. Folders are emptied out of it.
_LEFT_BEHIND = (
    "dev", "proc", "run", "sys", "tmp", "var/tmp", "root/.ansible", "root/.bash_history",
    "root/.cache", "var/cache/apt", "var/cache/ldconfig", "var/cache/debconf/config.dat-old",
    "var/cache/debconf/templates.dat-old", "var/lib/apt/lists", "var/lib/dpkg/status-old",
    "var/lib/dpkg/diversions-old", "var/lib/dpkg/statoverride-old", "var/lib/dpkg/lock",
    "var/lib/dpkg/lock-frontend", "var/lib/dbus/machine-id", "var/lib/systemd/random-seed",
    "var/lib/systemd/timers", "var/lib/cyder", "var/log/alternatives.log", "var/log/apt",
    "var/log/auth.log", "var/log/btmp", "var/log/cron.log", "var/log/daemon.log",
    "var/log/debug", "var/log/dpkg.log", "var/log/journal", "var/log/kern.log",
    "var/log/lastlog", "var/log/mail.err", "var/log/mail.info", "var/log/mail.log",
    "var/log/mail.warn", "var/log/messages", "var/log/syslog", "var/log/user.log",
    "var/log/wtmp", "etc/.pwd.lock", "etc/machine-id", "etc/hostname", "etc/cyder",
)  # fmt: skip


def hand_over(settings: Settings, recipe: Recipe, folder: Path, resolver: str) -> Path:
    """Fill `folder` with what a bake guest borrows and return it: a layer, owned by uids from 0."""
    files = {
        "etc/resolv.conf": f"nameserver {resolver}\n",
        "etc/hostname": "bake\n",  # or it would be the guest's name, and get into configurations
        "etc/machine-id": f"{uuid.uuid4().hex}\n",
        "etc/apt/sources.list": sources(recipe, host_mirrors(recipe)),
        "etc/apt/apt.conf.d/99cyder-bake": host_options() + 'Acquire::Retries "3";\n',
        "etc/dpkg/dpkg.cfg.d/cyder-bake": "force-unsafe-io\n",
    }
    for name, text in files.items():
        _parent(folder, name).write_text(text)
        (folder / name).chmod(0o644)  # whatever the umask is
    if any(_LOCAL_CA.rglob("*.crt")):
        shutil.copyfile("/etc/ssl/certs/ca-certificates.crt", _parent(folder, _BUNDLE))
        (folder / _BUNDLE).chmod(0o644)
    key = _parent(folder, "etc/ssh/ssh_host_ed25519_key")
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bake", "-f", str(key)],
        check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
    )  # fmt: skip
    _link_all(archives(settings), folder / "var/cache/apt/archives", "*.deb")
    _link_all(fresh_lists(settings, recipe), folder / "var/lib/apt/lists", "*_*")
    return folder


def proxies() -> dict[str, str]:
    """Return the proxies that this host uses and a guest can reach."""
    found = {}
    for name in _PROXIES:
        value = os.environ.get(name) or os.environ.get(name.upper())
        if value and not any(word in value for word in _LOOPBACK):
            found[name] = value
    return found


def _parent(folder: Path, name: str) -> Path:
    path = folder / name
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o755)
        parent.chmod(0o755)
    return path


def _link_all(source: Path, target: Path, pattern: str) -> None:
    """Lend files by hard links: nothing is copied, and the guest's root cannot write to them."""
    _parent(target, "x")
    for file in source.glob(pattern):
        if file.is_file():
            (target / file.name).hardlink_to(file)
    _parent(target, "partial/x")


def hand_back(layer: Path, lent: Path) -> None:
    """Clear a frozen layer of what was lent to it and of what every boot leaves behind."""
    for name in _LEFT_BEHIND:
        _remove(layer, name)
    ssh = inside(layer, "etc/ssh/any")
    for key in ssh.parent.glob("ssh_host_*") if ssh else ():
        key.unlink()
    for folder, _, names in os.walk(lent):
        for name in names:
            original = Path(folder, name)
            copy = inside(layer, str(original.relative_to(lent)))
            if copy is not None and (_same(original, copy) or _whiteout(copy)):
                copy.unlink()


def _remove(layer: Path, name: str) -> None:
    path = inside(layer, name)
    if path is None:
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _same(original: Path, copy: Path) -> bool:
    try:
        facts = copy.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return (
        stat.S_ISREG(facts.st_mode)
        and facts.st_size == original.stat().st_size
        and copy.read_bytes() == original.read_bytes()
    )


def _whiteout(path: Path) -> bool:
    """True where the role removed something that was only lent, and the overlay noted that."""
    try:
        facts = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISCHR(facts.st_mode) and facts.st_rdev == 0
