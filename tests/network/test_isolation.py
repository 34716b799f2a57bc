"""What guests can and cannot do on their segments, tried as root from inside."""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import threading
import time

import pytest

pytestmark = pytest.mark.guests

# Sends one frame: destination, source, then what follows the addresses, all hexadecimal.
SEND = """
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
s.send(bytes.fromhex(sys.argv[2]))
"""
# Says `ready`, then whether a frame with the nonce came within a second.
LISTEN = """
import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind((sys.argv[1], 0))
open("/run/listening", "w").close()
end = time.monotonic() + 1
while (left := end - time.monotonic()) > 0:
    s.settimeout(left)
    try:
        if bytes.fromhex(sys.argv[2]) in s.recv(2048):
            print("seen")
            break
    except TimeoutError:
        break
"""
NONCE = "c0ffee5eedfeed77"


def frame(source: str, ethertype: str, payload: str) -> str:
    return "ff" * 6 + source.replace(":", "") + ethertype + payload + NONCE


def ipv4(source: str) -> str:
    """A UDP packet to the segment's broadcast address, without checksums."""
    return "450000240000000040110000" + _hex(source) + "ffffffff" + "0007000700100000"


def _hex(address: str) -> str:
    return socket.inet_aton(address).hex()


def arrives(labs, sent: str) -> bool:
    """Send a frame from pc-1 and say whether pc-2, on the same segment, sees it."""
    receiver = labs.guest("pc-2")
    receiver.run(["rm", "-f", "/run/listening"])
    seen: list[bytes] = []
    listening = threading.Thread(
        target=lambda: seen.append(receiver.run(["python3", "-c", LISTEN, "eth0", NONCE]).stdout)
    )
    listening.start()
    deadline = time.monotonic() + 10
    while receiver.read("/run/listening").type == "absent" and time.monotonic() < deadline:
        pass
    labs.sh("pc-1", f"python3 -c '{SEND}' eth0 {sent}")
    listening.join()
    return seen == [b"seen\n"]


def leg(labs, node: str):
    return labs.lab(0).node(node).nics[0]


def test_neighbours_and_the_other_side_of_the_router_are_reached(labs):
    assert labs.pings("pc-1", leg(labs, "pc-2").address)
    assert labs.pings("pc-1", leg(labs, "attacker").address)


def test_the_same_address_is_another_machine_in_each_lab(labs):
    for lab in (0, 1):
        labs.sh("pc-2", f"echo lab-{lab} > /srv/nonce", lab)
        labs.sh("pc-2", "systemd-run --unit=web python3 -m http.server -d /srv 8000", lab)
    url = f"http://{leg(labs, 'pc-2').address}:8000/nonce"
    wait = "curl -sS --retry 20 --retry-connrefused --retry-delay 1"
    answers = [labs.sh("pc-1", f"{wait} {url}", lab).stdout for lab in (0, 1)]
    assert answers == [b"lab-0\n", b"lab-1\n"]


def test_a_frame_with_the_planned_source_arrives(labs):
    """The positive control of those below."""
    nic = leg(labs, "pc-1")
    assert arrives(labs, frame(nic.mac, "0800", ipv4(str(nic.address))))


def test_a_frame_with_another_source_address_does_not(labs):
    assert not arrives(labs, frame(leg(labs, "pc-1").mac, "0800", ipv4("10.9.1.77")))


def test_a_frame_with_another_mac_does_not(labs):
    assert not arrives(labs, frame("02:00:00:00:00:01", "0800", ipv4("10.9.1.100")))


@pytest.mark.parametrize("tag", ["8100", "88a8"])
def test_a_tagged_frame_does_not(labs, tag):
    nic = leg(labs, "pc-1")
    assert not arrives(labs, frame(nic.mac, tag + "0005" + "0800", ipv4(str(nic.address))))


@pytest.mark.parametrize("ethertype", ["86dd", "88cc", "9000", "888e"])
def test_a_frame_of_another_protocol_does_not(labs, ethertype):
    assert not arrives(labs, frame(leg(labs, "pc-1").mac, ethertype, "60" + "0" * 78))


