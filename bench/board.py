"""What boards cost while an exercise runs: share of a core, and time from an event to the screen.

The real apps run on a pseudo-terminal of 160x50 over a log of fifty teams; another process appends
to it at an even rate, each event durably by itself. An event is on the screen when the app has
refreshed after it took the event in; its time is counted from before it was written.

    python -m bench.board [--app scoreboard|console] [--events N] [--rate R] [--seconds S]
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.sample_log import HOURS, Sample, bundle, drafts, make
from range.events.event import Draft
from range.events.folder import ExerciseFolder
from range.events.log import Log

CPU = 15.0  # percent of a core
LATENCY = 250.0  # milliseconds, 95 of 100 events
SETTLE = 4.0  # seconds before measuring
START = 30.0  # seconds that an app may take to show itself


def write(folder: ExerciseFolder, rate: float, seconds: float) -> None:
    """Append at `rate` events a second, one by one, until `seconds` have passed."""
    sample = Sample(events=int(rate * seconds))
    begun, base = time.monotonic(), HOURS * 3600 - 600
    with Log.open(folder.log) as log:
        for number, draft in enumerate(drafts(bundle(sample), sample, seconds)):
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
            log.append(
                [Draft(draft.kind, draft.data, draft.team, draft.actor, base + (draft.at or 0))]
            )


def show(app: str, folder: ExerciseFolder, paints: Path) -> None:
    """Run an app, and write down when it had painted which event."""
    out = paints.open("w")

    def note(seq: int) -> None:
        out.write(f"{seq} {time.time():.4f}\n")
        out.flush()

    if app == "scoreboard":
        run_scoreboard(folder, note)
    else:
        run_console(folder, note)


def run_scoreboard(folder: ExerciseFolder, note: Any) -> None:
    from range.report.board import Boards
    from scoreboard.app import ScoreboardApp
    from scoreboard.face import Face
    from scoreboard.source import Source

    class Timed(ScoreboardApp):
        def on_ready(self) -> None:
            note(self.stage.board.seq)

        def repaint(self) -> None:
            super().repaint()
            self.call_after_refresh(note, self.stage.board.seq)

    with folder.read() as log:
        boards = Boards.of(folder, log)
        Timed(Source(boards), boards.bundle.scenario, Face("ja"), {}).run()


def run_console(folder: ExerciseFolder, note: Any) -> None:
    from range.settings import Settings
    from tui.console.app import ConsoleApp
    from tui.console.exercise.screen import ExerciseScreen

    shown = ExerciseScreen.show

    def show(screen: ExerciseScreen, **how: bool) -> None:
        shown(screen, **how)
        screen.call_after_refresh(note, screen.hub.story.seq)

    ExerciseScreen.show = show  # type: ignore[method-assign]
    home = folder.path.parent.parent
    ConsoleApp(Settings(home=home), "white", exercise=str(folder.path)).run()


def started(app: str, folder: ExerciseFolder, paints: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start an app on a terminal that somebody reads."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.board", "--show", str(paints), "--app", app,
         "--folder", str(folder.path)],
        stdin=child, stdout=child, stderr=child, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
    )  # fmt: skip
    os.close(child)
    threading.Thread(target=drain, args=(parent,), daemon=True).start()
    return process, parent


def stopped(process: subprocess.Popen[bytes], terminal: int) -> None:
    """End an app and its terminal."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    os.close(terminal)


def drain(terminal: int) -> None:
    while True:
        try:
            if not os.read(terminal, 65536):
                return
        except OSError:
            return


def cpu(pid: int) -> float:
    """Seconds of a processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def painted(paints: Path) -> list[tuple[int, float]]:
    """Events and when they were on the screen, in order."""
    lines = paints.read_text().splitlines() if paints.exists() else []
    return [(int(seq), float(at)) for seq, at in (line.split() for line in lines)]


def latencies(folder: ExerciseFolder, paints: Path, since: float, until: float) -> list[float]:
    """Milliseconds from an event to the screen, of each event written from `since` to `until`."""
    seen = painted(paints)
    found, place = [], 0
    with folder.read() as log:
        for event in log.read(seen[0][0]):
            while place < len(seen) and seen[place][0] < event.seq:
                place += 1
            if since <= event.wall <= until and place < len(seen):
                found.append((seen[place][1] - event.wall) * 1000)
    return sorted(found)


def measure(app: str, folder: ExerciseFolder, rate: float, seconds: float) -> list[dict[str, Any]]:
    """Run one app over a log that grows; return results with name, value, unit, target, ok."""
    paints = folder.path / f"paints-{app}.txt"
    paints.unlink(missing_ok=True)
    process, terminal = started(app, folder, paints)
    limit = time.monotonic() + START
    while not painted(paints):
        if time.monotonic() > limit or process.poll() is not None:
            raise SystemExit(f"{app} did not show itself within {START} s")
        time.sleep(0.05)
    writer = subprocess.Popen(
        [sys.executable, "-m", "bench.board", "--write", "--folder", str(folder.path),
         "--rate", str(rate), "--seconds", str(seconds + 2 * SETTLE)]
    )  # fmt: skip
    try:
        time.sleep(SETTLE)
        since, before = time.time(), cpu(process.pid)
        time.sleep(seconds)
        until, used = time.time(), cpu(process.pid) - before
        writer.wait(60)
        time.sleep(1)
    finally:
        writer.kill()
        stopped(process, terminal)
    found = latencies(folder, paints, since, until)
    share = 100 * used / (until - since)
    p95 = found[int(len(found) * 0.95)]
    times = [at for _, at in painted(paints) if since <= at <= until]
    pause = [later - earlier for earlier, later in pairwise(times)]
    return [
        result(f"{app}: share of a core", share, "%", CPU),
        result(f"{app}: event to screen, p95", p95, "ms", LATENCY),
        result(f"{app}: event to screen, median", found[len(found) // 2], "ms", None),
        result(f"{app}: refreshes a second", len(times) / (until - since), "1/s", None),
        result(f"{app}: longest pause between refreshes", max(pause) * 1000, "ms", None),
        result(f"{app}: events measured", len(found), "events", None),
    ]


def result(name: str, value: float, unit: str, target: float | None) -> dict[str, Any]:
    """One line of the table: `value` should be at most `target`."""
    return {"name": name, "value": round(value, 2), "unit": unit, "target": target,
            "ratio": None if target is None else round(value / target, 3),
            "ok": target is None or value <= target}  # fmt: skip


def main() -> int:
    """Measure and print JSON; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", choices=["scoreboard", "console"], action="append")
    parser.add_argument("--events", type=int, default=200_000, help="in the log at the start")
    parser.add_argument("--rate", type=float, default=40.0, help="events a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--folder", type=Path, help="use the exercise in this folder")
    parser.add_argument("--write", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--show", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write(ExerciseFolder(options.folder), options.rate, options.seconds)
        return 0
    if options.show:
        show(options.app[0], ExerciseFolder(options.folder), options.show)
        return 0
    results = []
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        folder = make(options.folder or Path(place) / "exercises" / "sample",
                      Sample(events=options.events))  # fmt: skip
        subprocess.run([sys.executable, "-m", "range.report.keep", str(folder.path)], check=True)
        for app in options.app or ["scoreboard", "console"]:
            results += measure(app, folder, options.rate, options.seconds)
    print(json.dumps({"results": results}, indent=2))
    return 0 if all(each["ok"] for each in results) else 1


if __name__ == "__main__":
    sys.exit(main())
