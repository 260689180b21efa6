"""A picture of a page, taken by a Chromium without a window that is spoken to over its DevTools pipe."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGES = "chromium fonts-roboto-unhinted fonts-noto-color-emoji"
"""Of Debian: a browser, and the fonts that phones have."""
_TIMEOUT_SECONDS = 60.0
# Chromium reads commands from 3 and writes answers to 4; what stands there in this process must not be in the way.
_LAUNCH = """
import fcntl, os, sys
reading, writing = (fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3])
os.dup2(reading, 3), os.dup2(writing, 4)
os.close(reading), os.close(writing)
os.execv(sys.argv[3], sys.argv[3:])
"""

Shoot = Callable[[str, int, float], bytes]
"""URL, width, scale → PNG."""


class NoPicture(Exception):
    """There is no browser, or it did not do what it was asked; the message says what to do."""


def browser() -> str | None:
    """Where a Chromium is on this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def picture_of(url: str, *, width: int, scale: float = 2.0) -> bytes:
    """A PNG of the whole page, `width` CSS pixels wide, each of them `scale` pixels; raises NoPicture."""
    with camera() as shoot:
        return shoot(url, width, scale)


@contextmanager
def camera() -> Iterator[Shoot]:
    """One browser for many pictures: what takes one of a page, as `picture_of`; raises NoPicture."""
    program = browser()
    if program is None:
        raise NoPicture(f"no browser: install Chromium (Debian: apt install {PACKAGES}); sought {', '.join(BROWSERS)}")
    with tempfile.TemporaryDirectory(prefix="tgsim-chromium-", ignore_cleanup_errors=True) as profile:
        options = [
            "--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars",
            "--disable-dev-shm-usage", f"--user-data-dir={profile}",
        ]  # fmt: skip
        if os.geteuid() == 0:
            options.append("--no-sandbox")  # Chromium has none for root; the page is tgsim's own, without script
        devtools = _DevTools([program, *options, "about:blank"])
        try:
            yield partial(_shoot, devtools)
        finally:
            devtools.close()


def _shoot(devtools: "_DevTools", url: str, width: int, scale: float) -> bytes:
    target = devtools.call("Target.createTarget", url="about:blank")["targetId"]
    session = devtools.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def ask(method: str, **params: Any) -> Any:
        return devtools.call(method, session, **params)

    ask("Page.enable")
    ask("Emulation.setDeviceMetricsOverride", width=width, height=100, deviceScaleFactor=scale, mobile=False)
    devtools.forget_events()
    went = ask("Page.navigate", url=url)
    if "errorText" in went:
        raise NoPicture(f"{url} does not open: {went['errorText']}")
    devtools.wait_for("Page.loadEventFired")
    size = ask("Page.getLayoutMetrics")["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1}
    shot = ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    devtools.call("Target.closeTarget", targetId=target)
    return base64.b64decode(shot["data"])


class _DevTools:
    """Chromium's DevTools protocol over a pipe: JSON, a zero byte after each message."""

    def __init__(self, command: list[str]) -> None:
        child_reads, self._writes = os.pipe()
        self._reads, child_writes = os.pipe()
        self._process = subprocess.Popen(  # noqa: S603 - the browser that was found, and our own page
            [sys.executable, "-c", _LAUNCH, str(child_reads), str(child_writes), *command],
            pass_fds=(child_reads, child_writes), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(child_reads)
        os.close(child_writes)
        self._buffer = b""
        self._events: list[str] = []
        self._last_id = 0
        self._deadline = time.monotonic() + _TIMEOUT_SECONDS

    def call(self, method: str, session: str | None = None, **params: Any) -> Any:
        """The result of a method; raises NoPicture."""
        self._last_id += 1
        self._deadline = time.monotonic() + _TIMEOUT_SECONDS
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        try:
            os.write(self._writes, json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise NoPicture("the browser has ended") from None
        while (answer := self._read()).get("id") != self._last_id:
            self._events.append(answer.get("method", ""))
        if "error" in answer:
            raise NoPicture(f"the browser refused {method}: {answer['error']}")
        return answer["result"]

    def forget_events(self) -> None:
        """What has happened so far is not waited for."""
        self._events.clear()

    def wait_for(self, event: str) -> None:
        """Return once the event has come; raises NoPicture."""
        while event not in self._events:
            self._events.append(self._read().get("method", ""))

    def close(self) -> None:
        """End the browser."""
        os.close(self._writes)
        os.close(self._reads)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._reads], [], [], max(self._deadline - time.monotonic(), 0))
            chunk = os.read(self._reads, 1 << 20) if ready else b""
            if not chunk:
                raise NoPicture("the browser has ended" if ready else f"no picture within {_TIMEOUT_SECONDS:.0f} s")
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed
