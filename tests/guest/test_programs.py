from __future__ import annotations

import hashlib
import os

import pytest

from range.guest.base import GuestUnreachable
from range.guest.programs import run_bounded

ENV = {"PATH": "/usr/bin:/bin"}


def run(script: str, **options):
    given = {"stdin": b"", "timeout": 10, "limit": 1000} | options
    return run_bounded(["sh", "-c", script], what="test", env=ENV, **given)


def test_large_input_and_output_pass_each_other_without_a_jam():
    content = os.urandom(1 << 22)
    done = run("cat", stdin=content, limit=1 << 23)
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(content).digest()
    assert not done.truncated


def test_a_program_that_does_not_read_its_input_ends_all_the_same():
    assert run("exit 3", stdin=bytes(1 << 22)).exit == 3


def test_output_of_exactly_the_limit_is_whole():
    done = run("head -c 1000 /dev/zero")
    assert (len(done.stdout), done.truncated) == (1000, False)


def test_both_outputs_have_limits_of_their_own():
    done = run("head -c 5000 /dev/zero; echo error >&2")
    assert (len(done.stdout), done.stderr, done.truncated) == (1000, b"error\n", True)


def test_a_program_over_its_time_is_killed_with_its_children():
    with pytest.raises(GuestUnreachable, match=r"test: no end within 0\.2 s"):
        run("sleep 4719 & sleep 4719", timeout=0.2)
    assert "4719" not in os.popen("ps -eo args").read()  # noqa: S605 # a fixed command


def test_a_program_that_cannot_be_started_is_an_error():
    with pytest.raises(GuestUnreachable, match="cannot be started"):
        run_bounded(["/nowhere"], what="test", stdin=b"", env=ENV, timeout=1, limit=1)
