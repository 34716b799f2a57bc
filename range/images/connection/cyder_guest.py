"""Ansible connection plugin: into a bake guest through its namespaces, without any SSH.

A task costs a few milliseconds more than a local one, and no key or server is needed in the guest.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = """
name: cyder_guest
short_description: Enter a bake guest by its namespaces
description: For baking only; the guest is named by the pid of its init on the host.
author: cyder
options:
  entry:
    description: Command line on the host that enters the guest, as JSON
    vars:
      - name: cyder_guest_entry
  init:
    description: Pid of the guest's init on the host
    vars:
      - name: cyder_guest_init
  namespace:
    description: Inode of the guest's user namespace, in case the pid has become someone else's
    vars:
      - name: cyder_guest_namespace
"""

_ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "USER": "root",
    "LOGNAME": "root",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
}


class Connection(ConnectionBase):  # type: ignore[misc]
    """Runs programs and moves files by entering the guest."""

    transport = "cyder_guest"
    has_pipelining = True

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def close(self) -> None:
        """Nothing is held open."""
        self._connected = False

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """Run a shell command in the guest."""
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        return self._enter(["/bin/sh", "-c", cmd], in_data or b"")

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file of the host into the guest."""
        super().put_file(in_path, out_path)
        with open(in_path, "rb") as source:  # noqa: PTH123
            self._copy(["/bin/sh", "-c", 'exec cat >"$1"', "put", out_path], source, None, in_path)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file of the guest to the host."""
        super().fetch_file(in_path, out_path)
        with open(out_path, "wb") as target:  # noqa: PTH123
            self._copy(["/bin/cat", "--", in_path], subprocess.DEVNULL, target, in_path)

    def _copy(self, argv: list[str], source: Any, target: Any, what: str) -> None:
        done = subprocess.run(
            self._command(argv), stdin=source, stdout=target or subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=_ENV, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise AnsibleError(f"{what}: {done.stderr.decode(errors='replace').strip()}")

    def _enter(self, argv: list[str], stdin: bytes) -> tuple[int, bytes, bytes]:
        done = subprocess.run(
            self._command(argv), input=stdin, capture_output=True, env=_ENV, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def _command(self, argv: list[str]) -> list[str]:
        init, namespace = int(self.get_option("init")), int(self.get_option("namespace"))
        try:
            alive = os.stat(f"/proc/{init}/ns/user").st_ino == namespace  # noqa: PTH116
        except OSError:
            alive = False
        if not alive:
            raise AnsibleConnectionFailure("the bake guest has ended")
        return [*json.loads(self.get_option("entry")), *argv]
