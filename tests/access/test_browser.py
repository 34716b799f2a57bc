"""The desk in a real Chromium: login, Japanese shown and typed, a node, a lost connection."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser

from range.access.credentials import token
from range.access.sheet import sheet

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this host: ./cyder installs it"),
]

SHOTS = Path(os.environ.get("CYDER_SCREENSHOTS", ""))


@pytest.fixture
async def page(way, sample, tmp_path):
    """A browser at team1's desk, in Japanese, past the login."""
    async with Browser(tmp_path / "profile", flags=["--lang=ja", "--accept-lang=ja"]) as browser:
        await browser.open(f"https://127.0.0.1:{way.port}/?token={token(way.lab)}")
        await browser.shows("演習デスクへようこそ", "お名前")
        await browser.quiet()
        yield browser


async def _until(holds, within=30.0):
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.05)


async def _enter_as(page, name):
    await page.type(name)
    await page.shows(name)
    await page.enter()
    await page.shows("[1 概要]", name)
    await page.quiet()


async def _open_form(page):
    await page.type("4")
    await page.shows("[4 様式]", "第一報")
    await page.quiet()
    await page.enter()
    await page.shows("侵害が疑われる端末")
    await page.quiet()


async def test_a_link_leads_to_the_desk_and_its_token_stays_nowhere(way, page, tmp_path):
    assert await page.run("location.href") == f"https://127.0.0.1:{way.port}/"
    assert await page.run("document.cookie") == ""
    assert await page.run("JSON.stringify(Object.keys(localStorage))") == "[]"
    await page.screenshot(_shot(tmp_path, "browser-welcome"))
    entries = "performance.getEntriesByType('resource').map(e => new URL(e.name).host)"
    assert set(await page.run(entries)) == {f"127.0.0.1:{way.port}"}  # from nowhere else
    assert not [event for event in page.events if "violates" in str(event)]


async def test_a_report_is_written_in_japanese_and_survives_the_connection(
    way, sample, page, tmp_path
):
    await _enter_as(page, "花子")
    await _open_form(page)
    await page.type("住民課の端末で不審な通信を確認しました。")
    await page.shows("不審な通信を確認しました")
    await _until(lambda: "不審な通信" in str(sample.drafts.get("team1+花子")))
    await page.screenshot(_shot(tmp_path, "browser-report"))
    (gateway,) = _gateway(way)
    asked = len(way.desk.asked)
    os.kill(gateway, signal.SIGKILL)  # every connection is lost
    await _until(lambda: any(
        one["op"] == "drafts" and one["by"] == "team1+花子" for one in way.desk.asked[asked:]
    ))  # fmt: skip
    await page.shows("[1 概要]", "花子")  # nobody is greeted again
    await page.quiet()
    assert await page.run("document.getElementById('lost').hidden")
    await _open_form(page)
    await page.shows("不審な通信を確認しました")
    await page.screenshot(_shot(tmp_path, "browser-again"))


async def test_a_node_is_visited_in_the_browser(way, page, tmp_path):
    await _enter_as(page, "taro")
    await page.type("7")
    await page.shows("[7 ノード]", "Enter で fw")
    await page.quiet()
    await page.press("ArrowDown", 40)
    await page.shows("Enter で pc-1")
    await page.enter()
    await page.shows("pc-1 に入ります", "$ ")
    await page.type("echo 日本語-$((6*7)): $TERM")
    await page.enter()
    await page.shows("日本語-42: xterm-256color")
    await page.screenshot(_shot(tmp_path, "browser-node"))
    await page.type("exit")
    await page.enter()
    await page.shows("Enter で fw", "ログアウト")


async def test_whoever_logs_out_is_told_and_may_come_back(page, tmp_path):
    await _enter_as(page, "hanako")
    await page.press("q", 81, modifiers=2)
    await page.until("!document.getElementById('over').hidden")
    await page.screenshot(_shot(tmp_path, "browser-over"))
    assert "下書きは残っています" in await page.run("document.getElementById('said').textContent")
    await page.run("document.querySelector('#over form').requestSubmit()")
    await page.until("document.getElementById('token') !== null")


_TYPING = "document.readyState === 'complete' && document.activeElement?.id === 'token'"


async def test_the_page_asks_for_the_token_and_takes_it_as_the_sheet_has_it(way, sample, tmp_path):
    made = sheet(way.lab, "127.0.0.1")
    typed = made.text.en.split("type the token: ")[1].split()[0]
    async with Browser(tmp_path / "profile", flags=["--accept-lang=ja"]) as browser:
        await browser.open(f"https://127.0.0.1:{way.port}/")
        await browser.until(_TYPING)
        await browser.screenshot(_shot(tmp_path, "browser-login"))
        await browser.type("not the token")
        await browser.enter()
        await browser.until("document.body.innerText.includes('トークンではありません')")
        await browser.until(_TYPING)  # text sooner would go nowhere
        await browser.type(typed)
        await browser.enter()
        await browser.shows("演習デスクへようこそ")


async def test_another_site_s_page_cannot_reach_the_desk(way, page):
    script = """
    new Promise(done => {
      const socket = new WebSocket('%s');
      socket.onopen = () => done('open'); socket.onerror = () => done('refused');
    })"""
    await page.open("data:text/html,<p>another site</p>")
    assert await page.run(script % f"wss://127.0.0.1:{way.port}/desk") == "refused"


def _gateway(way):
    supervisor = int(way.point._pid_file.read_text())
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    ours = 900_000 + way.port
    return [int(pid) for pid in children if Path(f"/proc/{pid}").stat().st_uid == ours]


def _shot(tmp_path, name):
    folder = SHOTS if SHOTS.name else tmp_path
    return folder / f"{name}.png"
