"""A session of HTTP requests with cookies, as a browser of a user would make them."""

from __future__ import annotations

import base64
import http.client
import ssl
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from range.network.agent.errors import Unresolved, word
from range.network.agent.ops.dns import address_of
from range.text import clean, line

BODY = 65_536  # characters
_READ = 262_144  # bytes
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_MOST_COOKIES = 50


def http_session(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Make `requests` one after the other; the last one is the observation of the http kind."""
    began = time.monotonic()
    cookies: dict[str, dict[str, str]] = {}
    seen: dict[str, Any] = {}
    try:
        for request in args["requests"]:
            began = time.monotonic()
            seen = _exchange(request, args, cookies, deadline)
    except (OSError, Unresolved, http.client.HTTPException, ValueError) as error:
        return {"error": word(error), "ms": _ms(began)}
    return {**seen, "ms": _ms(began)}


def _exchange(
    request: dict[str, Any],
    args: dict[str, Any],
    cookies: dict[str, dict[str, str]],
    deadline: float,
) -> dict[str, Any]:
    url = urlsplit(request["url"])
    host = url.hostname or ""
    headers = {"User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "identity",
               "Host": url.netloc.rpartition("@")[2], "Connection": "close"}  # fmt: skip
    if jar := cookies.get(host):
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
    if args.get("user") is not None:
        pair = f"{args['user']}:{args.get('password') or ''}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    headers |= request.get("headers") or {}
    body = None
    if (form := request.get("form")) is not None:
        body = urlencode(form).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection, target = _connection(url, args, deadline)
    try:
        connection.request(request["method"], target, body, headers)
        response = connection.getresponse()
        content = response.read(_READ)
    finally:
        connection.close()
    _keep(response.headers.get_all("Set-Cookie") or [], cookies.setdefault(host, {}))
    charset = response.headers.get_content_charset("utf-8")
    return {
        "status": response.status,
        "body": clean(_decoded(content, charset), BODY),
        "headers": {name.lower(): line(value, 1000) for name, value in response.getheaders()},
    }


def _connection(
    url: Any, args: dict[str, Any], deadline: float
) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection to the server or the proxy, and what to ask it for."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    resolver = args.get("resolver") or ""
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    secure = url.scheme == "https"
    port = url.port or (443 if secure else 80)
    if args.get("proxy"):
        proxy = urlsplit(args["proxy"])
        address = address_of(proxy.hostname or "", resolver, deadline)
        if not secure:
            plain = http.client.HTTPConnection(address, proxy.port or 3128, timeout=left)
            return plain, f"http://{url.netloc.rpartition('@')[2]}{path}"
        tunnel = _Secure(address, proxy.port or 3128, left, url.hostname)
        tunnel.set_tunnel(url.hostname, port)
        return tunnel, path
    address = address_of(url.hostname or "", resolver, deadline)
    if secure:
        return _Secure(address, port, left, url.hostname), path
    return http.client.HTTPConnection(address, port, timeout=left), path


class _Secure(http.client.HTTPConnection):
    """TLS as a user of the lab has it: certificates are made there, so none is verified."""

    def __init__(self, address: str, port: int, timeout: float, name: str) -> None:
        super().__init__(address, port, timeout=timeout)
        self._name = name

    def connect(self) -> None:
        """Connect, through the tunnel if there is one, then speak TLS."""
        super().connect()
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.sock = context.wrap_socket(self.sock, server_hostname=self._name)


def _keep(set_cookies: list[str], jar: dict[str, str]) -> None:
    for cookie in set_cookies[:_MOST_COOKIES]:
        name, equals, value = cookie.partition(";")[0].strip().partition("=")
        if equals and (name in jar or len(jar) < _MOST_COOKIES):
            jar[line(name, 200)] = line(value, 4000)


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
