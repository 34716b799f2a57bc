"""A team's access sheet: a folder to hand out, with a key, an ssh_config and how to use them."""

from __future__ import annotations

import base64
import hashlib
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from range.access.certificate import fingerprint
from range.access.credentials import (
    gateway_public,
    node_public,
    password,
    token,
    trainee_private,
)
from range.plan.model import LabPlan
from range.scenario.model import Text
from range.settings import Settings

_TEXT_JA = """\
# {team} アクセス票

演習には、パソコンに入っている標準の OpenSSH で入ります。ほかに入れるものはありません。
SSH が使えない教室では、ブラウザで入れます。

## デスク: 受信箱、様式、ヒント、ノードへの入り口

    ssh -p {port} {team}@{host}
    パスワード: {password}

- 名前を残すには `{team}` を `{team}+hanako` のように変えます。付けなければデスクが聞きます。
- 鍵を使うときは、このフォルダの中で `ssh -F ssh_config {desk}`
- デスクで提出したもの、取ったヒントは、名前とともに演習の記録に残ります。

### ブラウザで

    {link}

- 初めに証明書の警告が出ます。証明書の SHA-256 フィンガープリントが次と同じであることを
  確かめてから進みます。

{fingerprint}

- リンクを開けないときは https://{address}/ を開き、トークンを入力します: {token}

## ノードに直接入る

    cd {team}
    ssh -F ssh_config {node}

- 入れるノード: {nodes}
- ノード上の利用者は trainee です。sudo はパスワードなしで使えます。
- 鍵ファイルが使えないときは、次の 1 行で入れます。パスワードは 2 回聞かれます(どちらも上と同じ)。

      ssh -J {team}@{host}:{port} trainee@{node}

- ファイルの取り出し: `scp -F ssh_config {node}:/etc/hosts .`
- ノードの Web 画面を見る: `ssh -F ssh_config -L 8080:localhost:80 {node}` のあと http://localhost:8080/
- デスクをコマンドで: `ssh -F ssh_config {desk} inbox`、同じく `briefing` `forms` `hints` `hint ID`
  `timeline` `network`、提出は `ssh -F ssh_config {desk} submit 様式 < answers.json`

接続先が本物であることの確認(初めて ssh で入るときに表示されます): {host_key}

このフォルダはチームの秘密です。チームの外に渡さないでください。
"""

_TEXT_EN = """\
# {team}: access sheet

You enter the exercise with the OpenSSH that your computer has. There is nothing to install.
In class rooms without SSH, a browser will do.

## Your desk: inbox, forms, hints, and the way to the nodes

    ssh -p {port} {team}@{host}
    password: {password}

- To leave your name on what you do, write `{team}+hanako` for `{team}`; or the desk will ask.
- With the key: `ssh -F ssh_config {desk}` in this folder
- What you hand in and the hints you take are recorded with your name.

### In a browser

    {link}

- There is a warning about the certificate at first. Go on after comparing its SHA-256 fingerprint:

{fingerprint}

- If you cannot follow the link, open https://{address}/ and type the token: {token}

## Straight to a node

    cd {team}
    ssh -F ssh_config {node}

- Nodes that you may enter: {nodes}
- On the nodes you are `trainee`; `sudo` asks for no password.
- Without the key file, one line is enough. It asks for the password twice (the same as above).

      ssh -J {team}@{host}:{port} trainee@{node}

- Fetch a file: `scp -F ssh_config {node}:/etc/hosts .`
- See a node's web pages: `ssh -F ssh_config -L 8080:localhost:80 {node}`, then open
  http://localhost:8080/
- The desk by commands: `ssh -F ssh_config {desk} inbox`, likewise `briefing`, `forms`, `hints`,
  `hint ID`, `timeline`, `network`; hand in with
  `ssh -F ssh_config {desk} submit FORM < answers.json`

To know whom you are talking to (ssh shows it the first time): {host_key}

This folder is your team's secret. Give it to nobody else.
"""


@dataclass(frozen=True)
class Sheet:
    """What a team is told. `files` are the folder's: name -> text; private ones start with key."""

    team: str
    host: str
    port: int
    password: str
    link: str  # to the desk in a browser; holds the token
    fingerprint: str  # SHA-256 of the certificate that the browser will be shown
    text: Text
    files: dict[str, str]


