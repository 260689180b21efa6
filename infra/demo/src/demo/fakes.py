"""The two outer worlds as processes of our own: a fake Wildberries and a fake Telegram."""

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from demo.accounting import Change, Message, read_message

START_SECONDS = 30
MOST_CHANGES = 1_000_000

Line = Callable[[str], None]


class FakeFailed(Exception):
    """A fake did not start; the message holds what it said."""


@dataclass(frozen=True)
class FakeWildberries:
    """A running wbsim, controlled over HTTP: what is asked and done is of one of its sellers."""

    url: str
    control: httpx.Client
    process: subprocess.Popen[str]
    sid: str | None = None
    """Whose; none: the first seller's."""
    categories: tuple[str, ...] | None = None
    """What new tokens open; none: everything."""

    def another_seller(self, **shop: Any) -> "FakeWildberries":
        """The same for a seller who is new, with a shop as `POST /_sim/sellers` takes it."""
        answer = self.control.post("/_sim/sellers", json=shop).raise_for_status().json()
        return replace(self, sid=answer["sid"])

    def new_token(self) -> str:
        """A personal token of the shop."""
        return str(self._post("tokens", kind="personal", categories=self.categories)["token"])

    def step(self, section: str) -> None:
        """Let something change in a section, now."""
        self._post("step", section=section)

    def made(self) -> int:
        """How many order versions the buyers have made so far, without the first ones of the past."""
        answer = self.control.get("/_sim/life", params=self._of()).raise_for_status().json()
        return int(answer["made"]["order_row_versions"])

    def life(self, changes_per_second: float, **options: Any) -> None:
        """Let buyers make this many order changes a second; 0 stops them."""
        self._post("life", changes_per_second=changes_per_second, **options)

    def order(self, count: int = 1, nm_id: int | None = None) -> list[str]:
        """Let buyers order `count` times now, an item or whatever they like; the new srids."""
        made = self._post("orders", count=count, **({} if nm_id is None else {"nm_id": nm_id}))
        return [order["srid"] for order in made["orders"]]

    def cancel(self, srid: str) -> None:
        """Let the buyer cancel an order."""
        self._post(f"orders/{srid}/change", kind="cancel")

    def buy(self, srid: str) -> None:
        """Let the buyer keep what he ordered."""
        self._post(f"orders/{srid}/change", kind="buyout")

    @contextmanager
    def slowly(self, path: str, seconds: float) -> Iterator[None]:
        """Meanwhile each answer to a path that begins so comes that much later."""
        self._post("faults", path=path, kind="slow", seconds=seconds)
        try:
            yield
        finally:
            self.control.delete("/_sim/faults").raise_for_status()

    def changes(self) -> list[Change]:
        """Every order version made since the start, in the order of making."""
        parameters: dict[str, str | int] = {"limit": MOST_CHANGES, **self._of()}
        answer = self.control.get("/_sim/changes", params=parameters).raise_for_status().json()
        return [Change(c["srid"], c["kind"], c["served_at"], c["changed_at"]) for c in answer["changes"]]

    def truth(self) -> dict[str, Any]:
        """Everything the shop holds, as it really is."""
        answer: dict[str, Any] = self.control.get("/_sim/truth", params=self._of()).raise_for_status().json()
        return answer

    def _of(self) -> dict[str, str]:
        return {} if self.sid is None else {"sid": self.sid}

    def _post(self, path: str, /, **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.control.post(f"/_sim/{path}", json=self._of() | body).raise_for_status().json()
        return answer


@dataclass(frozen=True)
class FakeTelegram:
    """A running tgsim, controlled over HTTP."""

    url: str
    token: str
    control: httpx.Client
    process: subprocess.Popen[str]

    def raw_messages(self, since: int = 0) -> list[dict[str, Any]]:
        """Messages with a sequence number above `since`, as tgsim describes them."""
        answer = self.control.get("/_sim/messages", params={"since": since}).raise_for_status().json()
        return list(answer["messages"])

    def messages(self) -> list[Message]:
        """Every version of every message about an order."""
        read = (
            read_message(version["html"], version["received_at"], message["message_id"])
            for message in self.raw_messages()
            for version in (*message["earlier_versions"], message)
        )
        return [message for message in read if message]


@contextmanager
def fake_wildberries(
    *, history_orders: int, limits_factor: float, options: list[str] | None = None
) -> Iterator[FakeWildberries]:
    """Run wbsim on a free port."""
    arguments = ["--history-orders", str(history_orders), "--limits-factor", str(limits_factor), *(options or [])]
    with _running("wbsim", arguments) as (process, url, _), httpx.Client(base_url=url, timeout=30) as control:
        yield FakeWildberries(url, control, process)


@contextmanager
def fake_telegram(*, limits: list[str], show: str = "none", line: Line | None = None) -> Iterator[FakeTelegram]:
    """Run tgsim on a free port; `line` gets what its inbox prints."""
    arguments = [*limits, "--print", show]
    with _running("tgsim", arguments, line) as (process, url, said), httpx.Client(base_url=url, timeout=30) as control:
        token = next(text.removeprefix("tgsim token ") for text in said if text.startswith("tgsim token "))
        yield FakeTelegram(url, token, control, process)


@contextmanager
def _running(
    module: str, arguments: list[str], line: Line | None = None
) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    # A session of its own: Ctrl-C reaches the demo, which then stops things in order.
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: queue.Queue[str | None] = queue.Queue()
    started = threading.Event()
    pump = threading.Thread(target=_pump, args=(process, lines, started, line), daemon=True)
    pump.start()
    try:
        said = _until_listening(module, lines)
        started.set()
        yield process, said[-1].rsplit(" ", 1)[-1], said
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        pump.join()
        if process.stdout:
            process.stdout.close()


def _pump(
    process: subprocess.Popen[str], lines: "queue.Queue[str | None]", started: threading.Event, line: Line | None
) -> None:
    for text in process.stdout or []:
        if started.is_set():
            if line:
                line(text.rstrip("\n"))
        else:
            lines.put(text.rstrip("\n"))
    lines.put(None)


def _until_listening(module: str, lines: "queue.Queue[str | None]") -> list[str]:
    said: list[str] = []
    while not said or " listening on " not in said[-1]:
        try:
            text = lines.get(timeout=START_SECONDS)
        except queue.Empty:
            text = None
        if text is None:
            raise FakeFailed(f"{module} did not start: {' '.join(said) or 'it said nothing'}")
        said.append(text)
    return said
