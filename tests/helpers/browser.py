"""A real Chromium without a screen, told what to do over its own debugging protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pyte

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--no-first-run", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--mute-audio", "--hide-scrollbars",
    "--ignore-certificate-errors", "--remote-debugging-port=0",
)  # fmt: skip


class Browser:
    """One page. Use it in an `async with`; `into` names a network namespace to run it in."""

    def __init__(
        self, profile: Path, *, size: tuple[int, int] = (1280, 800), flags: Sequence[str] = (),
        into: str = "",
    ) -> None:  # fmt: skip
        self._profile = profile
        self._command = [
            *(["ip", "netns", "exec", into] if into else []),
            CHROMIUM, *_FLAGS, *flags, f"--user-data-dir={profile}",
            f"--window-size={size[0]},{size[1]}", "about:blank",
        ]  # fmt: skip
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self.events: list[dict[str, Any]] = []
        self._happened = asyncio.Condition()
        self._draw_on()

    async def __aenter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env={**os.environ, "LANG": "ja_JP.UTF-8"},
        )  # fmt: skip
        self._http = aiohttp.ClientSession()
        try:
            await self._connect()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._http.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    async def _connect(self) -> None:
        mark = self._profile / "DevToolsActivePort"
        async with asyncio.timeout(60):
            while not (mark.exists() and mark.read_text().count("\n")):
                assert self._process.poll() is None, "chromium ended"
                await asyncio.sleep(0.05)
            port, path = mark.read_text().split("\n")[:2]
            self._socket = await self._http.ws_connect(
                f"ws://127.0.0.1:{port}{path}", max_msg_size=0
            )
        self._reading = asyncio.create_task(self._read())
        targets = await self.call("Target.getTargets", session=False)
        page = next(t for t in targets["targetInfos"] if t["type"] == "page")
        attached = await self.call(
            "Target.attachToTarget", session=False, targetId=page["targetId"], flatten=True
        )
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.call(f"{domain}.enable")

    async def call(self, method: str, *, session: bool = True, **params: Any) -> Any:
        """Do one thing of the protocol and return its result."""
        number = next(self._numbers)
        answer = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        message = {"id": number, "method": method, "params": params}
        await self._socket.send_json(message | ({"sessionId": self._session} if session else {}))
        async with asyncio.timeout(30):
            return await answer

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            waiting = self._waiting.pop(said.get("id", 0), None)
            if waiting is None:
                async with self._happened:
                    self._look(said)
                    self.events.append(said)
                    self._happened.notify_all()
            elif "error" in said:
                waiting.set_exception(AssertionError(said["error"]["message"]))
            else:
                waiting.set_result(said["result"])

    def _look(self, event: dict[str, Any]) -> None:
        """Draw what a terminal on the page is sent, as its canvas does."""
        match event:
            case {"method": "Network.webSocketCreated", "params": {"url": str(url)}}:
                self._draw_on(**dict(parse_qsl(urlsplit(url).query)))
            case {
                "method": "Network.webSocketFrameSent",
                "params": {"response": {"payloadData": str(text)}},
            } if "resize" in text[:12]:
                size = json.loads(text)[1]
                self._canvas.resize(size["height"], size["width"])
            case {"method": "Network.webSocketFrameReceived",
                  "params": {"response": {"opcode": 2, "payloadData": str(text)}}}:  # fmt: skip
                self._stream.feed(base64.b64decode(text))

    def _draw_on(self, width: str = "80", height: str = "24", **_: str) -> None:
        self._canvas = pyte.Screen(int(width), int(height))
        self._stream = pyte.ByteStream(self._canvas)

    def shown(self) -> str:
        """What the terminal on the page shows, line by line."""
        rows = (self._canvas.buffer[row] for row in range(self._canvas.lines))
        columns = range(self._canvas.columns)
        return "\n".join("".join(row[at].data for at in columns).rstrip() for row in rows)

    async def shows(self, *wanted: str, within: float = 60) -> None:
        """Wait until the terminal on the page shows all of `wanted`."""
        try:
            async with asyncio.timeout(within), self._happened:
                while not all(words in self.shown() for words in wanted):
                    await self._happened.wait()
        except TimeoutError:
            raise AssertionError(f"awaited {wanted}; it shows:\n{self.shown()}") from None

    async def quiet(self, seconds: float = 0.5) -> None:
        """Wait until the page has been sent nothing for a while."""
        with suppress(TimeoutError):
            while True:
                async with asyncio.timeout(seconds), self._happened:
                    await self._happened.wait()

    async def event(self, wanted: Any, within: float = 30) -> dict[str, Any]:
        """Return the first event, past or to come, for which `wanted(event)` holds."""
        async with asyncio.timeout(within), self._happened:
            while True:
                for event in self.events:
                    if wanted(event):
                        return event
                await self._happened.wait()

    async def open(self, address: str) -> None:
        """Go to an address and wait until its page is loaded."""
        self.events = [e for e in self.events if e["method"] != "Page.loadEventFired"]
        went = await self.call("Page.navigate", url=address)
        assert "errorText" not in went, went
        await self.event(lambda event: event["method"] == "Page.loadEventFired")

    async def run(self, script: str) -> Any:
        """Evaluate JavaScript in the page and return its value."""
        done = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    async def until(self, script: str, within: float = 30) -> Any:
        """Wait until an expression is true in the page, over navigations, and return its value."""
        async with asyncio.timeout(within):
            while True:
                with suppress(AssertionError):  # the page is just changing
                    if value := await self.run(script):
                        return value
                await asyncio.sleep(0.1)

    async def type(self, text: str) -> None:
        """Enter text as an input method does."""
        await self.call("Input.insertText", text=text)

    async def press(self, key: str, code: int, *, text: str = "", modifiers: int = 0) -> None:
        """Press a key; `code` is its virtual key code, modifiers 2 is control."""
        known = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        down = "keyDown" if text else "rawKeyDown"
        await self.call("Input.dispatchKeyEvent", type=down, text=text, **known)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **known)

    async def enter(self) -> None:
        """Press Enter."""
        await self.press("Enter", 13, text="\r")

    async def screenshot(self, file: Path) -> None:
        """Write a PNG of what is to be seen."""
        taken = await self.call("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(taken["data"]))
