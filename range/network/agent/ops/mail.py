"""Mail as users send and read it: SMTP to the server, IMAP from the mailbox."""

from __future__ import annotations

import contextlib
import imaplib
import re
import smtplib
import ssl
import time
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from range.network.agent.errors import Unresolved, word
from range.network.agent.ops.dns import address_of
from range.text import line

_PAUSE = 0.25  # seconds between two looks into the mailbox: it cannot tell us when mail comes
_MOST = 20  # mails looked at
_FAILURES = (OSError, Unresolved, smtplib.SMTPException, imaplib.IMAP4.error, EOFError)


class Refused(Exception):
    """The mail server understood, and did not want to."""


def mail(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Send a mail that carries `nonce`, then read it; an observation of the mail kind."""
    began = time.monotonic()
    seen: dict[str, Any] = {"sent": False, "received": False}
    try:
        content = EmailMessage()
        content["From"], content["To"] = args["sender"], args["recipient"]
        content["Subject"] = f"Re: {args['nonce']}"
        content["Date"] = formatdate()
        content["Message-ID"] = f"<{args['nonce']}@{args['sender'].rpartition('@')[2]}>"
        content.set_content(f"{args['nonce']}\n")
        resolver = args.get("resolver") or ""
        smtp = address_of(args["smtp"], resolver, deadline)
        _submit(smtp, args["port"], args["sender"], [args["recipient"]], content.as_bytes(),
                deadline)  # fmt: skip
        seen["sent"] = True
        host, _, port = args["imap"].partition(":")
        imap = address_of(host, resolver, deadline)
        seen["received"] = _arrives(imap, int(port or 143), args, deadline)
    except Refused as error:
        seen |= {"error": "refused", "detail": line(str(error), 300)}
    except _FAILURES as error:
        seen["error"] = "login" if type(error) is imaplib.IMAP4.error else word(error)
    else:
        if not seen["received"]:
            seen["error"] = "timeout"
    return {**seen, "ms": round((time.monotonic() - began) * 1000)}


def send(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Hand `content` to `server`; `{"taken": bool, "error"}`."""
    try:
        server = address_of(args["server"], args.get("resolver") or "", deadline)
        _submit(server, args.get("port", 25), args["sender"], args["recipients"],
                args["content"].encode("utf-8", "surrogateescape"), deadline)  # fmt: skip
    except Refused as error:
        return {"taken": False, "error": line(str(error), 300)}
    except _FAILURES as error:
        return {"taken": False, "error": word(error)}
    return {"taken": True}


def _submit(
    server: str, port: int, sender: str, recipients: list[str], content: bytes, deadline: float
) -> None:
    name = sender.rpartition("@")[2] or "localhost"
    content = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    left = max(0.01, deadline - time.monotonic())
    try:
        talk = smtplib.SMTP(server, port, local_hostname=name, timeout=left)
        try:
            refused = talk.sendmail(sender, recipients, content)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                talk.quit()  # what it says to that changes nothing
        finally:
            talk.close()
    except smtplib.SMTPServerDisconnected:
        raise ConnectionResetError from None
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        raise Refused(str(error)) from error
    if refused:
        raise Refused(str(refused))


def _arrives(server: str, port: int, args: dict[str, Any], deadline: float) -> bool:
    """Wait until a mail with the nonce is in the mailbox, then remove it."""
    with _mailbox(server, port, deadline) as talk:
        talk.login(args["user"], args["password"])
        while time.monotonic() < deadline:
            talk.select("INBOX")
            _, found = talk.search(None, "SUBJECT", f'"{args["nonce"]}"')
            for number in (found[0] or b"").split()[-_MOST:]:
                _, parts = talk.fetch(number.decode(), "(BODY.PEEK[TEXT])")
                if any(args["nonce"].encode() in part[1] for part in parts
                       if isinstance(part, tuple)):  # fmt: skip
                    talk.store(number.decode(), "+FLAGS", r"(\Deleted)")
                    talk.expunge()
                    return True
            time.sleep(min(_PAUSE, max(0.0, deadline - time.monotonic())))
    return False


def _mailbox(server: str, port: int, deadline: float) -> imaplib.IMAP4:
    left = max(0.01, deadline - time.monotonic())
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if port == 993:
        return imaplib.IMAP4_SSL(server, port, ssl_context=context, timeout=left)
    talk = imaplib.IMAP4(server, port, timeout=left)
    if "STARTTLS" in talk.capabilities:
        with contextlib.suppress(imaplib.IMAP4.error):
            talk.starttls(context)
    return talk
