"""How long validation takes, beside PyYAML's own C loader on the same files.

    python bench/load_scenario.py [--nodes 1000 10000] [--json]

A scenario with N nodes (each with an inject and a check) is written, then read by CSafeLoader and
by `load_scenario`, each in turn, several times; the best of each is reported. Targets: at most 2.5
times CSafeLoader for 1,000 nodes; 10,000 nodes at most 11 times as long as 1,000.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from range.load.scenario import load_scenario
from range.settings import Settings

RATIO = 2.5
GROWTH = 11.0

HEAD = """cyder: 1
name: many
title: {ja: 大きな演習, en: A large exercise}
organization: none
level: bench
duration: 3h
summary: {ja: 概要, en: Summary}
briefing: {ja: 説明, en: Briefing}
networks:
  lan:
    title: {ja: 構内, en: Local}
    cidr: 10.0.0.0/16
people:
  lead:
    name: {ja: 佐藤, en: Sato}
    title: {ja: 課長, en: Head}
objectives:
  see: {phase: observe, title: {ja: 気づく, en: Notice}}
"""

NODE = """n{n}:
  title: {{ja: 端末 {n}, en: Workstation {n}}}
  interfaces: [{{network: lan, address: 10.0.{a}.{b}}}]
  memory: 128M
"""

INJECT = """M{n}:
  title: {{ja: 連絡 {n}, en: Message {n}}}
  {trigger}
  message:
    channel: phone
    from: lead
    to: [lead]
    subject: {{ja: 件名, en: Subject}}
    text: {{ja: n{n} を確認, en: Look at n{n}}}
"""

CHECK = """c{n}:
  title: {{ja: 稼働 {n}, en: Up {n}}}
  objective: see
  probe: {{kind: tcp, from: n{n}, host: 10.0.{a}.{b}, port: 22}}
  expect: {{connected: true}}
"""


def write(folder: Path, count: int) -> None:
    """Write a scenario with `count` nodes, injects (in chains of five) and checks."""
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(HEAD)
    nodes, injects, checks = [], [], []
    for n in range(count):
        place = {"n": n, "a": (n + 10) // 250, "b": (n + 10) % 250 + 1}
        nodes.append(NODE.format(**place))
        trigger = "at: T+00:05" if n % 5 == 0 else f"after: {{inject: M{n - 1}, wait: 1m}}"
        injects.append(INJECT.format(n=n, trigger=trigger))
        checks.append(CHECK.format(**place))
    (folder / "nodes.yaml").write_text("".join(nodes))
    (folder / "injects.yaml").write_text("".join(injects))
    (folder / "checks.yaml").write_text("".join(checks))


def peer(folder: Path) -> None:
    """Read the same files with CSafeLoader."""
    for path in sorted(folder.glob("*.yaml")):
        yaml.load(path.read_text(), Loader=yaml.CSafeLoader)


def best(action: Callable[[], object], rounds: int) -> float:
    """Shortest processor time in seconds: other programs on the machine count for little."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def measure(counts: list[int]) -> list[dict[str, object]]:
    """Measure each size; returns results with name, value, unit, target, ok."""
    results: list[dict[str, object]] = []
    ours: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as place:
        for count in counts:
            folder = Path(place) / f"n{count}" / "many"
            write(folder, count)
            settings = Settings(home=Path(place) / "home")
            rounds = 5 if count <= 1000 else 2
            theirs = best(lambda folder=folder: peer(folder), rounds)
            ours[count] = best(
                lambda folder=folder, settings=settings: load_scenario(folder, settings), rounds
            )
            name = f"validate {count} nodes / CSafeLoader"
            results.append(result(name, ours[count] / theirs, "times", RATIO))
            results.append(result(f"validate {count} nodes", ours[count], "s", None))
    if len(counts) > 1:
        first, last = min(counts), max(counts)
        name = f"validate {last} nodes / {first} nodes"
        growth = GROWTH * (last / first) / 10
        results.append(result(name, ours[last] / ours[first], "times", growth))
    return results


def result(name: str, value: float, unit: str, target: float | None) -> dict[str, object]:
    """One line of the results."""
    ok = target is None or value <= target
    return {"name": name, "value": round(value, 3), "unit": unit, "target": target, "ok": ok}


def main() -> int:
    """Run and print; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = measure(arguments.nodes)
    if arguments.json:
        print(json.dumps({"results": results}))
    else:
        for item in results:
            target = "" if item["target"] is None else f"  target {item['target']}"
            print(f"{item['name']}: {item['value']} {item['unit']}{target}")
    return 0 if all(item["ok"] for item in results) else 1


if __name__ == "__main__":
    sys.exit(main())
