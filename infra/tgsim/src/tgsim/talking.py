"""Talking to a bot on a terminal: what it says is printed, a line is said to it, a number presses a button.

    python -m tgsim.talking http://127.0.0.1:8081 --chat 7 --files .

Works with a pipe as well: each line is one thing said or pressed, once the bot has answered the one before.
"""

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

import httpx
import typer

from tgsim.photos import picture_size

POLL_SECONDS = 0.2
QUIET_SECONDS = 1.0
"""An answer is over when nothing has come for so long."""
ANSWER_SECONDS = 15.0
"""After so long without an answer, or in the midst of news that never end, a piped input goes on."""

HELP = "a line is said to the bot; a number presses that button, [its words] the newest so called; /quit ends"

Say = Callable[[str], None]


class Talk:
    """One person's chat with the bot, as he sees it; with `files`, pictures and files are saved into that folder."""

    def __init__(self, control: httpx.Client, chat_id: int, say: Say, files: Path | None = None) -> None:
        self._control = control
        self._chat_id = chat_id
        self._say = say
        self._files = files
        self._seen = 0
        self._answered = len(self._callbacks())
        self._deletions = len(self._deleted())
        # A button keeps its number: what comes meanwhile does not make a number press something else.
        self._numbers: dict[tuple[int, str], int] = {}
        self._next_number = count(1)

    def show_news(self) -> bool:
        """Print what is new or was edited since the last look; whether there was anything."""
        found = self._get("messages", since=self._seen, chat_id=self._chat_id)["messages"]
        for message in found:
            self._seen = max(self._seen, message["seq"])
            self._show(message)
        toasts = self._callbacks()[self._answered :]
        for toast in toasts:
            if toast.get("text"):
                self._say(f"  ( {toast['text']} )")
        self._answered += len(toasts)
        deleted = self._deleted()[self._deletions :]
        self._deletions += len(deleted)
        for deletion in deleted:
            self._say(f"  ( deleted: {'the message' if deletion['from'] is None else 'what you wrote'} )")
        return bool(found or toasts or deleted)

    def take(self, line: str) -> None:
        """Say a line, or press the button that it names."""
        pressed = self._button(line)
        if pressed is None:
            answer = self._control.post(f"/_sim/chats/{self._chat_id}/send", json={"text": line})
        else:
            message_id, text = pressed
            answer = self._control.post(f"/_sim/messages/{self._chat_id}/{message_id}/press", json={"button": text})
        if answer.is_error:
            self._say(f"! {answer.text}")

    def _button(self, line: str) -> tuple[int, str] | None:
        """The message and the words of the button that a line presses."""
        if line.isdecimal():
            return next((button for button, number in self._numbers.items() if number == int(line)), None)
        if line.startswith("[") and line.endswith("]"):
            return next((button for button in reversed(self._numbers) if button[1] == line[1:-1].strip()), None)
        return None

    def _show(self, message: dict[str, Any]) -> None:
        what = "✎ edited" if message.get("earlier_versions") else "bot"
        media = "".join(f"{self._medium(message[kind])}\n" for kind in ("photo", "document") if message.get(kind))
        self._say(f"\n── {what} ──\n{media}{message['text']}")
        for row in message.get("buttons") or []:
            self._say("  " + " ".join(self._shown(message["message_id"], button) for button in row))

    def _shown(self, message_id: int, button: dict[str, str]) -> str:
        if "callback_data" not in button:
            return f"[{button['text']} ↗]"
        # Taken out and put in again: the newest are last.
        number = self._numbers.pop((message_id, button["text"]), None) or next(self._next_number)
        self._numbers[message_id, button["text"]] = number
        return f"[{number} {button['text']}]"

    def _medium(self, file_id: str) -> str:
        answer = self._control.get(f"/_sim/files/{file_id}")
        if answer.is_error:
            return "[file that tgsim keeps no longer]"
        name = unquote(answer.headers["x-file-name"])
        size = picture_size(answer.content)
        what = f"picture {size[0]}×{size[1]}" if size else f"file {name}, {len(answer.content)} bytes"
        if self._files is None:
            return f"[{what}]"
        path = self._files / Path(name).name
        path.write_bytes(answer.content)
        return f"[{what}: {path}]"

    def _callbacks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._get("callbacks", chat_id=self._chat_id)["callbacks"]
        return [callback for callback in found if callback["answered_at"] is not None]

    def _deleted(self) -> list[dict[str, Any]]:
        return [deletion for deletion in self._get("deletions")["deletions"] if deletion["chat_id"] == self._chat_id]

    def _get(self, what: str, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._control.get(f"/_sim/{what}", params=query).raise_for_status().json()
        return answer


def talk(
    control: httpx.Client,
    chat_id: int,
    lines: Iterable[str],
    say: Say,
    *,
    greeting: str | None = "/start",
    is_typed: bool = False,
    seconds: float | None = None,
    files: Path | None = None,
) -> None:
    """Talk until `/quit`, the end of the input and of the bot's answer to it, or until `seconds` are over.

    Lines that are typed are said at once; others wait for the answer to the line before.
    """
    said: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(lines, said), daemon=True).start()
    chat = Talk(control, chat_id, say, files)
    say(f"({HELP})")
    chat.show_news()
    began = said_at = news_at = time.monotonic()
    is_answered = greeting is None
    if greeting:
        chat.take(greeting)
    is_open = True
    while seconds is None or time.monotonic() - began < seconds:
        if chat.show_news():
            news_at, is_answered = time.monotonic(), True
        now = time.monotonic()
        goes_on = (is_answered and now - news_at >= QUIET_SECONDS) or now - said_at >= ANSWER_SECONDS
        if not is_open and goes_on:
            return
        if (is_typed or goes_on) and not said.empty():
            line = said.get()
            if line == "/quit":
                return
            if line is None:
                is_open = False
            else:
                chat.take(line)
                said_at, is_answered = time.monotonic(), False
        time.sleep(POLL_SECONDS)


def lines_of(descriptor: int) -> Iterator[str]:
    """The lines of a file or terminal as they come, without a buffer whose lock would outlive the thread that waits."""
    rest = b""
    while chunk := os.read(descriptor, 1 << 16):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")
    yield rest.decode(errors="replace")


def _read(lines: Iterable[str], said: "queue.Queue[str | None]") -> None:
    for line in lines:
        if stripped := line.strip():
            said.put(stripped)
    said.put(None)


def main(
    url: Annotated[str, typer.Argument(help="Where tgsim listens.")],
    chat: Annotated[int, typer.Option(help="The person's private chat.")] = 7,
    files: Annotated[Path | None, typer.Option(help="A folder into which pictures and files are saved.")] = None,
    seconds: Annotated[float | None, typer.Option(help="End by itself after this long.")] = None,
) -> None:
    """Talk to the bot that runs against a tgsim."""
    descriptor = sys.stdin.fileno()
    with httpx.Client(base_url=url, timeout=30) as control:
        try:
            talk(
                control,
                chat,
                lines_of(descriptor),
                lambda text: print(text, flush=True),
                is_typed=os.isatty(descriptor),
                seconds=seconds,
                files=files,
            )
        except httpx.HTTPError as error:
            typer.echo(f"{url} does not answer: {type(error).__name__}", err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            raise typer.Exit(0) from None


if __name__ == "__main__":
    typer.run(main)
