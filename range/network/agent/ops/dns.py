"""A DNS client of our own: the host's would ask the host's servers. Replies are not trusted."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import struct
import time
from typing import Any

from range.network.agent.errors import Unresolved, word
from range.network.agent.source import source
from range.text import line

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
_RCODES = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")
_MOST_ANSWERS = 50
_TRY = 2.0  # seconds for one try by UDP


class BadReply(Exception):
    """What came is not a DNS reply to what was asked."""


def dns(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Ask `server` for `name`; an observation of the dns kind."""
    began = time.monotonic()
    try:
        server = address_of(args["server"], args.get("resolver") or "", deadline)
        rcode, answers = ask(server, args["name"], args["type"], deadline)
    except (OSError, Unresolved, BadReply) as error:
        return {"error": word(error), "ms": _ms(began)}
    return {"rcode": rcode, "answers": answers, "ms": _ms(began)}


def address_of(host: str, resolver: str, deadline: float) -> str:
    """Return the IPv4 address of a host name by asking `resolver`; Unresolved, OSError."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        pass
    if not resolver:
        raise Unresolved(host)
    try:
        _, answers = ask(resolver, host, "A", deadline)
    except BadReply as error:
        raise Unresolved(host) from error
    for answer in answers:
        try:
            return str(ipaddress.IPv4Address(answer))
        except ValueError:
            continue  # an alias on the way
    raise Unresolved(host)


def ask(server: str, name: str, type_: str, deadline: float) -> tuple[str, list[str]]:
    """Return the code and the answers of a query; OSError, BadReply."""
    number = secrets.randbelow(1 << 16)
    query = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + _encoded(name)
    query += struct.pack("!2H", TYPES[type_], 1)
    reply = _by_udp(server, query, number, deadline)
    if reply[2] & 0x02:  # truncated
        reply = _by_tcp(server, query, deadline)
    return _parsed(reply, number, TYPES[type_])


def _by_udp(server: str, query: bytes, number: int, deadline: float) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
        talk.bind((source(), 0))
        talk.connect((server, 53))
        for _ in range(3):
            end = min(deadline, time.monotonic() + _TRY)
            talk.settimeout(max(0.01, end - time.monotonic()))
            talk.send(query)
            try:
                while time.monotonic() < end:
                    reply = talk.recv(4096)
                    if len(reply) >= 12 and reply[:2] == number.to_bytes(2, "big"):
                        return reply
            except TimeoutError:
                pass
            if time.monotonic() >= deadline:
                break
    raise TimeoutError


def _by_tcp(server: str, query: bytes, deadline: float) -> bytes:
    with socket.create_connection((server, 53), max(0.01, deadline - time.monotonic())) as talk:
        talk.sendall(struct.pack("!H", len(query)) + query)
        (length,) = struct.unpack("!H", _exactly(talk, 2))
        return _exactly(talk, length)


def _exactly(talk: socket.socket, length: int) -> bytes:
    parts = b""
    while len(parts) < length:
        chunk = talk.recv(length - len(parts))
        if not chunk:
            raise BadReply("cut short")
        parts += chunk
    return parts


def _encoded(name: str) -> bytes:
    labels = [label.encode("idna") if label else b"" for label in name.rstrip(".").split(".")]
    if any(not 0 < len(label) < 64 for label in labels) or sum(map(len, labels)) > 240:
        raise BadReply(f"not a name: {name[:80]}")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _parsed(reply: bytes, number: int, wanted: int) -> tuple[str, list[str]]:
    try:
        id_, flags, questions, count = struct.unpack_from("!4H", reply)
        if id_ != number or not flags & 0x8000 or questions > 1:
            raise BadReply("not a reply")
        place = 12
        for _ in range(questions):
            _, place = _name(reply, place)
            place += 4
        answers = []
        for _ in range(min(count, _MOST_ANSWERS)):
            _, place = _name(reply, place)
            type_, _, _, length = struct.unpack_from("!2HIH", reply, place)
            place += 10
            if type_ in (wanted, TYPES["CNAME"]):
                answers.append(_value(reply, place, length, type_))
            place += length
    except (struct.error, IndexError, ValueError) as error:
        raise BadReply(str(error)) from error
    code = flags & 15
    return _RCODES[code] if code < len(_RCODES) else str(code), answers


def _value(reply: bytes, place: int, length: int, type_: int) -> str:
    data = reply[place : place + length]
    if type_ in (TYPES["A"], TYPES["AAAA"]):
        return str(ipaddress.ip_address(data))
    if type_ == TYPES["MX"]:
        return f"{int.from_bytes(data[:2], 'big')} {_name(reply, place + 2)[0]}"
    if type_ == TYPES["TXT"]:
        texts, at = [], 0
        while at < len(data):
            texts.append(data[at + 1 : at + 1 + data[at]])
            at += 1 + data[at]
        return line(b"".join(texts), 2000)
    return _name(reply, place)[0]


def _name(reply: bytes, place: int) -> tuple[str, int]:
    """Return a name and the place after it. Pointers only lead backwards, so it ends."""
    labels: list[str] = []
    after, earliest = -1, place
    while (length := reply[place]) != 0:
        if length & 0xC0 == 0xC0:
            if after < 0:
                after = place + 2
            place = (length & 0x3F) << 8 | reply[place + 1]
            if place >= earliest:
                raise BadReply("a pointer that leads nowhere")
            earliest = place
        else:
            labels.append(reply[place + 1 : place + 1 + length].decode("ascii", "replace"))
            place += 1 + length
        if len(labels) > 128:
            raise BadReply("a name without end")
    return line(".".join(labels), 260), after if after >= 0 else place + 1


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
