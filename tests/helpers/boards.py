"""Exercises to put on a board: any number of teams, three hours, services that fail and return."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stories import bundle as small
from stories import probed

from range.events.event import Draft, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.grading.predicate import probe_digest
from range.scenario.scenario import Bundle

START = 1_800_000_000.0  # Unix time of STARTEX
HOURS = 3 * 3600.0
NAMES = ("東部広域チーム", "Harbour Watch", "北山町情報政策課", "[b]赤[/b]組",
         "みなと市総務部情報管理課第二係", "Team Sumire", "湖南", "Aozora CSIRT")  # fmt: skip


def _text(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


OBJECTIVES = {
    "notice": ("observe", _text("不審な通信に気づく", "Notice the traffic that does not belong")),
    "trace": ("observe", _text("侵入の入口をたどる", "Trace how they came in")),
    "scope": ("orient", _text("被害の範囲を明らかにする", "Tell how far it went")),
    "decide": ("decide", _text("決裁を得て遮断を決める", "Decide to cut off, with approval")),
    "contain": ("act", _text("攻撃を断つ", "Shut the attack out")),
    "keep": ("act", _text("サービスを保つ", "Keep services up")),
}
CHECKS: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
    "c2-seen": ("notice", _text("C2の通信先を報告した", "Reported where the implant calls"), {}),
    "mail-seen": ("notice", _text("標的型メールを特定した", "Found the mail it came by"), {}),
    "entry": ("trace", _text("最初の端末を特定した", "Named the first machine"), {"weight": 2}),
    "since": ("trace", _text("侵入時刻を報告した", "Reported since when"), {}),
    "records": (
        "scope",
        _text("持ち出された件数を示した", "Counted what was taken"),
        {"weight": 2},
    ),
    "others": ("scope", _text("他の端末の調査を終えた", "Looked at the other machines"), {}),
    "approved": ("decide", _text("課長の決裁を得た", "Had it approved"), {}),
    "duty": ("decide", _text("速報の要否を判断した", "Judged the duty to report"), {}),
    "cut": ("contain", _text("通信を遮断した", "Cut the traffic"), {"weight": 2}),
    "gone": ("contain", _text("マルウェアを除去した", "Removed the implant"), {}),
    "web": ("keep", _text("市の公式サイト", "The city's web site"), {"valued": "availability"}),
    "mail": ("keep", _text("職員のメール", "Staff mail"), {"valued": "availability"}),
}


def bundle() -> Bundle:
    """Return the scenario of these exercises."""
    checks = {
        name: probed(objective, title=title, **more)
        for name, (objective, title, more) in CHECKS.items()
    }
    objectives = {
        name: {"phase": phase, "title": title} for name, (phase, title) in OBJECTIVES.items()
    }
    hint = {"objective": "contain", "cost": 3, "text": _text("x", "x")}
    return small(
        checks, objectives=objectives, duration="3h", hints={"H1": hint},
        title=_text("みどり市 情報流出対応演習", "City data theft drill"),
    )  # fmt: skip


def drafts(teams: int) -> list[Draft]:
    """Return the whole exercise, in order of exercise time."""
    named = {f"team{i + 1}": NAMES[i] for i in range(min(teams, len(NAMES)))}
    ids = [f"team{i + 1}" for i in range(teams)]
    created = {"exercise": "e1", "scenario": "small", "teams": ids, "names": named,
               "seed": "5e" * 32, "language": "ja"}  # fmt: skip
    found = [
        Draft(Kind.CREATED, created),
        Draft(Kind.STARTED, {}, at=0.0),
        Draft(Kind.CLOCK, {"running": True, "rate": 1.0}, at=0.0),
    ]
    acts = [act for place, team in enumerate(ids) for act in _acts(team, place)]
    found += sorted(acts, key=lambda draft: (draft.at or 0.0, draft.team))
    return [*found, Draft(Kind.ENDED, {"reason": "time"}, at=HOURS)]


def seen(team: str, check: str, at: float, passing: bool | None) -> Draft:
    """Return what a look at a check found; None: the checker failed."""
    probe = bundle().scenario.checks[check].probe
    assert probe is not None
    raw = None if passing is None else {"count": 0 if passing else 1}
    error = "guest unreachable" if passing is None else None
    data = {"check": check, "probe": probe_digest(probe), "raw": raw, "error": error}
    return Draft(Kind.OBSERVED, data, team, at=at)


def _acts(team: str, place: int) -> Iterator[Draft]:
    for number, (check, (_, _, more)) in enumerate(CHECKS.items()):
        yield seen(team, check, 0.0, more.get("valued") == "availability")
        if more.get("valued") == "availability":
            down = 2400.0 + 420.0 * ((place * 5 + number) % 7)
            yield seen(team, check, down, None if place == 2 else False)
            yield seen(team, check, down + 300.0 * (1 + place % 4), True)
            continue
        reached = 900.0 + 660.0 * number + 311.0 * ((place * 7 + number * 3) % 11)
        if (place * 3 + number * 5) % 13 < 11 - place % 6:
            yield seen(team, check, reached, True)
    if place % 3 == 1:
        yield Draft(Kind.HINT, {"hint": "H1", "by": team}, team, at=5000.0)


def exercise(home: Path, teams: int = 6, *, until: float = HOURS) -> ExerciseFolder:
    """Write an exercise that has come to `until` exercise seconds; the whole one by default."""
    folder = ExerciseFolder(home / "exercises" / "e1")
    folder.save_bundle(bundle())
    append(folder, [draft for draft in drafts(teams) if draft.at is None or draft.at <= until])
    return folder


def append(folder: ExerciseFolder, more: list[Draft]) -> None:
    """Write on, as the engine would: at real time."""
    with Log.open(folder.log) as log:
        for draft in more:
            log.append([draft], wall=START + (draft.at or 0.0))
