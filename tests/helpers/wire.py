"""What crossed the wires of the city's lab, told apart by who spoke to whom and what they said."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from helpers import rehearsal as rehearsals

ATTACKER, C2, BORDER = "203.0.113.66", "203.0.113.140", "203.0.113.2"
PC_1, PC_2, PROXY, WWW, FILES = (
    "10.10.20.101", "10.10.20.102", "10.10.10.30", "10.10.10.80", "10.10.30.20",
)  # fmt: skip
# Node and segment of each leg that is recorded: the gateway's outer one, and three servers' own.
LEGS = (("fw", "internet"), ("proxy", "dmz"), ("www", "dmz"), ("files", "lgwan"))

_FILE, _RECORD = struct.Struct("<IHHiIII"), struct.Struct("<IIII")
_MAGIC, _ETHERNET, _HEADER, _IPV4, _TCP = 0xA1B2C3D4, 1, 14, b"\x08\x00", 6


@dataclass(frozen=True)
class Packet:
    """One TCP packet over IPv4; `at` is Unix time in seconds."""

    at: float
    source: str
    source_port: int
    target: str
    target_port: int
    content: bytes


@contextmanager
def tap(run: rehearsals.Rehearsal, team: str, folder: Path) -> Iterator[dict[str, Path]]:
    """Record all of `LEGS` of a team while the context is open; node -> capture."""
    files = {node: folder / f"{node}.pcap" for node, _ in LEGS}
    with ExitStack() as stack:
        for node, network in LEGS:
            stack.enter_context(rehearsals.capture(run, team, node, network, files[node]))
        yield files


def packets(file: Path) -> list[Packet]:
    """Every TCP packet of a capture, in order."""
    return list(_read(file.read_bytes()))


def _read(data: bytes) -> Iterator[Packet]:
    magic, *_, link = _FILE.unpack_from(data)
    assert (magic, link) == (_MAGIC, _ETHERNET)
    place = _FILE.size
    while place + _RECORD.size <= len(data):
        seconds, micros, kept, _ = _RECORD.unpack_from(data, place)
        frame = data[place + _RECORD.size : place + _RECORD.size + kept]
        place += _RECORD.size + kept
        packet = _packet(seconds + micros / 1e6, frame)
        if packet is not None:
            yield packet


def _packet(at: float, frame: bytes) -> Packet | None:
    ip = frame[_HEADER:]
    if frame[12:14] != _IPV4 or len(ip) < 20 or ip[9] != _TCP:
        return None
    length, start = int.from_bytes(ip[2:4], "big") or len(ip), (ip[0] & 15) * 4
    tcp = ip[start:length]
    source_port, target_port = struct.unpack_from(">HH", tcp)
    return Packet(
        at, str(IPv4Address(ip[12:16])), source_port, str(IPv4Address(ip[16:20])), target_port,
        tcp[(tcp[12] >> 4) * 4 :],
    )  # fmt: skip


def said(
    heard: Sequence[Packet], words: bytes, *, source: str = "", target: str = "", port: int = 0,
    back: int = 0,
) -> list[Packet]:  # fmt: skip
    """Packets that hold `words`: from a source, to a target, to a port, or back from one."""
    return [
        packet
        for packet in heard
        if words in packet.content
        and source in ("", packet.source)
        and target in ("", packet.target)
        and port in (0, packet.target_port)
        and back in (0, packet.source_port)
    ]


def stream(heard: Sequence[Packet], one: Packet) -> bytes:
    """All that was said in the direction and the connection of `one`, from it on."""
    ends = (one.source, one.source_port, one.target, one.target_port)
    return b"".join(
        packet.content
        for packet in heard
        if (packet.source, packet.source_port, packet.target, packet.target_port) == ends
        and packet.at >= one.at
    )


def smb(name: str) -> bytes:
    """A name as SMB writes it."""
    return name.encode("utf-16-le")


def attack(wires: Mapping[str, Sequence[Packet]]) -> dict[str, list[Packet]]:
    """The steps of the attack as the wires show them; a step that nobody took is empty."""
    fw, proxy, www, files = (wires[node] for node, _ in LEGS)
    return {
        "lure": said(fw, b"rcpt TO:<tanaka@", source=ATTACKER, target=BORDER, port=25),
        "attachment": said(fw, b'filename="mynumber_tsuchi_R08.pdf.sh"',
                           source=ATTACKER, target=BORDER, port=25),
        "beacons": said(fw, b"GET /api/v2/status?id=", source=BORDER, target=C2, port=80),
        "lateral": said(files, smb("宛名データ"), source=PC_1, target=FILES, port=445),
        "listing": said(files, smb("宛名抽出.csv"), source=FILES, target=PC_1, back=445),
        "collection": said(files, smb("宛名抽出.csv"), source=PC_1, target=FILES, port=445),
        "upload": said(proxy, b"POST http://cdn.sync-update.example/api/v2/backup?id=pc-1",
                       source=PC_1, target=PROXY, port=3128),
        "exfiltration": said(proxy, b"POST /api/v2/backup?id=pc-1",
                             source=PROXY, target=C2, port=80),
        "out": said(fw, b"POST /api/v2/backup?id=pc-1", source=BORDER, target=C2, port=80),
        "defacement": said(www, b"POST /admin/edit.php", source=ATTACKER, target=WWW, port=80),
        "defaced": said(www, b"AOZORA CITY HAS BEEN HACKED", source=WWW, target=ATTACKER, back=80),
    }  # fmt: skip


def ordinary(wires: Mapping[str, Sequence[Packet]]) -> dict[str, list[Packet]]:
    """What the city's people do on the same wires; node -> requests."""
    fw, proxy, www, files = (wires[node] for node, _ in LEGS)
    return {
        "fw": [p for p in said(fw, b"HTTP/1.1\r\n", port=80) if {C2, ATTACKER}.isdisjoint(
            (p.source, p.target))],
        "proxy": said(proxy, b"http://", source=PC_2, target=PROXY, port=3128),
        "www": [p for p in said(www, b"GET /", target=WWW, port=80) if p.source != ATTACKER],
        "files": said(files, b"\xfeSMB", source=PC_2, target=FILES, port=445),
    }  # fmt: skip
