"""Messages: e-mail is really sent inside the lab; what else is said goes to the team's inbox."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from range.errors import CyderError
from range.injects.context import Ended, How, LabContext, opaque
from range.scenario.inject import Inject, Message
from range.scenario.model import Language

DELIVERY = 30.0  # seconds that a mail may take from the sender's seat into the store
GRACE = 3.0  # seconds in which a mail sent just before a crash still arrives
_PAUSE = 0.25


def message_id(seed: str, inject: str, round_: int = 0, domain: str = "mail.example") -> str:
    """Return the Message-ID of an inject's mail: its receipt in the mail store of a lab."""
    return f"<{opaque(seed, 'message', inject, str(round_))}@{domain}>"


def addresses(message: Message, context: LabContext) -> tuple[str, ...]:
    """Return the recipients that the lab's mail server keeps mail for."""
    scenario = context.bundle.scenario
    if scenario.mail is None:
        return ()
    known = [scenario.people[person].mail for person in message.to]
    return tuple(
        mail
        for mail in known
        if mail is not None and mail.rpartition("@")[2] in scenario.mail.domains
    )


def compose(receipt: str, message: Message, context: LabContext, language: Language) -> bytes:
    """Return the mail of an inject, ready to be sent."""
    people = context.bundle.scenario.people
    sender = people[message.from_]
    mail = EmailMessage()
    mail["From"] = formataddr((sender.name.in_(language), sender.mail or "nobody@mail.example"))
    mail["To"] = ", ".join(
        formataddr((people[person].name.in_(language), people[person].mail or ""))
        for person in message.to
        if people[person].mail
    )
    mail["Subject"] = message.subject.in_(language)
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = receipt
    mail.set_content(message.text.in_(language), charset="utf-8", cte="base64")
    return mail.as_bytes()


def deliver(
    id_: str,
    inject: Inject,
    context: LabContext,
    language: Language,
    *,
    round_: int = 0,
    how: How = "first",
) -> Ended:
    """Bring a message to its people, once: unless it is the first try, it is looked for before.

    Blocking, for at most twice DELIVERY; a mail counts once it lies in the store.
    """
    message = inject.message
    assert message is not None
    recipients = addresses(message, context)
    sender = context.bundle.scenario.people[message.from_]
    if message.channel != "e-mail" or not recipients or sender.seat is None:
        return Ended("delivered")
    domain = (sender.mail or "").rpartition("@")[2] or "mail.example"
    receipt = message_id(context.lab.seed, id_, round_, domain)
    try:
        if how == "first" or not _arrives(receipt, context, GRACE):
            server = _server_address(context)
            content = compose(receipt, message, context, language)
            context.mailer.send(
                sender.seat, server, sender.mail or "", recipients, content, DELIVERY
            )
            if not _arrives(receipt, context, DELIVERY):
                return Ended("error", f"the mail was not in the store within {DELIVERY:.0f} s")
    except CyderError as error:
        return Ended("error", error.message[:300])
    return Ended("delivered")


def _server_address(context: LabContext) -> str:
    mail = context.bundle.scenario.mail
    assert mail is not None
    return str(context.lab.node(mail.server).nics[0].address)


def _arrives(receipt: str, context: LabContext, within: float) -> bool:
    """Wait until the mail lies in the store: asked again and again, the store cannot tell us."""
    mail = context.bundle.scenario.mail
    assert mail is not None
    guest = context.guest(mail.server)
    deadline = time.monotonic() + within
    while True:
        found = guest.run(["grep", "-rlsF", "-m", "1", "--", receipt, mail.store], timeout=10)
        if found.stdout.strip():
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE)
