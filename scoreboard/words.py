"""Words of the scoreboard in both languages."""

from __future__ import annotations

from range.report.words import WORDS
from tui.look.words import COMMON, Words

WORDS_BOARD: dict[str, tuple[str, str]] = {
    "board": ("スコアボード", "Scoreboard"),
    "ready": ("開始前", "not started"),
    "running": ("実施中", "running"),
    "paused": ("一時停止中", "paused"),
    "over": ("終了", "over"),
    "of-time": ("{now} / {end}", "{now} / {end}"),
    "frozen": ("■ 凍結中 {at} 時点の成績", "■ FROZEN standings of {at}"),
    "delayed": ("◷ {minutes}分遅れで表示", "◷ {minutes} min behind"),
    "pseudonyms-on": ("◌ 仮名表示", "◌ pseudonyms"),
    "unranked": ("順位なし", "no ranks"),
    "provisional-all": ("得点は暫定", "scores are provisional"),
    "provisional-some": ("~ は暫定", "~ provisional"),
    "broken": ("! 記録を読めません: {why}", "! the log cannot be read: {why}"),
    "pages": ("{page}/{pages} ページ", "page {page}/{pages}"),
    "no-teams": ("チームの準備を待っています", "Waiting for the teams to be set up"),
    # Views
    "overview": ("全体", "Overview"),
    "standings": ("成績", "Standings"),
    "progress": ("推移", "Progress"),
    "services": ("サービス", "Services"),
    "firsts": ("一番乗り", "First to detect"),
    "detected": ("検知", "detected"),
    # Columns
    "rank": ("順位", "Rank"),
    "team": ("チーム", "Team"),
    "score": ("得点", "Score"),
    "lost": ("減点", "Lost"),
    "first": ("一番", "1st"),
    "observe-short": ("モニタ", "Obs"),
    "orient-short": ("情勢", "Ori"),
    "decide-short": ("決定", "Dec"),
    "act-short": ("行動", "Act"),
    "availability": ("稼働率", "Up"),
    "all-services": ("すべてのサービス", "all services"),
    "legend": (
        "▮ 稼働  ▯ 一部停止  ✗ 停止  ? 不明  · これから",
        "▮ up  ▯ some down  ✗ down  ? unknown  · to come",
    ),
    "no-services": ("稼働率を測るサービスはありません", "No service is measured here"),
    "no-firsts": ("まだありません", "None yet"),
    "no-series": ("まだ得点の記録がありません", "No scores yet"),
    "median": ("全チームの中央値", "median of all"),
    "some-of": ("{first}-{last} / {all}チーム", "teams {first}-{last} of {all}"),
    # Keys
    "key-freeze": ("凍結", "Freeze"),
    "key-reveal": ("発表", "Reveal"),
    "key-ranks": ("順位", "Ranks"),
    "key-names": ("仮名", "Pseudonyms"),
    "key-rotate": ("自動切替", "Rotate"),
    "key-view": ("表示", "View"),
    "key-phase": ("段階", "Phase"),
    "key-curves": ("次のチームの推移", "Next teams' curves"),
    "key-service": ("サービス", "Service"),
    "key-next-page": ("次ページ", "Next page"),
    "key-previous-page": ("前ページ", "Previous page"),
    "key-open": ("内訳", "Open"),
    "key-forward": ("次を発表", "Reveal next"),
    "key-back": ("一つ戻す", "One back"),
    "key-down": ("下へ", "Down"),
    "key-up": ("上へ", "Up"),
    "rotating": ("↻ 自動切替", "↻ rotating"),
    "total": ("合計", "Total"),
    "thaw-title": ("凍結を解除しますか", "Lift the freeze?"),
    "thaw-about": (
        "現在の成績がすぐに画面に出ます。",
        "The standings of this moment will be on the screen at once.",
    ),
    # Reveal
    "reveal-title": ("最終成績の発表", "The final standings"),
    "reveal-start": ("スペースで最下位から発表します", "Space reveals, from the last place"),
    "reveal-start-unranked": ("スペースで順に発表します", "Space reveals, one by one"),
    "reveal-done": ("以上です。Escで戻ります", "That is all. Esc returns to the board"),
    "place": ("第{rank}位", "Rank {rank}"),
    "points": ("{points} 点", "{points} points"),
    "was": ("凍結時 {rank}位 {points}点", "at the freeze: rank {rank}, {points} points"),
    "was-unranked": ("凍結時 {points}点", "at the freeze: {points} points"),
    "hidden": ("? ? ?", "? ? ?"),
    # Drill-down
    "checks-of": ("{team} の評価項目", "Checks of {team}"),
    "check": ("評価項目", "Check"),
    "phase": ("段階", "Phase"),
    "judgement": ("判定", "Judgement"),
    "points-of": ("得点", "Points"),
    "since": ("時刻", "Since"),
    "penalties-of": ("減点", "Penalties"),
    "interval": ("得点の幅 {low} ～ {high}", "interval {low} to {high}"),
    "hint": ("ヒント {what}", "hint {what}"),
    "revert": ("ノードの初期化 {what}", "node reset {what}"),
    # Page
    "as-of": ("{at} 時点", "as of {at}"),
    "page-title": ("成績 - {title}", "Standings - {title}"),
    "over-time": ("得点の推移", "Score over time"),
    "written": ("記録の{seq}件目までの成績です。", "Standings up to event {seq} of the log."),
}  # fmt: skip

SAY = Words(
    {key: WORDS[key] for key in ("observe", "orient", "decide", "act")}, COMMON, WORDS_BOARD
)
