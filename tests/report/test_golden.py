"""The whole debrief of a small story, word for word.

After a change that is meant, write it anew and read the difference before it is committed:
PYTHONPATH=.:tests/helpers python tests/report/test_golden.py
"""

from pathlib import Path

import pytest
from stories import Story, answered, bundle, probed, text

from range.events.event import Kind
from range.events.log import Head
from range.report.debrief import Debrief, markdown
from range.scenario.scenario import Bundle

GOLDEN = Path(__file__).parent / "golden"


def both(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


def debrief() -> Debrief:
    """A team that reports, contains late, leaves one thing to be marked and takes a hint."""
    checks = {
        "named": {**answered(exact="pc-1"), "title": both("端末の特定", "The PC is named")},
        "since": {
            **answered("when", "orient", time={"inject": "A1", "fact": "since"}),
            "title": both("通信の開始時刻", "Since when"),
        },
        "reason": {
            **answered("free", "decide", rubric=text()),
            "title": both("判断の理由", "The reason"),
        },
        "gone": probed(
            title=both("不正プログラムの除去", "The malware is gone"),
            goal={"since": {"inject": "A1"}, "within": "10m", "limit": "30m"},
        ),
        "kept": probed(penalty=5, valued="held", title=both("ログの保全", "The log is kept")),
        "second": probed(
            title=both("二台目の対処", "The second PC"),
            applies={"inject": "A1", "outcome": "error"},
        ),
    }
    injects = {
        "M1": {
            "title": both("監視センターからの電話", "The monitoring centre calls"),
            "at": "T+00:02",
            "message": {"channel": "phone", "from": "noc", "to": ["noc"],
                        "subject": text(), "text": text()},
        },
        "A1": {
            "title": both("不正通信の開始", "Beacons begin"),
            "at": "T+00:05",
            "attack": {"procedure": "beacon", "node": "pc"},
        },
        "A2": {
            "title": both("資料の持ち出し", "Exfiltration"),
            "at": "T+00:40",
            "attack": {"procedure": "beacon", "node": "pc"},
        },
    }  # fmt: skip
    procedure = {
        "procedure": "beacon",
        "title": text(),
        "side": "red",
        "technique": "T1071.001",
        "steps": [{"name": "s", "run": "true"}],
        "traces": [{"about": both("定期通信", "Beacons"), "where": "proxy:/var/log/squid.log",
                    "matches": "GET .*status"}],
    }  # fmt: skip
    person = {"name": both("中村 大輔", "Daisuke Nakamura"), "title": text()}
    plain = bundle(
        checks,
        title=both("小さな市の演習", "A small city"),
        summary=both("小さな市が攻撃される。\n原因を調べ、住民に知らせる。", "A city is attacked."),
        injects=injects,
        people={"noc": person},
        blockers={
            "cut": {"about": both("境界で遮断されている", "cut at the border"),
                    "probe": {"kind": "file", "node": "fw", "path": "/x"},
                    "expect": {"exists": True}},
        },
    )  # fmt: skip
    story = Story(Bundle(scenario=plain.scenario, procedures={"beacon": procedure}))
    story.seen("gone", 0, False).seen("kept", 0, True).fired("M1", 120, "delivered")
    story.fired("A1", 300, since="2026-11-21T10:05:00+09:00").seen("gone", 300, False)
    story.add(Kind.CLOCK, 400.0, {"running": False, "rate": 1.0}, team="", actor="white")
    story.add(Kind.CLOCK, 400.0, {"running": True, "rate": 1.0}, team="", actor="white")
    story.add(Kind.HINT, 500.0, {"hint": "H1", "by": "佐藤"})
    story.handed_in(900, host="ＰＣ-1", when="10:30", free="業務への影響が小さい\n|遮断|を選ぶ")
    story.seen("gone", 1500, True).seen("kept", 1600, False).fired("A2", 2400, "prevented")
    story.events[-1].data["blocked_by"] = ["cut"]
    story.add(Kind.REVERTED, 2500.0, {"node": "pc", "charged": True})
    story.ends()
    return Debrief(story.bundle, story.events, story.grade, Head(len(story.events), "ab" * 32))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_debrief_reads_as_it_was_approved(language):
    assert markdown(debrief(), language) == (GOLDEN / f"debrief.{language}.md").read_text()


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for each in ("ja", "en"):
        (GOLDEN / f"debrief.{each}.md").write_text(markdown(debrief(), each))
