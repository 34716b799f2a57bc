"""The log against its peer: raw appends with fdatasync, each chained by SHA-256 to the one before.

Appended one by one the log should reach half of the raw rate, in groups 50,000 events a second, and
neither should fall as the log grows. Regrading is measured against folding bare JSON lines.

    python -m bench.log [--events N] [--folder DIR]      (JSON on stdout)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from range.events.event import Draft, Event, Kind
from range.events.log import Log
from range.grading.grade import grade
from range.grading.predicate import probe_digest
from range.scenario.scenario import Bundle, Scenario

ROUNDS = 5
GROUP = 1000
TEXT = {"ja": "x", "en": "x"}
CHECKS = 30


def bundle() -> Bundle:
    """A scenario of thirty checks."""
    check = {
        "title": TEXT,
        "objective": "act",
        "probe": {"kind": "process", "node": "pc", "matches": "implant"},
        "expect": {"count": 0},
    }
    head = {"cyder": 1, "name": "bench", "title": TEXT, "organization": "none", "level": "-",
            "duration": "3h", "summary": TEXT, "briefing": TEXT}  # fmt: skip
    objectives = {"act": {"phase": "act", "title": TEXT}}
    checks = {f"c{number}": check for number in range(CHECKS)}
    return Bundle(
        scenario=Scenario.model_validate({**head, "objectives": objectives, "checks": checks})
    )


def drafts(of: Bundle, count: int) -> list[Draft]:
    """Observations as an exercise of fifty teams makes them."""
    probe = of.scenario.checks["c0"].probe
    assert probe is not None
    digest = probe_digest(probe)
    return [
        Draft(
            Kind.OBSERVED,
            {
                "check": f"c{number % CHECKS}",
                "probe": digest,
                "raw": {
                    "count": int(number * 7919 % 97 < 30),
                    "commands": ["/usr/bin/python3 syncd.py"],
                    "ms": 12,
                },
                "error": None,
            },
            f"team{number // CHECKS % 50}",
            at=number / 10,
        )
        for number in range(count)
    ]


def canonical(draft: Draft, seq: int) -> str:
    """The bytes that both sides write for one event."""
    event = {"actor": draft.actor, "at": draft.at, "data": draft.data, "kind": draft.kind,
             "seq": seq, "team": draft.team, "wall": time.time()}  # fmt: skip
    return json.dumps(event, sort_keys=True, separators=(",", ":"))


def raw_appends(path: Path, events: list[Draft]) -> float:
    """Events a second of the peer: a file, one line and one fdatasync for each event."""
    previous = b""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    begun = time.perf_counter()
    for seq, draft in enumerate(events, 1):
        body = canonical(draft, seq).encode()
        previous = hashlib.sha256(previous + body).digest()
        os.write(descriptor, body + b" " + previous.hex().encode() + b"\n")
        os.fdatasync(descriptor)
    spent = time.perf_counter() - begun
    os.close(descriptor)
    return len(events) / spent


def single_appends(path: Path, events: list[Draft]) -> float:
    """Events a second of the log, one durable append for each."""
    with Log.open(path) as log:
        begun = time.perf_counter()
        for draft in events:
            log.append([draft])
        return len(events) / (time.perf_counter() - begun)


def grouped_appends(path: Path, events: list[Draft], total: int) -> tuple[float, float]:
    """Events a second in groups, over the first and over the last tenth of `total` events."""
    rates = []
    with Log.open(path) as log:
        for _ in range(max(total // len(events), 1)):
            begun = time.perf_counter()
            for start in range(0, len(events), GROUP):
                log.append(events[start : start + GROUP])
            rates.append(len(events) / (time.perf_counter() - begun))
    tenth = max(len(rates) // 10, 1)
    return statistics.median(rates[:tenth]), statistics.median(rates[-tenth:])


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def json_fold(lines: list[str]) -> dict[str, Any]:
    """The peer of grading: parse each line, keep the last value of each check of each team."""
    state: dict[str, Any] = {}
    for line in lines:
        event = json.loads(line)
        state[f"{event['team']}/{event['data']['check']}"] = event["data"]["raw"]["count"]
    return state


def regrading(of: Bundle, path: Path, events: list[Draft]) -> tuple[float, float]:
    """Events a second: a bare fold over JSON lines, and reading, proving and grading a log."""
    lines = [canonical(draft, seq) for seq, draft in enumerate(events, 1)]
    with Log.open(path) as log:
        written: list[Event] = []
        for start in range(0, len(events), GROUP):
            written += log.append(events[start : start + GROUP])
        fold = timed(lambda: json_fold(lines))
        graded = timed(lambda: grade(of, log.read()))
    return len(events) / fold, len(events) / graded


def result(name: str, value: float, unit: str, target: float) -> dict[str, Any]:
    """One line of the table: `value` should be at least `target`."""
    return {"name": name, "value": round(value, 3), "unit": unit, "target": target,
            "ok": value >= target}  # fmt: skip


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000, help="length of the long log")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="a disk, not tmpfs")
    options = parser.parse_args()
    of = bundle()
    few, many = drafts(of, 300), drafts(of, 20_000)
    ratios, singles = [], []
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        for turn in range(ROUNDS):  # alternating, so that both see the same disk and neighbours
            raw = raw_appends(folder / f"raw{turn}", few)
            singles.append(single_appends(folder / f"log{turn}", few))
            ratios.append(singles[-1] / raw)
        first, last = grouped_appends(folder / "grouped", many, options.events)
        fold, graded = regrading(of, folder / "graded", drafts(of, 100_000))
    results = [
        result(
            "log append one by one / raw chained fdatasync", statistics.median(ratios), "x", 0.5
        ),
        result("log append one by one", statistics.median(singles), "events/s", 0),
        result("log append grouped", first, "events/s", 50_000),
        result("log append grouped, at the end / at the start", last / first, "x", 0.8),
        result("regrade / bare JSON fold", graded / fold, "x", 0.3),
        result("regrade", graded, "events/s", 0),
    ]
    print(json.dumps({"results": results}, indent=2))


if __name__ == "__main__":
    main()
