"""Words of reports in both languages. The OODA phases are named as the policy names them."""

from __future__ import annotations

import re

from range.scenario.model import Language

# key -> (ja, en)
WORDS: dict[str, tuple[str, str]] = {
    "title": ("演習振り返り報告書", "Exercise debrief"),
    "exercise": ("演習", "Exercise"),
    "scenario": ("シナリオ", "Scenario"),
    "level": ("コース", "Course"),
    "started": ("開始日時(STARTEX)", "Started (STARTEX)"),
    "ended": ("終了時刻(ENDEX)", "Ended (ENDEX)"),
    "not-ended": ("未終了", "not ended"),
    "duration": ("演習時間", "Duration"),
    "log": ("記録の末尾", "Head of the log"),
    "events": ("件", "events"),
    "summary": ("概要", "Summary"),
    "results": ("結果", "Results"),
    "team": ("チーム", "Team"),
    "score": ("得点", "Score"),
    "of": ("満点", "Out of"),
    "interval": ("得点の幅", "Interval"),
    "penalties": ("減点", "Penalties"),
    "observe": ("モニタリング", "Observe"),
    "orient": ("情勢判断", "Orient"),
    "decide": ("意思決定", "Decide"),
    "act": ("行動", "Act"),
    "provisional": ("暫定", "provisional"),
    "final": ("確定", "final"),
    "running": ("演習がまだ終了していない", "the exercise has not ended"),
    "unknown": ("採点できていない項目がある", "some checks are not decided yet"),
    "observed": (
        "観測できた配点が全体の80%に満たない",
        "less than 80 % of the weight was observed",
    ),
    "PASS": ("達成", "passed"),
    "FAIL": ("未達成", "failed"),
    "PARTLY": ("一部達成", "partly"),
    "ERROR": ("判定不能", "undecided"),
    "SKIP": ("対象外", "skipped"),
    "PENDING": ("採点待ち", "awaiting a mark"),
    "UNSEEN": ("未観測", "not observed"),
    "attacks": ("攻撃の経過と痕跡", "Attacks and the traces they left"),
    "time": ("時刻", "Time"),
    "attack": ("攻撃", "Attack"),
    "technique": ("ATT&CK", "ATT&CK"),
    "outcome": ("結果", "Outcome"),
    "blocked-by": ("阻止の要因・詳細", "Blocked by, or why"),
    "traces": ("痕跡", "Traces"),
    "succeeded": ("成功", "succeeded"),
    "prevented": ("阻止された", "prevented"),
    "error": ("実行エラー", "error"),
    "skipped": ("見送り", "skipped"),
    "expired": ("期限切れ", "expired"),
    "delivered": ("伝達済み", "delivered"),
    "timeline": ("時系列", "Timeline"),
    "timeline-about": (
        "左が状況付与と攻撃、中央がチームの行動、右が評価の変化です。時刻は演習開始からの経過時間です。",
        "Storyline on the left, what the team did in the middle, what became of the checks on the"
        " right. Times count from the start of the exercise.",
    ),
    "storyline": ("状況付与・攻撃", "Storyline"),
    "actions": ("チームの行動", "What the team did"),
    "evaluation": ("評価", "Evaluation"),
    "expected": ("期待される対応", "What a good team does"),
    "points": ("得点の内訳", "Each point and why"),
    "check": ("評価項目", "Check"),
    "judgement": ("判定", "Judgement"),
    "credit": ("達成度", "Credit"),
    "factor": ("時間係数", "Time factor"),
    "point": ("得点", "Points"),
    "why": ("根拠", "Why"),
    "marked": ("講師による採点", "marked by the white cell"),
    "subtotal": ("小計", "Subtotal"),
    "total": ("合計", "Total"),
    "deducted": ("減点の合計(上限25点)", "Deducted (25 points at most)"),
    "none": ("なし", "none"),
    "hint": ("ヒントの使用", "Hint taken"),
    "revert": ("ノードの初期化", "Node reset"),
    "loss": ("評価項目による減点", "Lost by a check"),
    "submitted": ("提出", "handed in"),
    "by": ("提出者", "by"),
    "answers": ("提出内容", "What was handed in"),
    "field": ("項目", "Field"),
    "answer": ("記入", "Answer"),
    "started-event": ("演習開始", "Exercise started"),
    "ended-event": ("演習終了", "Exercise ended"),
    "paused": ("一時停止", "Paused"),
    "resumed": ("再開", "Resumed"),
    "rate": ("速度変更", "Speed changed"),
    "engine": ("演習進行エンジンの再起動", "Engine started again"),
    "note": ("講師のメモ", "Note of the white cell"),
    "message": ("講師からの連絡", "Message of the white cell"),
    "verb": ("講師の操作", "White cell"),
    "mark": ("講師の採点", "Mark"),
    "acted": ("操作", "Did"),
    "failed": ("失敗", "failed"),
    "becomes-pass": ("達成", "now passes"),
    "becomes-fail": ("未達成に変化", "no longer passes"),
    "becomes-partly": ("一部達成", "now passes in part"),
    "becomes-unknown": ("判定できず", "could not be decided"),
    "at-first": ("当初から", "from the first look"),
    "weight": ("配点", "weight"),
    "looks": ("回の観測", "looks"),
    "evidence": ("証拠", "Evidence"),
    "event": ("記録番号", "event"),
    "phase": ("段階", "Phase"),
    "objective": ("目標", "Objective"),
    "valued": ("評価方法", "Valued"),
    "goal": ("目標時間", "Time goal"),
    "rank": ("順位", "#"),
    "lost": ("減点", "Lost"),
    "e-mail": ("メール", "e-mail"),
    "phone": ("電話", "phone"),
    "chat": ("チャット", "chat"),
    "ticket": ("チケット", "ticket"),
    "news": ("報道", "news"),
    "social": ("SNS", "social media"),
    "order": ("指示", "order"),
    "in-person": ("対面", "in person"),
    "from": ("発", "from"),
    "comma": ("、", ", "),
    "stop": ("。", ". "),
    "penalty-check": ("減点項目", "penalty check"),
    "never-costs": (
        "判定器の故障や未採点は得点にも減点にもなりません。",
        "What nobody could decide neither earns nor costs points.",
    ),
}


