import json
import re

import pytest
from markdown_it import MarkdownIt
from stories import Story, answered, bundle, probed, text

from range.events.event import Kind
from range.events.log import Head
from range.report.debrief import Debrief, as_json, markdown
from range.report.explain import explained
from range.report.markdown import escaped
from range.report.words import WORDS, told
from range.scenario.scenario import Bundle

HEAD = Head(9, "ab" * 32)


@pytest.fixture
def story():
    checks = {
        "gone": probed(title={"ja": "マルウェアを除いた", "en": "Malware is gone"}),
        "host": answered(exact="pc-1"),
        "free": answered("free", "decide", rubric=text()),
        "up": probed(penalty=5, valued="held"),
    }
    return Story(bundle(checks))


def debrief(story: Story) -> Debrief:
    return Debrief(story.bundle, story.events, story.grade, HEAD)


def rendered(source: str) -> str:
    return MarkdownIt("gfm-like", {"linkify": False}).enable("table").render(source)


def test_storyline_and_team_stand_side_by_side_minute_by_minute(story):
    story.seen("gone", 0, False).fired("A1", 300).handed_in(330, host="pc-9")
    story.seen("gone", 350, True).ends()
    source = markdown(debrief(story), "ja")
    [minute] = [line for line in source.splitlines() if line.startswith("| T+00:05")]
    assert minute.split(" | ") == [
        "| T+00:05",
        "A1 x: 成功",
        "x: 提出 (tanaka)",
        "x: 未達成<br>マルウェアを除いた: 達成 |",
    ]


def test_every_check_and_penalty_has_its_line_in_both_languages(story):
    story.seen("gone", 0, True).seen("up", 5, True).seen("up", 10, False)
    story.add(Kind.HINT, 20, {"hint": "H1", "by": "sato"}).ends()
    for language, words in (
        ("ja", ["達成", "未提出", "減点", "ヒントの使用", "モニタリング", "情勢判断"]),
        ("en", ["passed", "not handed in", "Penalties", "Hint taken", "Observe", "Orient"]),
    ):
        source = markdown(debrief(story), language)
        for word in [*words, "gone", "host", "up", "sato"]:
            assert word in source, word


def test_a_japanese_debrief_has_no_english_sentence_of_ours(story):
    story.seen("gone", 0, None).handed_in(10, free="理由").marked("host", 20, 0.5).ends()
    source = markdown(debrief(story), "ja")
    for english in ("not handed in", "awaits", "never", "expected", "handed in", "passed"):
        assert english not in source


def test_the_interval_and_the_reason_of_a_provisional_score_are_told(story):
    story.seen("gone", 0, None).ends()
    source = markdown(debrief(story), "en")
    assert "provisional (some checks are not decided yet" in source
    assert "Interval 0.0–" in source


HOSTILE = [
    "<script>alert(1)</script>",
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "http://evil.example www.evil.example a@evil.example",
    "**bold** _em_ `code` ~~gone~~",
    "| cell | breaker |",
    "# heading\n---\n- item\n1. one\n> quote",
    "\x1b[2J\u202egnitirw",
    "{{ 7 * 7 }} {% for x in y %}",
    "&lt;b&gt; &#x3c;",
    "```\nfence",
    "<br>| \\| \\\\|",
    "=SUM(A1)",
    "$x$",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_trainee_writes_shows_as_the_text_it_is(story, hostile):
    story.handed_in(60, host=hostile, free=hostile)
    story.events[-1].data["by"] = hostile
    html = rendered(markdown(debrief(story.ends()), "en"))
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"h1", "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "p",
                    "strong", "br", "code", "ul", "li"}  # fmt: skip
    # Every row of the answers has its two cells, whatever is in them.
    answers = html[html.index("What was handed in") :]
    assert all(row.count("<td") == 2 for row in answers.split("<tr>")[2:])
    assert "49" not in answers
    assert "<strong>bold" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html


