"""HTTPS and WebSocket on the team's port: who may in, what is refused, what is bounded."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from datetime import UTC, datetime

import aiohttp
import pytest
from cryptography import x509

from range.access.certificate import certificate, fingerprint
from range.access.credentials import token
from range.access.gateway.budget import CONNECTIONS, UNPROVEN_EACH
from range.access.gateway.cookies import Cookies, Tokens
from range.access.gateway.pages import desk_page, login_page
from range.access.gateway.terminal import bounded
from range.access.sheet import sheet

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def _blind():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.fixture
async def web(way, sample):
    """A browser without a page: keeps cookies, follows nothing."""
    connector = aiohttp.TCPConnector(ssl=_blind())
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(
        f"https://127.0.0.1:{way.port}", connector=connector, cookie_jar=jar
    ) as session:
        yield session


async def _log_in(web, way):
    async with web.get(f"/?token={token(way.lab)}") as answer:
        assert answer.status == 200
        assert answer.cookies


async def _page(web, path="/", **options):
    async with web.get(path, allow_redirects=False, **options) as answer:
        return answer.status, await answer.text(), answer.headers


def _origin(way):
    return {"Origin": f"https://127.0.0.1:{way.port}"}


# Who may in


async def test_without_the_token_there_is_a_login_and_nothing_behind_it(way, web):
    status, text, _ = await _page(web)
    assert status == 200
    assert "token" in text
    assert "wss:" not in text
    assert (await _page(web, "/alive"))[0] == 403
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await web.ws_connect("/desk", headers=_origin(way))


async def test_the_link_gives_a_cookie_that_scripts_and_other_sites_do_not_get(way, web):
    async with web.get(f"/?token={token(way.lab)}") as answer:
        text = await answer.text()
        (cookie,) = answer.cookies.values()
    assert token(way.lab) not in text
    assert cookie.key.startswith("__Host-")
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
    assert token(way.lab) not in cookie.value
    status, text, headers = await _page(web)
    assert status == 200
    assert "wss://127.0.0.1:" in text
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert headers["Cache-Control"] == "no-store"


async def test_the_other_team_s_token_and_cookie_open_nothing(way, web):
    assert (await _page(web, f"/?token={token(way.other)}"))[0] == 403
    from range.access.credentials import cookie_key

    foreign = Cookies("team2", cookie_key(way.other))
    ours = Cookies("team1", cookie_key(way.lab))
    assert foreign.name != ours.name  # cookies know no ports
    status, _, _ = await _page(web, "/alive", headers={"Cookie": f"{ours.name}={foreign.make()}"})
    assert status == 403


@pytest.mark.parametrize("value", ["", ".", "..", "1.x.", "9999999999.ab.cd", "x" * 5000, "é.é.é"])
def test_what_is_no_cookie_of_ours_is_nobody(value):
    assert Cookies("team1", "00" * 32).session(value) is None


def test_guessing_tokens_is_bounded_for_each_address():
    tokens = Tokens("right")
    tried = 0
    while tokens.may_try("203.0.113.1") and tried < 100:
        assert not tokens.fits("wrong", "203.0.113.1")
        tried += 1
    assert tried <= 10
    assert tokens.may_try("203.0.113.2")
    assert tokens.fits("ri-gh t", "203.0.113.2")
    for number in range(5000):
        tokens.fits("wrong", f"source-{number}")
    assert len(tokens._wrong) <= 1000


async def test_who_guesses_is_told_to_wait_and_then_not_even_the_token_helps(way, web):
    statuses = [(await _page(web, "/?token=wrong"))[0] for _ in range(12)]
    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert (await _page(web, f"/?token={token(way.lab)}"))[0] == 429
    way.point.stop()  # the gateway of the next test has not seen these guesses


async def test_another_site_cannot_use_the_cookie(way, web):
    await _log_in(web, way)
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{way.port}", ""):
        headers = {"Origin": origin} if origin else {}
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await web.ws_connect("/desk", headers=headers)
        assert refused.value.status == 403
        async with web.post("/leave", headers=headers, allow_redirects=False) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    "path",
    ["/static/../config.py", "/static/%2e%2e/config.py", "/etc/passwd", "/static/desk.py", "/desk/",
     "/static/", "//", "/?token", "/enter"],
)  # fmt: skip
async def test_there_is_nothing_else_to_be_had(way, web, path):
    status, text, _ = await _page(web, path)
    assert status in (200, 403, 404, 405)
    assert "root:" not in text
    assert "dataclass" not in text
    assert "Traceback" not in text


def test_nothing_that_comes_in_is_markup_on_a_page():
    page = desk_page('<b a="', "ja", '"><script>', 16) + login_page("<i>", "en", "<script>")
    assert "<script>" not in page
    assert "<b a" not in page
    assert "<i>" not in page


# The desk behind it


async def _first_screen(web, way, **options):
    talk = await web.ws_connect("/desk?width=90&height=30", headers=_origin(way), **options)
    shown = b""
    async with asyncio.timeout(60):
        while "デスク".encode() not in shown and b"desk" not in shown:
            message = await talk.receive()
            assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
            shown += message.data if isinstance(message.data, bytes) else b""
    return talk


async def _closed(talk):
    async with asyncio.timeout(30):
        while not talk.closed:
            await talk.receive()
    return talk.close_code


async def test_a_desk_is_shown_and_takes_keys_and_sizes(way, web):
    await _log_in(web, way)
    talk = await _first_screen(web, way)
    await talk.send_json(["resize", {"width": 120, "height": 40}])
    await talk.send_json(["ping", "7"])
    async with asyncio.timeout(20):
        while True:
            message = await talk.receive()
            if message.type is aiohttp.WSMsgType.TEXT and json.loads(message.data)[0] == "pong":
                break
    await talk.close()


@pytest.mark.parametrize(
    "frame",
    ["x", "[]", '{"a": 1}', '["stdin"]', '["stdin", 7]', '["resize", {"width": "x"}]',
     '["resize", {"width": 1e99, "height": 3}]', "[" * 50_000, '["open_url", {"url": "x"}]',
     b"\x00\x01", "y" * 300_000],
    ids=lambda frame: repr(frame[:24]),
)  # fmt: skip
async def test_frames_that_make_no_sense_end_one_desk_only(way, web, frame):
    await _log_in(web, way)
    other = await _first_screen(web, way)
    talk = await _first_screen(web, way)
    if isinstance(frame, bytes):
        await talk.send_bytes(frame)
    else:
        await talk.send_str(frame)
    assert await _closed(talk) in (1008, 1009, 1006)
    assert not other.closed
    await other.close()


async def test_more_messages_than_a_person_makes_end_the_desk(way, web):
    await _log_in(web, way)
    talk = await _first_screen(web, way)
    with contextlib.suppress(ConnectionError, aiohttp.ClientError):
        for _ in range(100_000):
            await talk.send_json(["stdin", "\x1b[<35;1;1M"])
    assert await _closed(talk) in (1008, 1006)
    assert way.ssh("inbox").returncode == 0


def test_sizes_that_are_none_become_some():
    assert bounded(0, 0) == (80, 24)
    assert bounded(10**9, 10**9) == (500, 200)
    assert bounded(1, 1) == (20, 5)


# Connections


def _silent(way, count):
    strangers = []
    for _ in range(count):
        stranger = socket.create_connection(("127.0.0.1", way.port), 5)
        stranger.settimeout(3)
        strangers.append(stranger)
    return strangers


async def test_a_thousand_connections_lock_nobody_out(way, sample):
    strangers = await asyncio.to_thread(_silent, way, 1000)
    try:
        ours = socket.create_connection(("127.0.0.1", way.port), 5, ("127.0.0.2", 0))
        with ours:
            ours.settimeout(10)
            ours.sendall(b"SSH-2.0-test\r\n")
            assert ours.recv(8) == b"SSH-2.0-"
        held = 0
        for stranger in strangers:
            stranger.setblocking(False)
            try:
                held += bool(stranger.recv(4))
            except BlockingIOError:
                held += 1
            except OSError:
                continue
        assert held <= UNPROVEN_EACH < CONNECTIONS
    finally:
        for stranger in strangers:
            stranger.close()
    assert way.ssh("inbox").returncode == 0


@pytest.mark.parametrize("asked", [b"X-a: b\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_who_does_not_log_in_is_cut_off_however_slowly_or_politely(way, sample, asked):
    reader, writer = await asyncio.open_connection("127.0.0.1", way.port, ssl=_blind())
    if asked.startswith(b"X"):  # a request that never ends
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
    began = asyncio.get_running_loop().time()
    with contextlib.suppress(ConnectionError):
        while not reader.at_eof() and asyncio.get_running_loop().time() - began < 40:
            writer.write(asked)
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(100_000), 1)
    assert asyncio.get_running_loop().time() - began < 35
    writer.transport.abort()


async def test_a_tls_handshake_that_stops_is_given_up(way, sample):
    half = socket.create_connection(("127.0.0.1", way.port), 5)
    half.sendall(b"\x16\x03\x01" + struct.pack(">H", 500) + b"\x01")
    half.settimeout(25)
    with half, contextlib.suppress(ConnectionError):
        while await asyncio.to_thread(half.recv, 1000):  # TimeoutError where it is kept
            pass


def test_who_speaks_plain_http_is_told_where_to_go(way, sample):
    with socket.create_connection(("127.0.0.1", way.port), 5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        plain.settimeout(5)
        assert b"400" in plain.recv(4000)


def test_an_ssh_client_that_waits_for_the_server_is_greeted(way, sample):
    with socket.create_connection(("127.0.0.1", way.port), 5) as waiting:
        waiting.settimeout(5)
        assert waiting.recv(100).startswith(b"SSH-2.0-CYDER")


async def test_huge_headers_and_bodies_are_refused(way, web):
    async with web.get("/", headers={"X-Long": "x" * 60_000}) as answer:
        assert answer.status == 400
    async with web.post("/enter", data={"token": "x" * 100_000}, headers=_origin(way)) as answer:
        assert answer.status == 413


# The certificate


async def test_the_certificate_is_the_one_on_the_sheet(way, web):
    _, writer = await asyncio.open_connection("127.0.0.1", way.port, ssl=_blind())
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    digest = x509.load_der_x509_certificate(shown).fingerprint(_sha256()).hex(":").upper()
    assert digest == fingerprint(way.lab) == sheet(way.lab, "h").fingerprint
    for text in (sheet(way.lab, "h").text.ja, sheet(way.lab, "h").text.en):
        assert digest in text.replace("\n      ", "")


def test_the_same_lab_has_the_same_certificate_all_year_and_another_lab_another(way):
    spring, autumn = (datetime(2026, month, 3, tzinfo=UTC) for month in (4, 11))
    assert certificate(way.lab, spring) == certificate(way.lab, autumn)
    assert certificate(way.lab, spring) != certificate(way.other, spring)
    made = certificate(way.lab, spring)
    made.verify_directly_issued_by(made)
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days <= 825


def _sha256():
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()