def sheet(lab: LabPlan, host: str) -> Sheet:
    """Make the sheet of a lab whose trainees connect to `host`. Pure."""
    nodes = [node.name for node in lab.nodes if node.access is not None]
    address = f"[{host}]:{lab.access.port}" if ":" in host else f"{host}:{lab.access.port}"
    link = f"https://{address}/?token={token(lab)}"
    told = {
        "team": lab.team,
        "address": address,
        "link": link,
        "token": _in_fours(token(lab)),
        "fingerprint": _in_two_lines(fingerprint(lab)),
        "host_key": _host_key(lab),
        "host": host,
        "port": lab.access.port,
        "password": password(lab),
        "nodes": ", ".join(nodes),
        "desk": _alias(nodes),
        "node": next((name for name in nodes if name.startswith("soc")), nodes[0] if nodes else ""),
    }
    text = Text(ja=_TEXT_JA.format(**told), en=_TEXT_EN.format(**told))
    return Sheet(
        team=lab.team,
        host=host,
        port=lab.access.port,
        password=password(lab),
        link=link,
        fingerprint=fingerprint(lab),
        text=text,
        files={
            "README.ja.md": text.ja,
            "README.en.md": text.en,
            "key": trainee_private(lab),
            "known_hosts": "\n".join(_known_hosts(lab, host, nodes)) + "\n",
            "ssh_config": _config(lab, host, nodes),
        },
    )


def write_sheet(settings: Settings, lab: LabPlan, host: str = "") -> Path:
    """Write the folder to hand out and return it. It is for root until it is handed out.

    Without a host it stays the one of the folder that was written before.
    """
    folder = settings.labs / lab.deployment / "access" / lab.team
    host = host or _written(folder) or own_address()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    for name, text in sheet(lab, host).files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    return folder


def _written(folder: Path) -> str:
    """Return the host of a folder that was written; empty if there is none."""
    try:
        lines = (folder / "ssh_config").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ""
    return next((text.split()[1] for text in lines if text.startswith("  HostName ")), "")


def own_address() -> str:
    """Return the address by which this host would speak to others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
        try:
            talk.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(talk.getsockname()[0])


def _in_fours(text: str) -> str:
    """Return a token as it is easier to type; the dashes do not count."""
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _in_two_lines(text: str) -> str:
    half = len(text) // 2 + 1
    return f"      {text[:half]}\n      {text[half:]}"


def _host_key(lab: LabPlan) -> str:
    """Return the fingerprint of the gateway's SSH key, as ssh shows it."""
    digest = hashlib.sha256(base64.b64decode(gateway_public(lab).split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _alias(nodes: list[str]) -> str:
    """What ssh_config calls the desk: a scenario may well have a node of that name."""
    return "team-desk" if "desk" in nodes else "desk"


def _known_hosts(lab: LabPlan, host: str, nodes: list[str]) -> Iterator[str]:
    yield f"[{host}]:{lab.access.port} {_key(gateway_public(lab))}"
    for node in nodes:
        yield f"{','.join(_names(lab, node))} {_key(node_public(lab, node))}"


def _names(lab: LabPlan, node: str) -> list[str]:
    """What trainees may call a node: its names, and its addresses in the organisation."""
    known = lab.node(node)
    return list(dict.fromkeys([node, known.fqdn, *(str(nic.address) for nic in known.nics)]))


def _key(public: str) -> str:
    return " ".join(public.split()[:2])


def _config(lab: LabPlan, host: str, nodes: list[str]) -> str:
    desk = _alias(nodes)
    common = "  IdentityFile key\n  IdentitiesOnly yes\n  UserKnownHostsFile known_hosts\n"
    common += "  StrictHostKeyChecking yes\n"
    return (
        f"# cd {lab.team}; ssh -F ssh_config NODE\n"
        f"Host {desk}\n"
        f"  HostName {host}\n"
        f"  Port {lab.access.port}\n"
        "  # +yourname behind the team's name lets the log tell who it was\n"
        f"  User {lab.team}\n"
        "  SendEnv LANG LC_* COLORTERM\n"
        f"{common}"
        f"Host {' '.join(name for node in nodes for name in _names(lab, node))}\n"
        f"  ProxyJump {desk}\n"
        "  User trainee\n"
        "  ServerAliveInterval 30\n"
        f"{common}"
    )