def test_an_arp_answer_for_another_address_does_not(labs):
    mac = leg(labs, "pc-1").mac.replace(":", "")
    forged = "0001080006040002" + mac + _hex("10.9.1.1") + "ff" * 6 + _hex("10.9.1.101")
    assert not arrives(labs, frame(mac, "0806", forged))
    own = "0001080006040002" + mac + _hex("10.9.1.100") + "ff" * 6 + _hex("10.9.1.101")
    assert arrives(labs, frame(mac, "0806", own))


def test_ipv6_does_not_pass_even_where_a_guest_turns_it_on(labs):
    on = "echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6"
    for node in ("pc-1", "pc-2"):
        labs.sh(node, f"{on}; ip -6 addr add 2001:db8::{node[-1]}/64 dev eth0 nodad")
    assert labs.pings("pc-2", "2001:db8::2")
    assert not labs.pings("pc-1", "2001:db8::2")


def test_the_host_hears_nothing_of_a_segment(labs):
    nic = leg(labs, "pc-1")
    with contextlib.closing(
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    ) as listener:
        listener.bind((nic.bridge, 0))
        assert arrives(labs, frame(nic.mac, "0800", ipv4(str(nic.address))))
        assert select.select([listener], [], [], 0)[0] == []


def test_the_host_has_no_address_on_any_segment(labs):
    for bridge in labs.lab(0).bridges:
        shown = subprocess.run(
            ["ip", "-br", "addr", "show", bridge.name], capture_output=True, text=True, check=True
        )
        assert shown.stdout.split()[2:] == []


def test_guests_do_not_meet_in_the_access_network(labs):
    other = labs.lab(0).node("pc-2").access
    assert not labs.pings("pc-1", other.address, options="-I access")


def test_guests_cannot_open_anything_towards_the_access_point(labs):
    assert not labs.pings("pc-1", labs.lab(0).access.address)


def test_guests_are_reached_from_the_access_point(labs):
    connect = "import socket, sys; print(socket.create_connection((sys.argv[1], 22), 5).recv(4))"
    namespace = labs.provider.network_namespace(labs.lab(0), "access")
    done = subprocess.run(
        ["nsenter", f"--net={namespace}", "python3", "-c", connect,
         str(labs.lab(0).node("pc-1").access.address)], capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "b'SSH-'\n"


def test_only_machines_with_several_legs_forward(labs):
    forwarding = {
        node: labs.sh(node, "cat /proc/sys/net/ipv4/ip_forward").stdout.strip()
        for node in ("fw", "pc-1", "attacker")
    }
    assert forwarding == {"fw": b"1", "pc-1": b"0", "attacker": b"0"}


def test_a_probe_point_speaks_from_each_of_its_addresses(labs):
    probe = next(probe for probe in labs.lab(0).probes if probe.network == "inside")
    connect = (
        "import socket, sys\n"
        "for source in sys.argv[2:]:\n"
        "    print(socket.create_connection((sys.argv[1], 22), 5, (source, 0)).recv(4))\n"
    )
    namespace = labs.provider.network_namespace(labs.lab(0), "inside")
    done = subprocess.run(
        ["nsenter", f"--net={namespace}", "python3", "-c", connect,
         str(leg(labs, "attacker").address), *map(str, probe.addresses)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "b'SSH-'\n" * len(probe.addresses)


def test_a_leg_that_was_taken_down_comes_back_with_its_routes(labs):
    before = labs.sh("pc-2", "ip route | sort").stdout
    labs.sh("pc-2", "ip link set eth0 down; ip addr flush dev eth0")
    assert labs.sh("pc-2", "ip route | sort").stdout != before
    labs.sh("pc-2", "systemctl restart networking")
    assert labs.sh("pc-2", "ip route | sort").stdout == before
    assert labs.pings("pc-2", leg(labs, "attacker").address)
