"""Words of a surface in both languages: one table a surface, looked up by key."""

from __future__ import annotations

from collections.abc import Mapping

from range.scenario.model import Language

Table = Mapping[str, tuple[str, str]]  # key -> (ja, en)


class Words:
    """A table of words. Later tables win over earlier ones."""

    def __init__(self, *tables: Table) -> None:
        self._table: dict[str, tuple[str, str]] = {}
        for table in tables:
            self._table |= table

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def say(self, key: str, language: Language, **values: object) -> str:
        """Return the words of `key` with `{name}` filled in; KeyError for a key there is not.

        Values are put in as they are: they are never looked at for further `{}`.
        """
        ja, en = self._table[key]
        said = ja if language == "ja" else en
        return said.format(**values) if values else said


COMMON: Table = {
    "help": ("ヘルプ", "Help"),
    "help-title": ("使えるキー", "Keys"),
    "help-close": ("Esc で閉じる", "Esc closes"),
    "language": ("言語 EN", "日本語"),
    "language-switch": ("English に切り替える", "日本語に切り替える"),
    "palette": ("コマンド", "Commands"),
    "palette-search": ("コマンドを検索", "Search for a command"),
    "quit": ("終了", "Quit"),
    "back": ("戻る", "Back"),
    "yes": ("はい", "Yes"),
    "no": ("いいえ", "No"),
    "ok": ("OK", "OK"),
    "cancel": ("取消", "Cancel"),
    "send": ("送る", "Send"),
    "search": ("検索", "Search"),
    "copy": ("選択した文字をコピー", "Copy the selected text"),
    "next-field": ("次の項目へ", "Next field"),
    "previous-field": ("前の項目へ", "Previous field"),
    "PASS": ("達成", "passed"),
    "FAIL": ("未達成", "failed"),
    "PARTLY": ("一部達成", "partly"),
    "ERROR": ("判定不能", "undecided"),
    "SKIP": ("対象外", "skipped"),
    "PENDING": ("採点待ち", "awaiting a mark"),
    "UNSEEN": ("未観測", "not observed"),
    "up": ("稼働", "up"),
    "down": ("停止", "down"),
    "unknown": ("不明", "unknown"),
}
