"""The two pages of the desk in a browser, in both languages. No data but what is escaped here."""

from __future__ import annotations

from html import escape

_HEAD = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>CYDER {team}</title>
<link rel="icon" href="data:,">
<link rel="preload" href="/static/mono.ttf" as="font" type="font/ttf" crossorigin>
<link rel="stylesheet" href="/static/desk.css">
"""

_LOGIN = (
    _HEAD
    + """\
<script src="/static/login.js" defer></script>
</head>
<body class="login">
<main>
<h1>CYDER <span>{team}</span></h1>
<form method="post" action="/enter" autocomplete="off">
<label for="token">{ask}</label>
<input id="token" name="token" type="password" maxlength="80"
 autocomplete="off" autofocus required>
<button>{enter}</button>
</form>
<p role="alert">{wrong}</p>
<p>{told}</p>
</main>
</body>
</html>
"""
)

_DESK = (
    _HEAD
    + """\
<link rel="stylesheet" href="/static/xterm.css">
<script src="/static/desk.js"></script>
<script src="/static/terminal.js"></script>
</head>
<body class="desk">
<div id="terminal" class="textual-terminal" data-session-websocket-url="wss://{host}/desk"
 data-font-size="{size}"></div>
<div id="lost" role="status" hidden><p>{lost}</p></div>
<div id="over" role="dialog" aria-labelledby="said" hidden>
<p id="said" data-over="{over}" data-full="{full}" data-refused="{refused}"></p>
<button id="again" type="button">{again}</button>
<form method="post" action="/leave"><button>{leave}</button></form>
</div>
<noscript>{script}</noscript>
</body>
</html>
"""
)

_ENTERED = (
    _HEAD
    + """\
<meta http-equiv="refresh" content="0; url=/">
</head>
<body class="login"><main><p><a href="/">CYDER {team}</a></p></main></body>
</html>
"""
)

_SAID = {
    "ja": {
        "ask": "アクセス票のトークン",
        "enter": "デスクを開く",
        "told": "ここでの操作と提出物は、演習の記録に残ります。"
        "トークンはチームの外に渡さないでください。",
        "wrong": "そのトークンではありません。",
        "slow": "試行が多すぎます。1 分ほど待ってください。",
        "lost": "接続が切れました。つなぎ直しています… 下書きは残っています。",
        "over": "デスクを閉じました。下書きは残っています。",
        "full": "デスクを開けませんでした。"
        "使っていないデスクを閉じてから、もう一度開いてください。",
        "refused": "このブラウザからの接続は受け付けられませんでした。ページを開き直してください。",
        "again": "もう一度開く",
        "leave": "このブラウザからログアウトする",
        "script": "JavaScript を有効にしてください。",
    },
    "en": {
        "ask": "Token from the access sheet",
        "enter": "Open the desk",
        "told": "What you do and hand in here is recorded for the exercise. "
        "Give the token to nobody outside your team.",
        "wrong": "That is not the token.",
        "slow": "Too many tries. Please wait a minute.",
        "lost": "The connection was lost. Connecting again… Drafts are kept.",
        "over": "The desk is closed. Drafts are kept.",
        "full": "The desk could not be opened. Close one that nobody needs, then open it again.",
        "refused": "This browser's connection was not taken. Please open the page anew.",
        "again": "Open it again",
        "leave": "Log this browser out",
        "script": "Please enable JavaScript.",
    },
}


def login_page(team: str, language: str, wrong: str = "") -> str:
    """Return the page that asks for the token; `wrong` is a key: what was wrong with the last."""
    said = _SAID[language]
    return _LOGIN.format_map(
        _escaped(said, team, language) | {"wrong": escape(said.get(wrong, ""))}
    )


def desk_page(team: str, language: str, host: str, font_size: int) -> str:
    """Return the page with the terminal; `host` is what the browser calls this one, with port."""
    known = _escaped(_SAID[language], team, language)
    return _DESK.format_map(known | {"host": escape(host), "size": str(font_size)})


def entered_page(team: str, language: str) -> str:
    """Return a page that leads to the desk: a redirect from elsewhere would lose the cookie."""
    return _ENTERED.format_map(_escaped(_SAID[language], team, language))


def _escaped(said: dict[str, str], team: str, language: str) -> dict[str, str]:
    known = {key: escape(text) for key, text in said.items()}
    return known | {"team": escape(team), "language": language}
