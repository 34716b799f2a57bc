"""The desk in a browser: a login by token, one page, and a WebSocket with a terminal on it."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from range.access.gateway.assets import Asset
from range.access.gateway.budget import Ticket
from range.access.gateway.config import GatewayConfig
from range.access.gateway.cookies import Cookies, Tokens
from range.access.gateway.pages import desk_page, entered_page, login_page
from range.access.gateway.sitting import Sittings
from range.access.gateway.tls import Guarded, receive
from range.access.gateway.web_terminal import WebDesks

_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,255}")
_BODY = 4096  # bytes of a form
_KEEP_ALIVE = 15.0  # seconds
_ALWAYS = {
    # xterm.js makes style elements of its own; scripts come from here only.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' "
    "'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "clipboard-read=(), camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "CYDER",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebServer:
    """Speaks HTTPS on connections that others have accepted."""

    def __init__(
        self,
        config: GatewayConfig,
        sittings: Sittings,
        assets: Mapping[str, Asset],
        context: ssl.SSLContext,
    ) -> None:
        self._team, self._assets, self._context = config.team, assets, context
        self._cookies = Cookies(config.team, config.cookie_key)
        self._tokens = Tokens(config.token)
        self._desks = WebDesks(sittings)
        self._guards: dict[Any, Guarded] = {}
        self._factory: Callable[[], Any] | None = None

    async def open(self) -> None:
        """Get ready to receive."""
        app = web.Application(middlewares=[self._around], client_max_size=_BODY)
        app.router.add_get("/", self._index)
        app.router.add_post("/enter", self._enter)
        app.router.add_post("/leave", self._leave)
        app.router.add_get("/alive", self._alive)
        app.router.add_get("/desk", self._desk)
        app.router.add_get("/static/{name}", self._static)
        runner = web.AppRunner(
            app, access_log=None, keepalive_timeout=_KEEP_ALIVE, handle_signals=False
        )
        await runner.setup()
        self._factory = runner.server

    async def receive(self, guest: socket.socket, ticket: Ticket) -> None:
        """Shake hands and serve; the connection then lives on its own."""

        def guarded() -> Guarded:
            assert self._factory is not None
            inner = self._factory()
            guard = Guarded(inner, ticket, partial(self._gone, inner))
            self._guards[inner] = guard
            return guard

        await receive(guest, self._context, ticket, guarded)

    def _gone(self, inner: Any) -> None:
        self._guards.pop(inner, None)

    # Around every request

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._session(request) is not None and (guard := self._guards.get(request.protocol)):
            guard.proven()
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=f"{error.status}\n")
        if not response.prepared:
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.update(_ALWAYS)
        return response

    def _session(self, request: web.Request) -> str | None:
        return self._cookies.session(request.cookies.get(self._cookies.name, ""))

    # Pages

    async def _index(self, request: web.Request) -> web.Response:
        language = _language(request)
        token = request.query.get("token")
        if token is not None:
            return self._try(request, token)
        if self._session(request) is None:
            return _page(login_page(self._team, language))
        host = request.headers.get("Host", "")
        if not _HOST.fullmatch(host):
            raise web.HTTPBadRequest
        return _page(desk_page(self._team, language, host, _font_size(request)))

    async def _enter(self, request: web.Request) -> web.Response:
        _same_origin(request)
        return self._try(request, str((await request.post()).get("token", "")))

    def _try(self, request: web.Request, token: str) -> web.Response:
        source = request.remote or "unknown"
        language = _language(request)
        if not self._tokens.may_try(source):
            return _page(login_page(self._team, language, "slow"), 429)
        if not self._tokens.fits(token, source):
            return _page(login_page(self._team, language, "wrong"), 403)
        # Not a redirect: one that began at another site would come without the cookie.
        response = _page(entered_page(self._team, language))
        response.set_cookie(
            self._cookies.name, self._cookies.make(),
            secure=True, httponly=True, samesite="Strict", path="/",
        )  # fmt: skip
        return response

    async def _leave(self, request: web.Request) -> web.Response:
        _same_origin(request)
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(
            self._cookies.name, "", max_age=0, secure=True, httponly=True, samesite="Strict"
        )
        return response

    async def _alive(self, request: web.Request) -> web.Response:
        return web.Response(status=403 if self._session(request) is None else 204)

    async def _static(self, request: web.Request) -> web.Response:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        kept = {"Cache-Control": "private, max-age=3600", "Content-Type": asset.kind}
        return web.Response(body=asset.content, headers=kept)

    async def _desk(self, request: web.Request) -> web.StreamResponse:
        if self._session(request) is None:
            raise web.HTTPForbidden
        _same_origin(request)
        return await self._desks.serve(request, _language(request))


def _page(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


def _same_origin(request: web.Request) -> None:
    """Refuse what another site's page sends; browsers say whose it is."""
    if request.headers.get("Origin") != f"https://{request.headers.get('Host')}":
        raise web.HTTPForbidden


def _language(request: web.Request) -> str:
    """Return the first of our languages that the browser would like."""
    asked = request.query.get("language", "")
    wanted = [asked, *request.headers.get("Accept-Language", "")[:200].split(",")]
    known = (one.strip()[:2].lower() for one in wanted)
    return next((language for language in known if language in ("ja", "en")), "ja")


def _font_size(request: web.Request) -> int:
    asked = request.query.get("size", "")
    return min(max(int(asked), 8), 40) if asked.isascii() and asked.isdigit() else 16