# Details are written by grading in English, once; reports in Japanese translate them here.
_DETAILS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^awaits a mark$", "講師の採点待ち"),
        (r"^not handed in$", "未提出"),
        (r"^left empty$", "未記入"),
        (r"^never observed$", "一度も観測されていない"),
        (r"^never claimed$", "申告なし"),
        (r"^did not happen$", "実施されなかった"),
        (r"^the exercise never came here$", "演習がこの場面に至らなかった"),
        (r"^what it starts with was never done$", "前提となる行動がなかった"),
        (r"^the act it requires was never done$", "得点の条件となる行動がなかった"),
        (r"^in this order$", "正しい順序"),
        (r"^the other way round$", "順序が逆"),
        (r"^first never came$", "先に行うべきことがなかった"),
        (r"^true each time$", "申告はいずれも事実だった"),
        (r"^(\S+): not passing$", r"\1が未達成のまま申告"),
        (r"^its probe changed since;.*$", "観測方法が変わったため再採点できない"),
        (r"^(\S+) recorded no fact (\S+)$", r"\1が事実\2を記録していない"),
        (r"^up ([\d.]+%) of the time", r"稼働率\1"),
        (r"missing: ; ", ""),
        (r"; not so: $", ""),
        (r"; missing: ", "、不足: "),
        (r"; not so: ", "、誤り: "),
        (r"(\S+) absent; expected it to be present", r"\1を観測できない"),
        (r"; expected (equals|at_least|at_most|contains|lacks|matches|among|differs) ([^;]*)",
         r"(条件 \1 \2)"),
        (r"; expected (.*)$", r"(正解: \1)"),
        (r" \+/- (\d+) s\)$", r" ±\1秒)"),
    )
)  # fmt: skip


def say(key: str, language: Language) -> str:
    """Return the word; KeyError for a key that is not there."""
    japanese, english = WORDS[key]
    return japanese if language == "ja" else english


def told(detail: str, language: Language) -> str:
    """Return a detail of grading in the reader's language; data in it stays as it is."""
    if language == "ja":
        for pattern, words in _DETAILS:
            detail = pattern.sub(words, detail)
    return detail
