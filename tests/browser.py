"""Headless Chromium for tests of pages, driven through the DevTools protocol over a pipe; no further library.

    def test_sorts(browser, tmp_path):
        page = tmp_path / "report.html"
        page.write_text(score_html(content))
        with browser.open(page) as tab:
            tab.click("#t-genes th button")
            assert tab.text("#t-genes tbody tr th") == "CYP26A1"
            assert tab.errors == []

The fixture `browser` of tests/report/conftest.py starts one browser per session, and skips where there is none.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update"),
    *(
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--disable-sync",
        "--mute-audio",
        "--force-color-profile=srgb",
        "--remote-debugging-pipe",
    ),
)
# what the page hands out as a download, kept so that a test can read it
_SPY = """
window.__given = [];
(function () {
  var made = new Map(), real = URL.createObjectURL, follow = HTMLAnchorElement.prototype.click;
  URL.createObjectURL = function (blob) { var url = real.call(URL, blob); made.set(url, blob); return url; };
  HTMLAnchorElement.prototype.click = function () {
    if (this.download && made.has(this.href)) window.__given.push({name: this.download, blob: made.get(this.href)});
    else follow.call(this);
  };
})();
"""
_KEYS = {"Enter": (13, "\r"), " ": (32, " "), "Tab": (9, ""), "Escape": (27, ""), "Home": (36, ""), "End": (35, "")}
_KEYS |= {"ArrowLeft": (37, ""), "ArrowUp": (38, ""), "ArrowRight": (39, ""), "ArrowDown": (40, "")}
_KEYS |= {"PageUp": (33, ""), "PageDown": (34, "")}


def find_chromium() -> str | None:
    """The program to run: `$CHROMIUM` or the first of `NAMES` on the path."""
    return os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)


class BrowserError(Exception):
    """The browser died, did not answer in time, or a script threw."""


@dataclass
class Tab:
    """One open page.

    Attributes
    ----------
    errors : list of str
        Uncaught exceptions, console errors and blocked resources, since the page was opened.
    requests : list of str
        Addresses asked for beyond the page itself; a self-contained page asks for none.
    opened_in : float
        Seconds from the start of loading to a painted page that answers scripts.
    """

    browser: Browser
    session: str
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    opened_in: float = 0.0
    _loaded: bool = False

    def run(self, script: str) -> Any:
        """The JSON value of an expression (awaited if it is a promise)."""
        said = self._send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise BrowserError(_thrown(said["exceptionDetails"]))
        return said["result"].get("value")

    def text(self, selector: str) -> str:
        """The text of the first element that fits."""
        return str(self.run(f"{_one(selector)}.textContent.trim()"))

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that fit."""
        found = self.run(f"Array.from(document.querySelectorAll({json.dumps(selector)}), e => e.textContent.trim())")
        return list(found)

    def click(self, selector: str) -> None:
        """Click the first element that fits, and wait for the next frame."""
        self.run(f"{_one(selector)}.click()")
        self.settle()

    def fill(self, selector: str, value: str) -> None:
        """Put a value into an input or a select, as a user would (events `input` and `change`)."""
        events = "for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, {bubbles: true}));"
        self.run(f"(e => {{ e.focus(); e.value = {json.dumps(value)}; {events} }})({_one(selector)})")
        self.settle()

    def press(self, key: str) -> None:
        """A real key stroke on what has the focus: a name of `KeyboardEvent.key`."""
        code, text = _KEYS.get(key, (ord(key[0].upper()), key))
        what = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
        self._send("Input.dispatchKeyEvent", type="keyDown", **what, **({"text": text} if text else {}))
        self._send("Input.dispatchKeyEvent", type="keyUp", **what)
        self.settle()

    def settle(self) -> None:
        """Wait until frames were drawn and timers of up to 150 ms have run; brings the tab to the front."""
        self._send("Page.bringToFront")
        self.run("new Promise(d => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(d, 160))))")

    def given(self) -> list[tuple[str, str]]:
        """Name and text of every download that the page has handed out."""
        found = self.run("Promise.all(window.__given.map(async g => [g.name, await g.blob.text()]))")
        return [(name, text) for name, text in found]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window; 0 for a page that fits."""
        return int(self.run("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def screenshot(self, path: Path, *, whole: bool = False) -> Path:
        """A PNG of the window, or of the whole page."""
        said = self._send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(said["data"]))
        return path

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser._send(method, params, self.session)

    def _heard(self, method: str, params: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(_thrown(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            self.errors.append(" ".join(str(one.get("value", one.get("description"))) for one in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}".strip())
        elif method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if params.get("type") != "Document" and not url.startswith(("data:", "blob:")):
                self.requests.append(url)


class Browser:
    """A running Chromium; `close` ends it."""

    def __init__(self, program: str, timeout: float = 60.0) -> None:
        self.timeout = timeout
        self._folder = tempfile.mkdtemp(prefix="chromium-")
        theirs_in, self._write = os.pipe()
        self._read, theirs_out = os.pipe()
        # the protocol speaks on file descriptors 3 (in) and 4 (out)
        start = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        command = ["bash", "-c", start, "-", program, *_FLAGS, f"--user-data-dir={self._folder}", "about:blank"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, pass_fds=(theirs_in, theirs_out), **quiet)  # type: ignore[call-overload]
        os.close(theirs_in)
        os.close(theirs_out)
        self._buffer = b""
        self._last = 0
        self._tabs: dict[str, Tab] = {}
        self._send("Browser.getVersion", {})

    @contextmanager
    def open(
        self,
        page: Path | str,
        *,
        width: int = 1280,
        height: int = 900,
        javascript: bool = True,
        dark: bool = False,
        printed: bool = False,
    ) -> Iterator[Tab]:
        """Open a file (or an address such as ``file:///…/report.html#s1``) offline; the tab closes at the end."""
        url = page if isinstance(page, str) else page.resolve().as_uri()
        target = self._send("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self._send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        tab = self._tabs[session] = Tab(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab._send(f"{domain}.enable")
        tab._send("Page.addScriptToEvaluateOnNewDocument", source=_SPY)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
        tab._send("Emulation.setDeviceMetricsOverride", **size)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        tab._send("Emulation.setEmulatedMedia", features=scheme, media="print" if printed else "")
        if not javascript:
            tab._send("Emulation.setScriptExecutionDisabled", value=True)
        began = time.monotonic()
        tab._send("Page.navigate", url=url)
        while not tab._loaded:
            self._hear(began + self.timeout)
        if javascript:
            tab.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")
        tab.opened_in = time.monotonic() - began
        try:
            yield tab
        finally:
            self._send("Target.closeTarget", {"targetId": target})
            self._tabs.pop(session, None)

    def close(self) -> None:
        """End the browser and remove its profile."""
        try:
            self._send("Browser.close", {})
            self._process.wait(10)
        except (BrowserError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(10)
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _send(self, method: str, params: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        self._last += 1
        number = self._last
        message = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        until = time.monotonic() + self.timeout
        while True:
            said = self._hear(until)
            if said.get("id") == number:
                if "error" in said:
                    raise BrowserError(f"{method}: {said['error']['message']}")
                return dict(said["result"])

    def _hear(self, until: float) -> dict[str, Any]:
        """The next message; events go to their tab."""
        while b"\0" not in self._buffer:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._read], [], [], left)[0]:
                raise BrowserError(f"no answer from the browser in {self.timeout:.0f} s")
            got = os.read(self._read, 1 << 20)
            if not got:
                raise BrowserError("the browser ended")
            self._buffer += got
        one, self._buffer = self._buffer.split(b"\0", 1)
        message: dict[str, Any] = json.loads(one)
        tab = self._tabs.get(message.get("sessionId", ""))
        if tab is not None and "method" in message:
            tab._heard(message["method"], message.get("params", {}))
        return message


def _one(selector: str) -> str:
    """Script for the first element that fits, which must be there."""
    quoted = json.dumps(selector)
    return f"(document.querySelector({quoted}) || (() => {{ throw new Error('nothing fits ' + {quoted}) }})())"


def _thrown(details: dict[str, Any]) -> str:
    return str(details.get("exception", {}).get("description") or details.get("text"))
