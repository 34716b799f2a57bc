"""Having libvirt: start it where nothing does, in the way that this host needs.

With systemd its own units do it. Without, this starts the message bus, virtlogd and libvirtd. On a
host with the hybrid cgroup layout (version 1 controllers, version 2 for the rest) libvirt's LXC
driver cannot make its groups, so libvirtd gets a mount namespace in which /sys/fs/cgroup is a
plain version 2 tree and the controllers are bound elsewhere.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from range.errors import HostNotReady
from range.settings import Settings

_URI = "lxc:///system"
_CONTROLLERS = ("cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio")
_CGROUPS = Path("/sys/fs/cgroup")
_BUS_PID = Path("/run/dbus/pid")
_END_WITHIN = 20  # seconds


def libvirt_answers() -> bool:
    """True when the LXC driver of a running libvirt answers."""
    import libvirt

    libvirt.registerErrorHandler(lambda _context, _error: None, None)
    try:
        libvirt.open(_URI).close()
    except libvirt.libvirtError:
        return False
    return True


def ensure_libvirt(settings: Settings, *, patience: float = 20) -> None:
    """Return when libvirt answers, started if need be; HostNotReady says what stands in the way."""
    if os.geteuid() != 0:
        raise HostNotReady("this needs root: labs are made of namespaces, mounts and bridges",
                           hint="Run it again with sudo.")  # fmt: skip
    share_state_folder(settings.home)
    if libvirt_answers() and _sees(settings.home):
        return
    if shutil.which("libvirtd") is None:
        raise HostNotReady("libvirt is not installed", hint="Run: sudo ./cyder doctor --fix")
    with _one_at_a_time(settings):
        if has_systemd():
            _start_with_systemd()
        else:
            if not _sees(settings.home):
                _end_libvirtd()
            _start_by_hand()
        _await_answer(patience)


def has_systemd() -> bool:
    """True when systemd runs this host."""
    return Path("/run/systemd/system").is_dir()


def share_state_folder(home: Path) -> None:
    """Make `home` a shared mount, so that overlays mounted later are seen by a running libvirtd."""
    home.mkdir(parents=True, exist_ok=True)
    propagation = _propagation(home)
    if propagation == "shared":
        return
    if propagation is None:
        _run("mount", "--bind", str(home), str(home))
    _run("mount", "--make-shared", str(home))


def _propagation(folder: Path) -> str | None:
    """How the mount at exactly `folder` (or, under a shared parent, around it) propagates."""
    around = ("", "private")
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split(" - ")[0].split()
        point = fields[4]
        shared = "shared" if any(tag.startswith("shared:") for tag in fields[6:]) else "private"
        if point == str(folder):
            return shared
        if str(folder).startswith(point.rstrip("/") + "/") and len(point) > len(around[0]):
            around = (point, shared)
    return "shared" if around[1] == "shared" else None


def _sees(home: Path) -> bool:
    """True unless libvirtd runs in a mount namespace that was made before `home` was mounted.

    What is mounted below `home` later would then never reach it, and no guest could start.
    """
    if not _mounted(home, "self"):
        return True
    return all(_mounted(home, str(pid)) for pid in _pids("libvirtd"))


def _mounted(home: Path, pid: str) -> bool:
    try:
        table = Path(f"/proc/{pid}/mountinfo").read_text()
    except OSError:
        return True  # ended while we looked
    return any(line.split()[4] == str(home) for line in table.splitlines())


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    settings.run.mkdir(parents=True, exist_ok=True)
    with (settings.run / "libvirt.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _end_libvirtd() -> None:
    """End the libvirtd that cannot see our mounts. Its guests live on: the next one finds them."""
    for pid in _pids("libvirtd"):
        with contextlib.suppress(ProcessLookupError):
            process = os.pidfd_open(pid)
            try:
                signal.pidfd_send_signal(process, signal.SIGTERM)
                if not select.select([process], [], [], _END_WITHIN)[0]:
                    raise HostNotReady(f"libvirtd (pid {pid}) does not end; it must start anew")
            finally:
                os.close(process)


def _start_with_systemd() -> None:
    for unit in ("virtlogd.socket", "libvirtd.service"):
        done = subprocess.run(["systemctl", "start", unit], capture_output=True, text=True)
    if done.returncode:
        raise HostNotReady(
            f"systemd could not start libvirtd: {done.stderr.strip()}",
            hint="See: journalctl -u libvirtd",
        )


def _start_by_hand() -> None:
    Path("/run/dbus").mkdir(parents=True, exist_ok=True)
    if not _pids("dbus-daemon"):
        # It refuses to start over the file of one that was killed, as after a power cut on a host
        # whose /run outlives a restart. virtlogd and libvirtd lock theirs, and are not fooled.
        _BUS_PID.unlink(missing_ok=True)
        _run("dbus-daemon", "--system", "--fork")
    if not _pids("virtlogd"):
        _run("virtlogd", "-d")
    if _pids("libvirtd"):
        return  # still starting, or going: waiting for its answer tells
    if _is_hybrid():
        _run("unshare", "-m", "--propagation", "slave", "sh", "-euc", _plain_cgroups())
    else:
        _run("libvirtd", "-d")


def _is_hybrid() -> bool:
    return (_CGROUPS / "unified" / "cgroup.procs").exists()


def _plain_cgroups() -> str:
    """Shell lines that rearrange the control groups of a private mount namespace."""
    found = [name for name in _CONTROLLERS if (_CGROUPS / name).is_dir()]
    lines = ["mkdir -p /run/cyder-cgroup", "mount -t tmpfs tmpfs /run/cyder-cgroup"]
    for name in found:
        lines.append(f"mkdir /run/cyder-cgroup/{name}")
        lines.append(f"mount --bind {_CGROUPS / name} /run/cyder-cgroup/{name}")
    # Also those that libvirtd would not use: it looks for every hierarchy in the mount table.
    lines.append(f"umount -R -l {_CGROUPS}")
    lines.append(f"mount -t cgroup2 cgroup2 {_CGROUPS}")
    lines.append("exec libvirtd -d")
    return "\n".join(lines)


def _pids(program: str) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended while we looked
            if (process / "comm").read_text().strip() == program[:15]:
                found.append(int(process.name))
    return found


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise HostNotReady(f"`{command[0]}` failed: {done.stderr.strip() or done.returncode}")


def _await_answer(patience: float) -> None:
    """libvirtd announces its readiness by its socket only, so it is asked until it answers."""
    end = time.monotonic() + patience
    while not libvirt_answers():
        if time.monotonic() > end:
            raise HostNotReady(
                f"libvirtd was started but its LXC driver did not answer within {patience:g} s",
                hint="See /var/log/libvirt, or run `libvirtd` in the foreground.",
            )
        time.sleep(0.05)
