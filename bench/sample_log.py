"""A long exercise as its log tells it: fifty teams, thirty checks, a million events. No guests.

Services fail now and then and come back, probes see a few things change, teams hand in reports,
take hints and are marked. The same numbers always give the same log.

    python -m bench.sample_log FOLDER [--events N] [--teams N] [--checks N] [--flapping]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.grading.predicate import probe_digest
from range.scenario.scenario import Bundle, Scenario

GROUP = 2000
HOURS = 6
EPOCH = 1_790_000_000.0  # Unix time of STARTEX
PHASES = ("observe", "orient", "decide", "act")


@dataclass(frozen=True)
class Sample:
    """How large a sample is. `flapping`: every service fails at every other look."""

    events: int = 1_000_000
    teams: int = 50
    checks: int = 30
    flapping: bool = False


def _text(words: str) -> dict[str, str]:
    return {"ja": f"{words}の確認", "en": f"Check of {words}"}


def _check(number: int) -> dict[str, Any]:
    """Of each six: two services, two things on a host, an answer, and one made of others."""
    check: dict[str, Any] = {"title": _text(f"c{number}"), "objective": PHASES[number // 2 % 4]}
    kind = number % 6
    if kind < 2:
        probe = {"kind": "http", "from": "office", "requests": [{"url": f"http://web/{number}"}]}
        return {**check, "probe": probe, "expect": {"status": 200}, "valued": "availability"}
    if kind < 4:
        probe = {"kind": "process", "node": "pc", "matches": f"implant{number}"}
        goal = {"since": {"inject": "A1"}, "within": "30m", "limit": "2h"}
        valued = "first" if kind == 2 else "final"
        return {**check, "probe": probe, "expect": {"count": 0}, "valued": valued, "goal": goal}
    if kind == 4:
        answer = {"form": "report", "field": "host"}
        value = {"rubric": _text("text")} if number % 12 == 10 else {"exact": f"pc-{number}"}
        return {**check, "answer": {**answer, **value}}
    return {**check, "combine": {"all": [f"c{number - 1}", f"c{number - 2}"]}}


def bundle(sample: Sample) -> Bundle:
    """The scenario that the sample is an exercise of."""
    inject = {"title": _text("attack"), "at": "T+00:05", "event": {"procedure": "p", "node": "pc"}}
    field = {"label": _text("host")}
    scenario = {
        "cyder": 1, "name": "bench", "title": _text("bench"), "organization": "none", "level": "-",
        "duration": f"{HOURS}h", "summary": _text("bench"), "briefing": _text("bench"),
        "objectives": {phase: {"phase": phase, "title": _text(phase)} for phase in PHASES},
        "checks": {f"c{number}": _check(number) for number in range(sample.checks)},
        "injects": {f"A{number}": inject for number in range(1, 21)},
        "forms": {"report": {"title": _text("report"), "to": "boss", "fields": {"host": field}}},
        "hints": {"H1": {"objective": "act", "cost": 2, "text": _text("hint")}},
    }  # fmt: skip
    return Bundle(scenario=Scenario.model_validate(scenario))


def opening(sample: Sample) -> list[Draft]:
    """What the log begins with."""
    teams = [f"team{number}" for number in range(1, sample.teams + 1)]
    created = {"exercise": "sample", "scenario": "bench", "teams": teams, "secrets": {},
               "names": {team: f"第{team[4:]}チーム" for team in teams},
               "speed": 1.0, "options": {}, "responders": {}}  # fmt: skip
    return [
        Draft(Kind.CREATED, created),
        Draft(Kind.STARTED, {}, at=0.0, actor="white"),
        Draft(Kind.CLOCK, {"running": True, "rate": 1.0}, at=0.0, actor="white"),
    ]


def drafts(of: Bundle, sample: Sample, seconds: float) -> Iterator[Draft]:
    """What happens to all teams over `seconds` of exercise time, `sample.events` facts in all."""
    chance = random.Random(3)
    probed = {
        name: probe_digest(check.probe)
        for name, check in of.scenario.checks.items()
        if check.probe is not None
    }
    looks = [
        (f"team{team}", name, probed[name], of.scenario.checks[name].valued == "availability")
        for name in probed
        for team in range(1, sample.teams + 1)
    ]
    outage = {look[:2]: chance.random() * 2400 for look in looks}
    for number in range(sample.events):
        at = round(seconds * number / sample.events, 3)
        team, check, digest, service = looks[number % len(looks)]
        if number % 200 == 199:
            yield _act(chance, f"team{chance.randrange(sample.teams) + 1}", at, number)
        elif service:
            # One outage of two minutes in each forty.
            down = (at + outage[team, check]) % 2400 < 120
            if sample.flapping:
                down = number // len(looks) % 2 == 0
            raw: dict[str, Any] = {"status": 503 if down else 200, "ms": chance.randrange(2, 40)}
            yield _look(team, at, check, digest, raw)
        else:
            there = at < seconds / 2 + outage[team, check]
            raw = {"count": int(there), "commands": ["/usr/bin/python3 syncd.py"] if there else []}
            yield _look(team, at, check, digest, None if chance.random() < 0.001 else raw)


def _look(team: str, at: float, check: str, digest: str, raw: dict[str, Any] | None) -> Draft:
    error = None if raw is not None else "guest unreachable"
    data = {"check": check, "probe": digest, "raw": raw, "error": error}
    return Draft(Kind.OBSERVED, data, team, at=at)


def _act(chance: random.Random, team: str, at: float, number: int) -> Draft:
    """Something else than a look: mostly injects, now and then a report, a hint or a mark."""
    dice = chance.random()
    if dice < 0.1:
        answers = {"host": f"pc-{chance.choice((4, 16, 28, 99))}"}
        data = {"form": "report", "answers": answers, "by": "tanaka", "id": f"s{number}"}
        return Draft(Kind.SUBMITTED, data, team, team, at)
    if dice < 0.12:
        return Draft(Kind.HINT, {"hint": "H1", "by": "sato"}, team, team, at)
    if dice < 0.15:
        data = {"check": "c10", "credit": round(chance.random(), 1), "reason": "rubric"}
        return Draft(Kind.MARKED, data, team, "white", at)
    data = {"inject": f"A{chance.randrange(1, 21)}", "outcome": "succeeded", "detail": "",
            "facts": {"since": at}}  # fmt: skip
    return Draft(Kind.INJECTED, data, team, at=at)


def make(place: Path, sample: Sample | None = None) -> ExerciseFolder:
    """Write the folder of a sample exercise, unless this very one stands there; return it."""
    sample = sample or Sample()
    folder = ExerciseFolder(place)
    proof = place / "sample.json"
    if proof.is_file() and proof.read_text() == repr(sample):
        return folder
    of = bundle(sample)
    folder.save_bundle(of)
    with Log.open(folder.log) as log:
        rest = replace(sample, events=sample.events - len(opening(sample)))
        group = opening(sample)
        for draft in drafts(of, rest, HOURS * 3600 - 600):
            group.append(draft)
            if len(group) == GROUP:
                log.append(group, EPOCH + (draft.at or 0.0))
                group = []
        log.append(group, EPOCH + HOURS * 3600 - 600)
    proof.write_text(repr(sample))
    return folder


def main() -> None:
    """Make a sample and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--teams", type=int, default=50)
    parser.add_argument("--checks", type=int, default=30)
    parser.add_argument("--flapping", action="store_true")
    options = parser.parse_args()
    sample = Sample(options.events, options.teams, options.checks, options.flapping)
    folder = make(options.folder, sample)
    print(json.dumps({"folder": str(folder.path), "bytes": folder.log.stat().st_size}))


if __name__ == "__main__":
    main()
