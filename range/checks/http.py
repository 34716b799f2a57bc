"""HTTP, as a user with a browser."""

from __future__ import annotations

from typing import Any

from range.checks.outside import from_outside
from range.checks.view import LabView
from range.scenario.probe import HttpProbe, HttpRequest


def http(probe: HttpProbe, view: LabView) -> dict[str, Any]:
    """Make the session's requests; observes the last."""
    args: dict[str, Any] = {"requests": [_request(request, view) for request in probe.requests]}
    if probe.proxy is not None:
        args["proxy"] = probe.proxy
    if probe.resolver is not None:
        args["resolver"] = probe.resolver
    if probe.user is not None:
        args["user"] = view.text(probe.user)
        args["password"] = view.text(probe.password) if probe.password is not None else ""
    return from_outside("http", args, probe.from_, probe.timeout, view, {})


def _request(request: HttpRequest, view: LabView) -> dict[str, Any]:
    form = request.form
    return {
        "url": request.url.replace("{nonce}", view.nonce),
        "method": request.method,
        "headers": {name: view.text(value) for name, value in request.headers.items()},
        "form": None if form is None else {name: view.text(item) for name, item in form.items()},
    }
