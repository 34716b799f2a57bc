"""Which function looks for which kind of probe. One line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from range.checks.command import command
from range.checks.dns import dns
from range.checks.file import file
from range.checks.http import http
from range.checks.log import log
from range.checks.mail import mail
from range.checks.process import process
from range.checks.smb import smb
from range.checks.tcp import tcp
from range.checks.view import LabView

OBSERVERS: dict[str, Callable[[Any, LabView], dict[str, Any]]] = {
    "http": http,
    "tcp": tcp,
    "dns": dns,
    "mail": mail,
    "smb": smb,
    "command": command,
    "file": file,
    "log": log,
    "process": process,
}
