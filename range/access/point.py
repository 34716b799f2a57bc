"""Starting and ending a team's gateway. One per lab; its pid file is locked as long as it lives."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from range.access.certificate import certificate_text, key_text
from range.access.credentials import (
    cookie_key,
    gateway_key,
    node_public,
    password,
    private_text,
    token,
    trainee_private,
    trainee_public,
)
from range.access.gateway.config import GatewayConfig
from range.access.gateway.porter import hand_over
from range.errors import HostNotReady
from range.network.namespaces import namespace_path
from range.plan.model import LabPlan
from range.settings import Settings

FIRST_UID = 900_000  # plus the port: a uid that no user, guest or other gateway has
FIRST_DESK_UID = 800_000  # likewise, for the desks behind that gateway
_READY_WITHIN = 20.0  # seconds
_END_WITHIN = 5.0


class AccessPoint:
    """The way in of one lab. It outlives the process that started it."""

    def __init__(self, settings: Settings, lab: LabPlan, listen: str = "") -> None:
        self._settings, self._lab, self._listen = settings, lab, listen

    @classmethod
    def start(
        cls,
        lab: LabPlan,
        settings: Settings,
        desk: socket.socket | None = None,
        *,
        listen: str = "0.0.0.0",
    ) -> AccessPoint:
        """Open a lab's way in, in place of one that is open; HostNotReady when it cannot be.

        `desk` is one end of a socket pair, and stays the caller's to close; the engine serves the
        other. A way in that is open just so is given the desk, and stays: nobody is thrown out.
        Returns once trainees can connect to `listen`.
        """
        point = cls(settings, lab, listen)
        config = point._config()
        if desk and point.running and hand_over(config.handover, config.mark(), desk):
            return point
        point.stop()
        with _ear(listen, lab.access.port) as ear:
            point._launch(ear, desk)
        return point

    def stop(self) -> bool:
        """Close the way in; False if it was closed already."""
        try:
            file = os.open(self._pid_file, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            if _lock(file):
                return False
            text = os.read(file, 20)
            if not text:
                raise HostNotReady(f"the access point of {self._lab.team} is being started")
            _end(int(text))
            _wait_until_free(file, f"the access point of {self._lab.team} does not end")
            return True
        finally:
            self._pid_file.unlink(missing_ok=True)
            self._pid_file.with_suffix(".sock").unlink(missing_ok=True)
            os.close(file)

    @property
    def running(self) -> bool:
        """True while the gateway lives."""
        try:
            file = os.open(self._pid_file, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return not _lock(file)
        finally:
            os.close(file)

    @property
    def _pid_file(self) -> Path:
        return self._settings.run / f"access-{self._lab.deployment}-{self._lab.team}.pid"

    @property
    def _log_file(self) -> Path:
        return self._settings.labs / self._lab.deployment / f"access-{self._lab.team}.log"

    def _launch(self, ear: socket.socket, desk: socket.socket | None) -> None:
        self._settings.run.mkdir(parents=True, exist_ok=True)
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        pid_file = os.open(self._pid_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        ready, telling = os.pipe()
        try:
            if not _lock(pid_file):
                raise HostNotReady(f"the access point of {self._lab.team} is being started already")
            os.ftruncate(pid_file, 0)
            self._spawn([pid_file, telling, desk.fileno() if desk else -1, ear.fileno()])
            os.close(telling)
            telling = -1
            opened = _said(ready)
        finally:
            os.close(ready)
            if telling >= 0:
                os.close(telling)
            os.close(pid_file)
        if not opened:
            self.stop()
            raise HostNotReady(
                f"the access point of {self._lab.team} does not start: {self._last_words()}",
                hint=f"Its log: {self._log_file}",
            )

    def _spawn(self, descriptors: list[int]) -> None:
        """Run the gateway; it goes into the background, so its first process ends at once."""
        project = self._settings.project
        with self._log_file.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "range.access.gateway", *map(str, descriptors)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=project,
                env={
                    "PATH": "/usr/bin:/bin",
                    "HOME": "/",
                    "USER": "nobody",
                    "LANG": "C.UTF-8",
                    "PYTHONPATH": str(project),
                },
                pass_fds=[descriptor for descriptor in descriptors if descriptor >= 0],
                start_new_session=True,
            )
        try:
            process.communicate(self._config().dump().encode(), timeout=_READY_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _config(self) -> GatewayConfig:
        lab = self._lab
        port = lab.access.port % 65_536
        return GatewayConfig(
            team=lab.team,
            uid=FIRST_UID + port,
            desk_uid=FIRST_DESK_UID + port,
            namespace=namespace_path(lab.access.namespace),
            listen=self._listen,
            handover=str(self._pid_file.with_suffix(".sock")),
            host_key=private_text(gateway_key(lab)),
            authorized=trainee_public(lab),
            team_key=trainee_private(lab),
            password=password(lab),
            token=token(lab),
            cookie_key=cookie_key(lab),
            certificate=certificate_text(lab),
            certificate_key=key_text(lab),
            places=places(lab),
            nodes={n.name: node_public(lab, n.name) for n in lab.nodes if n.access is not None},
        )

    def _last_words(self) -> str:
        lines = self._log_file.read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it says nothing"


def places(lab: LabPlan) -> dict[str, str]:
    """Return what trainees may call each node that they may enter, and its access address.

    Its name, its full name and its addresses in the organisation all lead to the same node.
    """
    known: dict[str, str] = {}
    for node in lab.nodes:
        if node.access is None:
            continue
        address = str(node.access.address)
        names = [node.name, node.fqdn, address, *(str(nic.address) for nic in node.nics)]
        known |= {name.lower(): address for name in names}
    return known


def _ear(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    ear = socket.socket(family, socket.SOCK_STREAM)
    try:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind((address, port))
        ear.listen(256)
    except OSError as error:
        ear.close()
        raise HostNotReady(
            f"TCP port {port} of {address} cannot be used: {error.strerror}",
            hint="Another program has it.",
        ) from error
    return ear


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_until_free(file: int, failure: str) -> None:
    """Wait until nobody holds the lock: locks have no time limit of their own, so look again."""
    deadline = time.monotonic() + _END_WITHIN
    while not _lock(file):
        if time.monotonic() >= deadline:
            raise HostNotReady(failure)
        time.sleep(0.005)


def _said(ready: int) -> bool:
    readable, _, _ = select.select([ready], [], [], _READY_WITHIN)
    return bool(readable and os.read(ready, 1))


def _end(pid: int) -> None:
    """Kill a gateway; its children end with it. Returns when all are gone."""
    with contextlib.ExitStack() as opened:
        family = []
        for member in [pid, *_descendants(pid)]:
            with contextlib.suppress(ProcessLookupError):
                family.append(os.pidfd_open(member))
                opened.callback(os.close, family[-1])
        for process in family:  # the first one is the parent, who would start the others again
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, signal.SIGKILL)
        for process in family:
            select.select([process], [], [], _END_WITHIN)


def _descendants(pid: int) -> list[int]:
    """Return the children of a process, and theirs."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [one for child in map(int, children) for one in (child, *_descendants(child))]
