#!/usr/bin/python3
"""Serves /srv/small-web on port 80 and writes an access log."""

import functools
import http.server
import os
import socket
import time
from pathlib import Path


class Handler(http.server.SimpleHTTPRequestHandler):
    timeout = 10

    def log_message(self, template, *values):
        line = template % values
        stamp = time.strftime("%d/%b/%Y:%H:%M:%S %z")
        with Path("/var/log/small-web/access.log").open("a") as log:
            log.write(f"{self.client_address[0]} - - [{stamp}] {line}\n")


handler = functools.partial(Handler, directory="/srv/small-web")
server = http.server.ThreadingHTTPServer(("", 80), handler)
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:  # now, and not before, it is up
    systemd.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
server.serve_forever()
