"""A person in a chat with the bot of a tgsim that runs as a process: he writes, presses, and reads what comes."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx

WAIT_SECONDS = 60.0
Message = dict[str, Any]


def labels(message: Message) -> list[str]:
    """The texts of the buttons under a message."""
    return [button["text"] for row in message["buttons"] or () for button in row]


class Person:
    """Somebody in his private chat, over the control API of a fake Telegram."""

    def __init__(self, control: httpx.Client, telegram_id: int, first_name: str) -> None:
        self.telegram_id = telegram_id
        self._control = control
        self._who = {"id": telegram_id, "first_name": first_name, "language_code": "ru"}

    def says(self, text: str, expecting: str, *, reply_to: Message | None = None) -> Message:
        """What comes after he wrote this: the first message, new or edited, that has `expecting` in it."""
        body: dict[str, Any] = {"from": self._who, "text": text}
        if reply_to is not None:
            body["reply_to"] = reply_to["message_id"]
        return self._after(self._act(f"chats/{self.telegram_id}/send", body), expecting)

    def presses(self, message: Message, button: str, expecting: str, *, in_place: bool = False) -> Message:
        """What comes after he pressed the button whose text begins so, under the message as it is now.

        `in_place`: what that message became.
        """
        now = self.now(message)
        [text] = [text for text in labels(now) if text.startswith(button)] or [f"{button}? {labels(now)}"]
        act = self._act(f"messages/{self.telegram_id}/{now['message_id']}/press", {"from": self._who, "button": text})
        return self._after(act, expecting, now["message_id"] if in_place else None)

    def now(self, message: Message) -> Message:
        """A message as it is by now."""
        [found] = [each for each in self.messages() if each["message_id"] == message["message_id"]]
        return found

    def messages(self, since: int = 0) -> list[Message]:
        """What is in his chat from the bot."""
        query = {"since": since, "chat_id": self.telegram_id}
        answer = self._control.get("/_sim/messages", params=query).raise_for_status().json()
        return [message for message in answer["messages"] if message["method"] != "person"]

    def sees(self, what: str, holds: Callable[[Message], Any], *, count: int = 1) -> list[Message]:
        """The messages that `holds` is true of, once there are `count`."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            found = [message for message in self.messages() if holds(message)]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{what}: {len(found)} of {count} in {_texts(self.messages())}"
            time.sleep(0.05)

    def deletions(self) -> list[str]:
        """The texts that the bot has deleted in his chat."""
        answer = self._control.get("/_sim/deletions").raise_for_status().json()
        return [each["text"] for each in answer["deletions"] if each["chat_id"] == self.telegram_id]

    def _act(self, path: str, body: dict[str, Any]) -> int:
        answer = self._control.post(f"/_sim/{path}", json=body)
        assert answer.is_success, answer.text
        return int(answer.json()["seq"])

    def _after(self, seq: int, expecting: str, message_id: int | None = None) -> Message:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            came = self.messages(seq)
            for message in came:
                if expecting in message["text"] and message_id in (None, message["message_id"]):
                    return message
            assert time.monotonic() < deadline, f"no message with {expecting!r}, but {_texts(came)}"
            time.sleep(0.03)


def _texts(messages: Iterable[Message]) -> list[str]:
    return [message["text"] for message in messages]
