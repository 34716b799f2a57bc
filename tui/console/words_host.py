"""What the doctor says, in Japanese. It speaks English itself; what is not known here stays so."""

from __future__ import annotations

import re

from range.scenario.model import Language

_SAID = [(re.compile(pattern), said) for pattern, said in (
    (r"not root", "root ではありません"),
    (r"(\d+) present", r"\1 個すべてあり"),
    (r"missing: (.*)", r"不足: \1"),
    (r"not a Debian: have these or their like: (.*)",
     r"Debian ではありません。次のもの、または同等のものが必要です: \1"),
    (r"the LXC driver answers", "LXC ドライバーが応答しています"),
    (r"the LXC driver does not answer", "LXC ドライバーが応答しません"),
    (r"its Python binding does not load: (.*)", r"Python から読み込めません: \1"),
    (r"version 2", "バージョン 2"),
    (r"hybrid", "ハイブリッド"),
    (r"(.*), without (.*): a guest could exhaust the host",
     r"\1、\2 がありません。ノードがホストの資源を使い尽くすおそれがあります"),
    (r"inotify, keys, bridges", "十分です(inotify、鍵、ブリッジ)"),
    (r"([\d.]+) GiB available", r"空き \1 GiB"),
    (r"([\d.]+) GiB available; two teams need about (\d+)", r"空き \1 GiB(2 チームで約 \2 GiB)"),
    (r"([\d.]+) GiB free for (.*); images and labs need (\d+)",
     r"\2 の空き \1 GiB(イメージとラボに \3 GiB 必要)"),
    (r"([\d.]+) GiB free for (.*)", r"\2 の空き \1 GiB"),
    (r"not probed: needs root", "調べていません(root が必要)"),
    (r"not usable, virtual machines are emulated(.*)",
     r"使えません。仮想マシンは模擬実行になります\1"),
    (r"each lab has a disk of its own", "ラボごとに専用のディスク領域があります"),
    (r"no loop devices: a guest that fills its disk fills this host's",
     "loop デバイスがありません。ノードがディスクを使い切るとホストも一杯になります"),
    (r"modprobe loop; in a container, hand /dev/loop\* in\.",
     "modprobe loop を実行してください。コンテナ内では /dev/loop* を渡してください。"),
    (r"none", "なし"),
    (r"(.*) and (\d+) more", r"\1 ほか \2 件"),
    (r"could not be mended: (.*)", r"直せませんでした: \1"),
    (r"mended; was: (.*)", r"直しました(以前: \1)"),
    (r"Labs need root: (.*)", r"ラボの作成には root が必要です: \1"),
    (r"(.*) starts it", r"\1 で起動します"),
    (r"Enable these controllers on the kernel's command line\.",
     "カーネルの起動オプションで有効にしてください。"),
    (r"End what uses it, or take a larger machine\.",
     "使っているものを終了するか、大きな計算機を使ってください。"),
    (r"Run `cyder image prune`, or set CYDER_HOME\.",
     "`cyder image prune` を実行するか、CYDER_HOME を変えてください。"),
)]  # fmt: skip


def said(text: str, language: Language) -> str:
    """Return a sentence of the doctor's in a language."""
    if language == "ja":
        for pattern, japanese in _SAID:
            found = pattern.fullmatch(text)
            if found:
                return found.expand(japanese)
    return text
