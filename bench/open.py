"""How soon a long exercise is open: a log of a million events, fifty teams, thirty checks.

Measured from the start of Python: the board as JSON, the board on a terminal, the console on a
terminal, and the board with standings that were kept a while ago, as in a running exercise.
What opens without anything kept is told, too, without a target: once, and never again.

    python -m bench.open [--events N] [--rounds N] [--folder DIR] [--flapping]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.board import cpu, painted, started, stopped
from bench.sample_log import HOURS, Sample, bundle, drafts, make
from range.events.event import Draft
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.keeper import EVERY

TARGET = 1.5  # seconds
LIMIT = 120.0  # seconds that an app may take


Took = tuple[float, float]  # seconds on the wall, seconds of a processor


def as_json(folder: ExerciseFolder) -> Took:
    """What `cyder scoreboard --once --json` takes, from its start to its end."""
    home = folder.path.parent.parent
    command = Path(sys.executable).with_name("cyder")
    begun, used = time.perf_counter(), os.times()
    told = subprocess.run(
        [command, "scoreboard", folder.id, "--once", "--json"],
        env={**os.environ, "CYDER_HOME": str(home)}, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    spent, now = time.perf_counter() - begun, os.times()
    assert json.loads(told.stdout)["teams"][0]["score"] > 0
    return spent, sum(now[2:4]) - sum(used[2:4])  # of children


def on_terminal(app: str, folder: ExerciseFolder) -> Took:
    """What it takes until an app has painted all that is in the log."""
    paints = folder.path / f"opened-{app}.txt"
    paints.unlink(missing_ok=True)
    with folder.read() as log:
        head = log.head.seq
    begun = time.time()
    process, terminal = started(app, folder, paints)
    try:
        while not (seen := [at for seq, at in painted(paints) if seq >= head]):
            if time.time() > begun + LIMIT or process.poll() is not None:
                raise SystemExit(f"{app} did not show itself within {LIMIT} s")
            time.sleep(0.02)
        used = cpu(process.pid)
    finally:
        stopped(process, terminal)
    return seen[0] - begun, used


def keep(folder: ExerciseFolder) -> Took:
    """What it takes to keep standings from nothing, as the engine never has it done."""
    begun, used = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-m", "range.report.keep", str(folder.path)], check=True)
    return time.perf_counter() - begun, os.times().children_user - used.children_user


def grown(folder: ExerciseFolder, sample: Sample) -> None:
    """Append what the engine writes until standings are kept again, less one event."""
    more = replace(sample, events=EVERY - 1)
    base = HOURS * 3600 - 600
    with Log.open(folder.log) as log:
        log.append(
            [
                Draft(draft.kind, draft.data, draft.team, draft.actor, base + (draft.at or 0.0))
                for draft in drafts(bundle(sample), more, 500)
            ]
        )


def measure(folder: ExerciseFolder, sample: Sample, rounds: int) -> list[dict[str, Any]]:
    """Return results with name, value, unit, target, ok."""
    shutil.rmtree(folder.projections, ignore_errors=True)
    results = [result("keep standings, from nothing", [keep(folder)], None)]
    ways = {
        "scoreboard --once --json": lambda: as_json(folder),
        "scoreboard on a terminal": lambda: on_terminal("scoreboard", folder),
        "console on a terminal": lambda: on_terminal("console", folder),
    }
    first = on_terminal("console", folder)
    results.append(result("console on a terminal, for the first time", [first], None))
    for name, way in ways.items():
        results.append(result(name, [way() for _ in range(rounds)], TARGET))
    aside = folder.path / "aside"
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(folder.projections, aside)
    grown(folder, sample)
    times = []
    for _ in range(rounds):
        times.append(as_json(folder))
        shutil.rmtree(folder.projections)
        shutil.copytree(aside, folder.projections)
    results.append(result(f"scoreboard --once --json, {EVERY} events behind", times, TARGET))
    return results


def result(name: str, times: list[Took], target: float | None) -> dict[str, Any]:
    """One line of the table: the median should be at most `target`; `cpu` tells of other load."""
    value = statistics.median(wall for wall, _ in times)
    used = statistics.median(used for _, used in times)
    return {"name": f"open: {name}", "value": round(value, 3), "unit": "s", "target": target,
            "cpu": round(used, 3),
            "ratio": None if target is None else round(value / target, 3),
            "ok": target is None or value <= target}  # fmt: skip


def main() -> int:
    """Measure and print JSON; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--flapping", action="store_true", help="services fail at every other look")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="a disk, not tmpfs")
    options = parser.parse_args()
    sample = Sample(events=options.events, flapping=options.flapping)
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        folder = make(Path(place) / "exercises" / "sample", sample)
        results = measure(folder, sample, options.rounds)
    print(json.dumps({"results": results}, indent=2))
    return 0 if all(each["ok"] for each in results) else 1


if __name__ == "__main__":
    sys.exit(main())
