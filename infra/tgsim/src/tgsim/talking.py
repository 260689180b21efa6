"""Talking to a bot on a terminal: what it says is printed, a line is said to it, a number presses a button.

    python -m tgsim.talking http://127.0.0.1:8081 --chat 7

Works with a pipe as well: each line of the input is one thing said or pressed.
"""

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TextIO

import httpx
import typer

POLL_SECONDS = 0.2
QUIET_SECONDS = 1.0
"""So long after the last news the end of a piped input ends the talk."""

HELP = "a line is said to the bot; a number presses that button; /quit ends"

Say = Callable[[str], None]


class Talk:
    """One person's chat with the bot, as he sees it."""

    def __init__(self, control: httpx.Client, chat_id: int, say: Say) -> None:
        self._control = control
        self._chat_id = chat_id
        self._say = say
        self._seen = 0
        self._answered = len(self._callbacks())
        self._buttons: list[tuple[int, str]] = []

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
        return bool(found or toasts)

    def take(self, line: str) -> None:
        """Say a line, or press the button whose number it is."""
        if line.isdecimal() and 0 < int(line) <= len(self._buttons):
            message_id, text = self._buttons[int(line) - 1]
            answer = self._control.post(f"/_sim/messages/{self._chat_id}/{message_id}/press", json={"button": text})
        else:
            answer = self._control.post(f"/_sim/chats/{self._chat_id}/send", json={"text": line})
        if answer.is_error:
            self._say(f"! {answer.text}")

    def _show(self, message: dict[str, Any]) -> None:
        rows = message.get("buttons") or []
        pressable = [button for row in rows for button in row if "callback_data" in button]
        if pressable:
            # Only what was shown last can be pressed by number.
            self._buttons = [(message["message_id"], button["text"]) for button in pressable]
        what = "✎ edited" if message.get("earlier_versions") else "bot"
        media = "[picture] " if message.get("photo") else "[file] " if message.get("document") else ""
        self._say(f"\n── {what} ──\n{media}{message['text']}")
        number = 0
        for row in rows:
            shown = []
            for button in row:
                if "callback_data" in button:
                    number += 1
                    shown.append(f"[{number} {button['text']}]")
                else:
                    shown.append(f"[{button['text']} ↗]")
            self._say("  " + " ".join(shown))

    def _callbacks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._get("callbacks", chat_id=self._chat_id)["callbacks"]
        return [callback for callback in found if callback["answered_at"] is not None]

    def _get(self, what: str, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._control.get(f"/_sim/{what}", params=query).raise_for_status().json()
        return answer


def talk(control: httpx.Client, chat_id: int, lines: TextIO, say: Say, *, greeting: str | None = "/start") -> None:
    """Talk until `/quit`, or until the input has ended and the bot has nothing more to say."""
    said: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(lines, said), daemon=True).start()
    chat = Talk(control, chat_id, say)
    say(f"({HELP})")
    if greeting:
        chat.take(greeting)
    is_open, quiet_since = True, time.monotonic()
    waits_for_answer = True
    while True:
        if chat.show_news():
            quiet_since, waits_for_answer = time.monotonic(), False
        is_quiet = time.monotonic() - quiet_since >= QUIET_SECONDS
        if not is_open and is_quiet:
            return
        # From a pipe the next line waits for the answer to the one before, as a person would.
        if lines.isatty() or not waits_for_answer or is_quiet:
            for line in _waiting(said):
                if line is None:
                    is_open = False
                elif line == "/quit":
                    return
                else:
                    chat.take(line)
                    quiet_since, waits_for_answer = time.monotonic(), True
                break
        time.sleep(POLL_SECONDS)


def _read(lines: TextIO, said: "queue.Queue[str | None]") -> None:
    for line in lines:
        if stripped := line.strip():
            said.put(stripped)
    said.put(None)


def _waiting(said: "queue.Queue[str | None]") -> Iterator[str | None]:
    while not said.empty():
        yield said.get()


def main(
    url: Annotated[str, typer.Argument(help="Where tgsim listens.")],
    chat: Annotated[int, typer.Option(help="The person's private chat.")] = 7,
) -> None:
    """Talk to the bot that runs against a tgsim."""
    with httpx.Client(base_url=url, timeout=30) as control:
        try:
            talk(control, chat, sys.stdin, lambda text: print(text, flush=True))
        except httpx.HTTPError as error:
            typer.echo(f"{url} does not answer: {type(error).__name__}", err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            raise typer.Exit(0) from None


if __name__ == "__main__":
    typer.run(main)
