"""Messages: e-mail lies in the store before it counts, and is never sent twice for nothing."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest

from range.injects import message as delivering
from range.injects.context import LabContext
from range.injects.message import compose, deliver, message_id


def stored(context: LabContext) -> list[bytes]:
    guest: Any = context.guest("mail")
    folder = guest._folder / "var/mail"
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def mail(context: LabContext) -> Any:
    return context.bundle.scenario.injects["M01"]


def test_a_mail_is_delivered_once_it_lies_in_the_store(context: LabContext) -> None:
    assert deliver("M01", mail(context), context, "ja").outcome == "delivered"
    (content,) = stored(context)
    receipt = message_id(context.lab.seed, "M01", domain="world.example")
    assert receipt.encode() in content


def test_a_mail_tells_nothing_of_the_exercise_that_sent_it(context: LabContext) -> None:
    deliver("M01", mail(context), context, "ja")
    (content,) = stored(context)
    for word in (b"M01", b"team1", b"cyder"):
        assert word not in content.split(b"\n\n")[0]


def test_a_mail_reads_as_it_was_written_in_both_languages(context: LabContext) -> None:
    for language, subject in (("ja", "変です"), ("en", "It is odd")):
        content = compose("<x@y>", mail(context).message, context, language)  # type: ignore[arg-type]
        read = message_from_bytes(content, policy=policy.default)
        assert read["Subject"] == subject
        assert read["From"].addresses[0].addr_spec == "citizen@world.example"
        assert read["To"].addresses[0].addr_spec == "lead@city.example"
        assert content.isascii()


def test_after_a_crash_a_mail_that_arrived_is_not_sent_again(context: LabContext) -> None:
    deliver("M01", mail(context), context, "ja")
    assert deliver("M01", mail(context), context, "ja", how="resumed").outcome == "delivered"
    assert len(stored(context)) == 1


def test_after_a_crash_a_mail_that_never_left_is_sent(
    context: LabContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "GRACE", 0.0)
    assert deliver("M01", mail(context), context, "ja", how="resumed").outcome == "delivered"
    assert len(stored(context)) == 1


def test_a_mail_that_does_not_arrive_is_an_error_not_a_delivery(
    context: LabContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "DELIVERY", 0.1)
    context.mailer.loses = True  # type: ignore[attr-defined]
    ended = deliver("M01", mail(context), context, "ja")
    assert (ended.outcome, ended.detail) == ("error", "the mail was not in the store within 0 s")


def test_a_phone_call_needs_no_network(context: LabContext) -> None:
    def nowhere(_: str) -> Any:
        raise AssertionError("asked for a guest")

    call = context.bundle.scenario.injects["M02"]
    assert deliver("M02", call, replace(context, guest=nowhere), "ja").outcome == "delivered"
