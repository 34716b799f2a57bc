"""Mail, sent and read as staff do."""

from __future__ import annotations

from typing import Any

from range.checks.outside import from_outside
from range.checks.view import LabView
from range.scenario.probe import MailProbe


def mail(probe: MailProbe, view: LabView) -> dict[str, Any]:
    """Send a mail with the nonce and wait for it in the mailbox."""
    args = {
        "smtp": probe.smtp,
        "port": probe.port,
        "sender": probe.sender,
        "recipient": probe.recipient,
        "imap": probe.imap,
        "user": view.text(probe.user),
        "password": view.text(probe.password),
        "nonce": view.nonce,
    }
    nothing = {"sent": False, "received": False}
    return from_outside("mail", args, probe.from_, probe.timeout, view, nothing)
