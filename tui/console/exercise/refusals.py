"""The engine's refusals in the reader's language: it speaks English, once, on its socket."""

from __future__ import annotations

import re

from range.errors import CyderError
from range.scenario.model import Language

_JAPANESE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^the exercise has started already$", "演習は既に始まっています"),
        (r"^the exercise has not started$", "演習はまだ始まっていません"),
        (r"^the exercise is over$", "演習は終了しています"),
        (r"^(\S+) has been fired for (\S+) already \((.*)\)$", r"\1 は \2 に付与済みです(\3)"),
        (r"^(\S+) is (under way|\S+) for (\S+)$", r"\1 は \3 では \2 です"),
        (r"^(T\S+) is over; it is (T\S+)$", r"\1 は過ぎています(現在 \2)"),
        (r"^there is no inject (.*)$", r"付与 \1 はありません"),
        (r"^there is no check (.*)$", r"評価項目 \1 はありません"),
        (r"^there is no team (.*)$", r"チーム \1 はありません"),
        (r"^a mark needs its reason$", "採点には理由が必要です"),
        (r"^credit is a number from 0 to 1$", "達成度は0から1までの数です"),
        (r"^(\S+) has no node (.*)$", r"\1 にノード \2 はありません"),
        (r"^(\S+) of (\S+) has no snapshot ?(.*)$", r"\2 の \1 に退避点 \3 はありません"),
        (r"^(\S+) of (\S+) is being put back already$", r"\2 の \1 は戻している最中です"),
        (r"^(\S+) is not unknown$", r"\1 の結果は不明ではありません"),
        (r"^a call needs its answer$", "応答を記入してください"),
        (r"^not a duration;.*$", "時間は 90s、5m、1h30m のように記入してください"),
        (r"^not an exercise time;.*$", "時刻は T+00:25 や T+01:25:30 のように記入してください"),
        (r"^the engine of (\S+) does not answer.*$", r"\1 の進行エンジンが応答しません"),
        (r"^verbs are .*$", "このエンジンはその操作を知りません(古い版かもしれません)"),
        (r"^the engine of (\S+) is alive$", r"\1 の進行エンジンは動いています"),
        (r"no answer within (\d+) s$", r"\1秒以内に応答がありません"),
        (
            r"^If it died, `(.*)` goes on with it\.$",
            r"停止していれば R キー(または \1)で再開できます。",
        ),
        (r"^It may still be done: .*$", "実行されている可能性があります。記録を確かめてください。"),
        (r"^Fire it again with --force\.$", "もう一度付与するには確認が要ります。"),
    )
)  # fmt: skip


def refusal(error: CyderError, language: Language) -> tuple[str, str]:
    """Return what went wrong and what helps; data in it stays as it is."""
    return _told(error.message, language), _told(error.hint, language)


def fired_before(error: CyderError) -> bool:
    """Tell whether an engine refuses to fire because it was done before."""
    return "has been fired for" in error.message


def _told(text: str, language: Language) -> str:
    if language == "ja":
        for pattern, words in _JAPANESE:
            text = pattern.sub(words, text)
    return text
