"""A desk forked from what `preload` made opens no file, imports nothing, starts fast."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_HELPERS = Path(__file__).parents[2] / "helpers"

# The mother: preloads; her child is a desk on a terminal, under an audit that notes what it reaches
# for; she types at it and reads what it shows.
_MOTHER = r"""
import fcntl, json, os, select, struct, sys, termios, threading, time
sys.path.insert(0, sys.argv[1])
from desk_sample import NODES, sample
from tui.desk.app import DeskApp
from tui.desk.preload import preload

line = sample(
    submit=lambda asked: {"form": asked["form"], "at": "T+00:33"},
    hint=lambda asked: {"hint": asked["hint"], "text": {"ja": "a", "en": "b"}, "cost": 1},
)
began = time.monotonic()
preload()
preloaded = time.monotonic() - began
assert threading.active_count() == 1
master, terminal = os.openpty()
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
ours, theirs = os.pipe()
began = time.monotonic()
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for standard in (0, 1, 2):
        os.dup2(terminal, standard)
    os.environ["TERM"] = "xterm-256color"
    reached = []

    def audit(event, args):
        if event in ("open", "import", "os.listdir", "os.scandir", "socket.connect",
                     "subprocess.Popen", "os.exec", "ctypes.dlopen"):
            reached.append(f"{event} {args[0]}")

    sys.addaudithook(audit)
    DeskApp(line, team="team1", nodes=NODES, language="ja").run()
    said = {"reached": list(reached), "asked": [op for op, _ in line.asked]}
    os.write(theirs, json.dumps(said).encode())
    os._exit(0)
os.close(terminal)
os.close(theirs)
shown = b""


def read_until(*words, within=20):
    global shown
    seen = len(shown)
    end = time.monotonic() + within
    while not all(word.encode() in shown[seen:] for word in words):
        assert time.monotonic() < end, (words, shown[-3000:].decode(errors="replace"))
        if select.select([master], [], [], 0.1)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError:
                break


def press(keys, *words):
    os.write(master, keys.encode())
    read_until(*words)


read_until("デスクに入る")
opened = time.monotonic() - began
press("山田\r", "演習中", "受信箱(5)")
press("2", "境界ファイアウォール")
press("3", "差出人")
press("4", "影響範囲の評価")
press("5", "段階 2")
press("\x1b[B", "減点されます")
press("\r", "取消")
press("y", "取得済み")
press("6", "演習開始")
press("7", "trainee@fw")
press("8", "モニタリング")
press("\x1bOP", "使えるキー")
press("\x1b", "モニタリング")
press("\x10", "コマンドを検索")
press("\x1b", "モニタリング")
press("\x1bOQ", "Observe")
press("4", "Assessment")
press("\r", "Hand in again")
press("\x1b[200~貼り付け\x1b[201~", "貼り付け")
press("\x13", "It replaces")
press("y", "Handed in at")
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
read_until("First report")
os.write(master, b"\x11")
said = json.loads(os.read(ours, 1 << 20))
print(json.dumps({**said, "opened": opened, "preloaded": preloaded}))
"""


def test_a_desk_reaches_for_nothing_once_it_is_forked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MOTHER, str(_HELPERS)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["reached"] == []
    assert "submit" in said["asked"]
    assert "hint" in said["asked"]
    assert said["opened"] < 3, "0.1 s alone; here others may be at work"
