"""Trying to reach many places at once, by TCP and UDP; and answering who does."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import time
from typing import Any

from range.network.agent.errors import word
from range.text import line

_ANSWER = 200  # bytes


def reach(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Try every `[address, port]` of `targets` until the deadline.

    `answers` has for each of them what came back by TCP and by UDP: text, "" for a connection
    that says nothing, None for nothing at all. `hello` is sent first.
    """
    hello = args["hello"].encode()
    selector = selectors.DefaultSelector()
    answers: list[dict[str, str | None]] = []
    errors: list[str] = []
    for number, (address, port) in enumerate(args["targets"]):
        answers.append({"tcp": None, "udp": None})
        for kind in ("tcp", "udp"):
            try:
                talk = _start(kind, address, port)
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                    raise  # nothing was tried: that must not look as if nobody answered
                errors.append(word(error))
                continue
            selector.register(talk, selectors.EVENT_WRITE, (number, kind))
    while selector.get_map() and (left := deadline - time.monotonic()) > 0:
        for key, _ in selector.select(left):
            _go_on(selector, key, hello, answers)
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return {"answers": answers, "errors": sorted(set(errors))}


def _start(kind: str, address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    type_ = socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM
    talk = socket.socket(family, type_ | socket.SOCK_NONBLOCK)
    try:
        with contextlib.suppress(BlockingIOError):
            talk.connect((address, port))
    except OSError:
        talk.close()
        raise
    return talk


def _go_on(
    selector: selectors.BaseSelector,
    key: selectors.SelectorKey,
    hello: bytes,
    answers: list[dict[str, str | None]],
) -> None:
    talk: Any = key.fileobj
    number, kind = key.data
    try:
        if key.events & selectors.EVENT_WRITE:
            failed = talk.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if failed:
                raise OSError(failed, "")
            if kind == "tcp":
                answers[number]["tcp"] = ""
            talk.send(hello)
            selector.modify(talk, selectors.EVENT_READ, key.data)
            return
        answers[number][kind] = line(talk.recv(_ANSWER), _ANSWER)
    except OSError:
        pass
    selector.unregister(talk)
    talk.close()


def answer(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Be a canary: say `nonce` to whoever comes to `port`, by TCP and UDP, until the deadline."""
    nonce = args["nonce"].encode()
    selector = selectors.DefaultSelector()
    for family, everywhere in ((socket.AF_INET, ""), (socket.AF_INET6, "::")):
        for type_ in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                ear = socket.socket(family, type_ | socket.SOCK_NONBLOCK)
            except OSError:
                continue  # a host without IPv6
            if family == socket.AF_INET6:
                ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ear.bind((everywhere, args["port"]))
            if type_ == socket.SOCK_STREAM:
                ear.listen(128)
            selector.register(ear, selectors.EVENT_READ, type_)
    while (left := deadline - time.monotonic()) > 0:
        for key, _ in selector.select(left):
            with contextlib.suppress(OSError):
                _greet(key.fileobj, key.data == socket.SOCK_STREAM, nonce)
    return {}


def _greet(ear: Any, stream: bool, nonce: bytes) -> None:
    if stream:
        talk, _ = ear.accept()
        with talk:
            talk.send(nonce)
    else:
        _, sender = ear.recvfrom(2048)
        ear.sendto(nonce, sender)
