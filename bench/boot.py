"""`up` and `down` of a scenario against the same root file systems booted bare.

    python bench/boot.py SCENARIO [--teams N] [--rounds N] [--json]

Baseline and `up` alternate, because other work on the machine comes and goes; the ratio is that of
the medians. Needs root and the scenario's layers (`cyder image bake SCENARIO`).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from boot_baseline import boot_bare

from range.exercise.prepare import plan_labs
from range.host.ready import ensure_host
from range.images.ensure import ensure_images
from range.images.progress import silent
from range.load.scenario import load_scenario
from range.plan.make import team_names
from range.plan.model import Plan
from range.providers.lxc.provider import BOOTING, LxcProvider
from range.settings import Settings, settings

NAME = "bench-boot"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario")
    parser.add_argument("--teams", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    here = settings()
    ensure_host(here)
    loaded = load_scenario(given.scenario, here)
    figures: dict[str, list[float]] = {"bare": [], "up": [], "down": []}
    try:
        for _ in range(given.rounds):
            plan = plan_labs(here, loaded, NAME, team_names(given.teams), "5e" * 32)
            ensure_images(here, plan, loaded.role_folders, silent)
            figures["bare"].append(boot_bare(here, plan, BOOTING))
            for verb, seconds in _provider(here, plan).items():
                figures[verb].append(seconds)
    finally:
        LxcProvider(here).down(NAME)
    _tell(given.json, sum(len(lab.nodes) for lab in plan.labs), figures)


def _provider(here: Settings, plan: Plan) -> dict[str, float]:
    provider = LxcProvider(here)
    began = time.monotonic()
    provider.up(plan, lambda told: None)
    up = time.monotonic()
    provider.down(plan.deployment)
    return {"up": up - began, "down": time.monotonic() - up}


def _tell(as_json: bool, guests: int, figures: dict[str, list[float]]) -> None:
    median = {name: statistics.median(found) for name, found in figures.items()}
    ratio = median["up"] / median["bare"]
    if as_json:
        print(json.dumps({"guests": guests, "seconds": figures, "ratio": round(ratio, 3)}))
        return
    print(f"{guests} guests, {BOOTING} at a time")
    for name, found in figures.items():
        each = " ".join(f"{seconds:.2f}" for seconds in found)
        print(f"{name:5} {median[name]:6.2f} s  {median[name] / guests:.3f} s per guest  ({each})")
    print(f"up / bare = {ratio:.2f}")


if __name__ == "__main__":
    main()
