"""A real browser, driven as a person drives it: headless Chromium over its DevTools protocol.

The protocol runs through two pipes (``--remote-debugging-pipe``): no port, no further package.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pypdfium2

CHROMIUM: Final = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MISSING: Final = "headless Chromium is not installed"

_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
)
_PATIENCE: Final = 60.0
"""Seconds that the browser may take to answer."""
_READS, _WRITES = 3, 4
"""The descriptors on which Chromium reads commands and writes answers."""
_A4: Final = {"paperWidth": 8.27, "paperHeight": 11.69}
_KEYS: Final = {"Enter": 13, "Tab": 9, "Home": 36, "ArrowDown": 40, "Backspace": 8}
_TEXTS: Final = {"Enter": "\r"}


class BrowserError(RuntimeError):
    """The browser refused a command, died or did not answer."""


@contextmanager
def browser(profile: Path | None = None) -> Iterator[Browser]:
    """Start Chromium with a profile of its own and end it again. Raises :class:`BrowserError` where there is
    none.
    """
    if CHROMIUM is None:
        raise BrowserError(MISSING)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        started = _start(CHROMIUM, profile or Path(folder))
        try:
            yield started
        finally:
            started.close()


def _start(command: str, profile: Path) -> Browser:
    (child_reads, writes), (reads, child_writes) = (_high(os.pipe()), _high(os.pipe()))
    process = os.posix_spawn(
        command,
        [command, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, child_reads, _READS),
            (os.POSIX_SPAWN_DUP2, child_writes, _WRITES),
        ],
        setpgroup=0,
    )
    os.close(child_reads)
    os.close(child_writes)
    return Browser(process, reads, writes)


def _high(pipe: tuple[int, int]) -> tuple[int, int]:
    """The pipe on descriptors that cannot be those which Chromium expects."""
    found = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in pipe]
    for end in pipe:
        os.close(end)
    return found[0], found[1]


@dataclass(slots=True)
class Browser:
    """A running Chromium."""

    process: int
    reads: int
    writes: int
    buffer: bytes = b""
    asked: int = 0
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, width: int, height: int = 900) -> Page:
        """A new page in a window of this size, in pixels."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, session, target)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.ask(f"{domain}.enable")
        page.resize(width, height)
        return page

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Give a command and wait for its answer. Raises :class:`BrowserError`."""
        self.asked += 1
        number = self.asked
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.writes, json.dumps(message).encode() + b"\0")
        while True:
            told = self.next()
            if told.get("id") == number:
                if "error" in told:
                    raise BrowserError(f"{method}: {told['error']['message']}")
                result: dict[str, Any] = told["result"]
                return result

    def next(self, patience: float = _PATIENCE) -> dict[str, Any]:
        """The next message of the browser; events are noted by their page. Raises :class:`BrowserError`."""
        until = time.monotonic() + patience
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.reads], [], [], max(0.0, until - time.monotonic()))
            more = os.read(self.reads, 1 << 16) if ready else b""
            if not more:
                raise BrowserError("the browser does not answer")
            self.buffer += more
        message, _, self.buffer = self.buffer.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        page = self.pages.get(told.get("sessionId", ""))
        if page and "method" in told:
            page.note(told["method"], told["params"])
        return told

    def close(self) -> None:
        """End the browser."""
        os.close(self.writes)
        for _ in range(50):
            if os.waitpid(self.process, os.WNOHANG)[0]:
                break
            time.sleep(0.1)
        else:
            os.killpg(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.reads)


@dataclass(slots=True)
class Page:
    """An open page; ``complaints`` are the warnings and errors of its console, and requests that failed."""

    browser: Browser
    session: str
    target: str
    complaints: list[str] = field(default_factory=list)
    loaded: int = 0

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a command to this page."""
        return self.browser.ask(method, self.session, **parameters)

    def note(self, event: str, told: dict[str, Any]) -> None:
        """Keep what an event says: that the page is loaded, or a complaint."""
        if event == "Page.loadEventFired":
            self.loaded += 1
        elif event == "Runtime.exceptionThrown":
            thrown = told["exceptionDetails"]
            self.complaints.append(thrown.get("exception", {}).get("description") or thrown["text"])
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(each.get("value", each)) for each in told["args"]))
        elif event == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            entry = told["entry"]
            self.complaints.append(f"{entry['text']} {entry.get('url', '')}".strip())
        elif event == "Network.loadingFailed" and not told.get("canceled"):
            self.complaints.append(f"{told['type']}: {told['errorText']}")

    def resize(self, width: int, height: int = 900) -> None:
        """Give the window another size."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def open(self, address: str) -> None:
        """Go to an address and wait until the page and its scripts have run."""
        self.ask("Page.navigate", url="about:blank")
        before = self.loaded
        told = self.ask("Page.navigate", url=address)
        if "errorText" in told:
            raise BrowserError(f"{address}: {told['errorText']}")
        until = time.monotonic() + _PATIENCE
        while self.value("document.readyState") != "complete" or self.loaded == before:
            if time.monotonic() > until:
                raise BrowserError(f"{address} does not finish loading")
            if self.loaded == before:
                self.browser.next()

    def value(self, expression: str) -> Any:
        """What a script gives, as plain data. Raises :class:`BrowserError` with what it threw."""
        told = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in told:
            thrown = told["exceptionDetails"]
            raise BrowserError(thrown.get("exception", {}).get("description") or thrown["text"])
        return told["result"].get("value")

    def click(self, selector: str) -> None:
        """Press the mouse in the middle of an element. Raises :class:`BrowserError` where it cannot be hit:
        it is not there, has no size or something lies over it.
        """
        place = self.value(
            f"""(() => {{
              const node = document.querySelector({json.dumps(selector)});
              if (!node) return "is not there";
              node.scrollIntoView({{ block: "center", behavior: "instant" }});
              const box = node.getClientRects()[0];
              if (!box || !box.width || !box.height) return "has no size";
              const x = box.x + box.width / 2, y = box.y + box.height / 2;
              const hit = document.elementFromPoint(x, y);
              if (!hit || !(node.contains(hit) || hit.contains(node))) return "is covered";
              return [x, y];
            }})()"""
        )
        if isinstance(place, str):
            raise BrowserError(f"{selector} {place}")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1
            )

    def press(self, *keys: str) -> None:
        """Press keys of the keyboard, one after another."""
        for key in keys:
            told: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": _KEYS[key]}
            if key in _TEXTS:
                told["text"] = _TEXTS[key]
            self.ask("Input.dispatchKeyEvent", type="keyDown", **told)
            self.ask("Input.dispatchKeyEvent", type="keyUp", **told)

    def settle(self) -> None:
        """Wait until what was done has been heard and shown."""
        self.value("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    def write(self, text: str) -> None:
        """Write text where the cursor is."""
        self.ask("Input.insertText", text=text)

    def picture(self, to: Path, *, whole: bool = False) -> None:
        """Keep the window, or the whole page, as PNG."""
        more = {}
        if whole:
            size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
            more = {"clip": {**size, "x": 0, "y": 0, "scale": 1}, "captureBeyondViewport": True}
        to.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png", **more)["data"]))

    def paper(self, to: Path) -> int:
        """Print on A4 as PDF; returns how many sheets that takes."""
        told = self.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True, **_A4)
        to.write_bytes(base64.b64decode(told["data"]))
        with pypdfium2.PdfDocument(to) as document:
            return len(document)
