"""Frames that should not get anywhere, built byte by byte. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

BROADCAST = "ff:ff:ff:ff:ff:ff"
_ALL_NODES = IPv6Address("ff02::1")
_UDP, _TCP, _ICMP, _ICMP6 = 17, 6, 1, 58
_PORT = 40_000  # nobody needs to listen: frames are looked for, not answers


def ipv4_frames(
    to_mac: str, from_mac: str, source: IPv4Address, target: IPv4Address, mark: bytes
) -> Iterator[bytes]:
    """Yield a datagram, a SYN and an echo request, each carrying `mark`."""
    ends = source.packed + target.packed
    udp = struct.pack("!4H", _PORT, _PORT, 8 + len(mark), 0) + mark
    syn = struct.pack("!2H2IBBHHH", _PORT, _PORT, 7, 0, 5 << 4, 2, 8192, 0, 0) + mark
    echo = struct.pack("!BBHHH", 8, 0, 0, 1, 1) + mark
    for protocol, content in ((_UDP, udp), (_TCP, syn), (_ICMP, echo)):
        summed = _checked(protocol, content, ends)
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(summed), 1, 0, 64, protocol, 0) + ends
        header = header[:10] + _sum(header).to_bytes(2, "big") + header[12:]
        yield ethernet(to_mac, from_mac, 0x0800, header + summed)


def ipv6_frames(from_mac: str, mark: bytes) -> Iterator[bytes]:
    """Yield what IPv6 could get by with: a datagram to all nodes, a router's advertisement."""
    source = IPv6Address("fe80::1")
    to_mac = "33:33:00:00:00:01"
    udp = struct.pack("!4H", _PORT, _PORT, 8 + len(mark), 0) + mark
    padded = mark.ljust(-(-(len(mark) + 2) // 8) * 8 - 2, b"\0")
    option = struct.pack("!BB", 253, (len(padded) + 2) // 8) + padded
    advert = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 0, 0, 0) + option
    for protocol, content in ((_UDP, udp), (_ICMP6, advert)):
        ends = source.packed + _ALL_NODES.packed
        pseudo = ends + struct.pack("!II", len(content), protocol)
        summed = _with_sum(content, 6 if protocol == _UDP else 2, pseudo)
        header = struct.pack("!IHBB", 6 << 28, len(summed), protocol, 255) + ends
        yield ethernet(to_mac, from_mac, 0x86DD, header + summed)


def odd_frames(
    from_mac: str, source: IPv4Address, target: IPv4Address, mark: bytes
) -> Iterator[bytes]:
    """Yield frames of other kinds: tagged ones, a foreign protocol, a lie by ARP."""
    inner = next(iter(ipv4_frames(BROADCAST, from_mac, source, target, mark)))[12:]
    for tag in (0x8100, 0x88A8):
        yield ethernet(BROADCAST, from_mac, tag, struct.pack("!H", 5) + inner)
    yield ethernet(BROADCAST, from_mac, 0x88B5, mark)
    lie = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + _mac(from_mac) + target.packed
    yield ethernet(BROADCAST, from_mac, 0x0806, lie + _mac(BROADCAST) + target.packed + mark)


def spoofed_frames(to_mac: str, from_mac: str, source: IPv4Address, wrong: IPv4Address,
                   target: IPv4Address, mark: bytes) -> Iterator[bytes]:  # fmt: skip
    """Yield frames that pose as somebody else: by address, and by MAC."""
    yield from ipv4_frames(to_mac, from_mac, wrong, target, mark)
    yield from ipv4_frames(to_mac, "02:00:00:00:00:99", source, target, mark)


def ethernet(to_mac: str, from_mac: str, kind: int, content: bytes) -> bytes:
    """Return a frame."""
    return _mac(to_mac) + _mac(from_mac) + struct.pack("!H", kind) + content


def _checked(protocol: int, content: bytes, ends: bytes) -> bytes:
    place = {_UDP: 6, _TCP: 16, _ICMP: 2}[protocol]
    pseudo = b"" if protocol == _ICMP else ends + struct.pack("!HH", protocol, len(content))
    return _with_sum(content, place, pseudo)


def _with_sum(content: bytes, place: int, pseudo: bytes) -> bytes:
    return content[:place] + _sum(pseudo + content).to_bytes(2, "big") + content[place + 2 :]


def _sum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