@pytest.mark.parametrize("hostile", HOSTILE)
def test_escaped_data_reads_the_same_when_rendered(hostile):
    from html import unescape

    shown = unescape(re.sub(r"</?p>", "", rendered(escaped(hostile)))).strip()
    assert shown == " ".join(re.sub(r"[\x1b\u202e]", "", hostile).split())


def test_attacks_are_told_with_what_blocked_them_and_where_their_traces_are():
    procedure = {
        "procedure": "attack",
        "title": text(),
        "side": "red",
        "technique": "T1041",
        "steps": [{"name": "s", "run": "true"}],
        "traces": [{"about": text("beacon"), "where": "proxy:access.log", "matches": "GET .*|x"}],
    }
    plain = bundle(
        {"a": probed()},
        injects={"A1": {"title": text(), "at": "T+00:01", "attack": {"procedure": "attack",
                 "node": "pc"}}},
        blockers={"fw": {"about": {"ja": "境界で遮断", "en": "cut at the border"},
                         "probe": {"kind": "file", "node": "fw", "path": "/x"},
                         "expect": {"exists": True}}},
    )  # fmt: skip
    story = Story(Bundle(scenario=plain.scenario, procedures={"attack": procedure}))
    story.fired("A1", 60, "prevented").ends()
    story.events[2].data["blocked_by"] = ["fw"]
    source = markdown(debrief(story), "ja")
    assert "| T+00:01 | A1 x | T1041 | 阻止された | 境界で遮断 |" in source
    assert "- A1 x (痕跡)\n  - beacon: `proxy:access.log` / `GET .*\\|x`" in source


def test_the_json_holds_checks_with_evidence_timeline_and_head(story):
    story.seen("gone", 0, True).handed_in(5, host="pc-1").ends()
    parsed = json.loads(json.dumps(as_json(debrief(story))))
    [team] = parsed["teams"]
    assert {check["check"] for check in team["checks"]} == {"gone", "host", "free", "up"}
    assert team["checks"][0]["evidence"][0]["event"] == 3
    assert team["submissions"][0]["answers"] == {"host": "pc-1"}
    assert parsed["log"] == {"events": 9, "hash": HEAD.hash}
    assert team["timeline"]["ja"][0]["text"] == "演習開始"


def test_an_explanation_traces_points_to_events(story):
    story.seen("gone", 0, False).seen("gone", 60, True).ends()
    lines = explained(story.bundle.scenario, story.result, "gone", "en")
    assert "    T+00:01 1.00 count = 0 [event 4]" in lines
    assert lines[-1] == "  Points: 30.00 x 1.00 x 1.00 = 30.00"


def test_words_are_given_in_two_languages():
    assert [key for key, (ja, en) in WORDS.items() if not ja or not en] == []


def test_details_are_told_in_japanese_and_their_data_stays():
    assert told('"pc-9"; expected pc-1', "ja") == '"pc-9"(正解: pc-1)'
    assert told("up 97.5% of the time; count = 1; expected equals 0", "ja") == (
        "稼働率97.5%; count = 1(条件 equals 0)"
    )
    assert told("not handed in", "en") == "not handed in"


def test_answers_stand_in_the_order_of_their_form_with_the_labels_of_choices():
    choice = {"label": text("推定原因"), "kind": "choice",
              "choices": {"phishing": {"ja": "標的型メール", "en": "Phishing"},
                          "usb": {"ja": "USBメモリ", "en": "USB stick"}}}  # fmt: skip
    form = {"title": text(), "to": "boss",
            "fields": {"zz": {"label": text("最初の項目")}, "cause": choice}}  # fmt: skip
    check = {"title": text(), "objective": "orient",
             "answer": {"form": "scope", "field": "cause", "exact": "phishing"}}  # fmt: skip
    story = Story(bundle({"cause": check}, forms={"scope": form}))
    story.handed_in(60, "scope", cause="usb", zz="a").ends()
    source = markdown(debrief(story), "ja")
    assert source.index("| 最初の項目 | a |") < source.index("| 推定原因 | USBメモリ |")
    assert '"USBメモリ"(正解: 標的型メール)' in source
