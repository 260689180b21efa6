"""People in tests: they write, press, and wait for what the bot does."""

import asyncio
from typing import Any

from tgsim import people
from tgsim.params import Upload
from tgsim.state import Bot, Sim

Person = int | dict[str, Any]


class People:
    """What people do with the first bot, without HTTP. A person is an id or User's fields with an id."""

    def __init__(self, sim: Sim) -> None:
        self.sim = sim
        self._bot: Bot = next(iter(sim.bots.values()))

    def say(
        self, chat_id: int, text: str = "", *, from_id: Person | None = None, photo: bytes | None = None,
        document: bytes | None = None, document_name: str = "file", reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """A person writes: `{update_id, chat_id, message_id, seq}`; `from_id` may be left out in private chats.

        `update_id` is None when the bot does not get to see it. Raises ValueError where nobody could write this.
        """
        upload = None if document is None else Upload(document, document_name)
        return people.say(
            self.sim, self._bot, chat_id, self._who(chat_id, from_id), text,
            photo=photo, document=upload, reply_to=reply_to, thread_id=thread_id,
        )  # fmt: skip

    def press(self, message: dict[str, Any], button: str, *, from_id: Person | None = None) -> dict[str, Any]:
        """A person presses a button under a message of `messages()`, by its text or callback_data.

        Answers `{callback_query_id, update_id, chat_id, message_id, seq}`; raises ValueError without such a button.
        """
        chat_id = message["chat_id"]
        who = self._who(chat_id, from_id)
        return people.press(self.sim, self._bot, chat_id, message["message_id"], who, button)

    def block(self, chat_id: int) -> None:
        """The person blocks the bot, which is told."""
        people.set_blocked(self.sim, self._bot, chat_id, True)

    def set_member(self, chat_id: int, status: str, *, by: Person, member: Person | None = None) -> None:
        """Somebody gives the bot, or a member, a status in a group: `member`, `administrator`, `left` …"""
        people.set_status(self.sim, self._bot, chat_id, status, by, member)

    def open_topic(self, chat_id: int, name: str, *, by: Person) -> int:
        """Somebody opens a topic in a forum: its thread id."""
        return people.open_topic_as(self.sim, self._bot, chat_id, by, name).thread_id

    def migrate(self, chat_id: int, *, by: Person, to: int | None = None) -> int:
        """A group becomes a supergroup: its new id."""
        moved: int = people.migrate(self.sim, self._bot, chat_id, to, by)["migrate_to_chat_id"]
        return moved

    def callback_answers(self, chat_id: int | None = None) -> list[dict[str, Any]]:
        """Presses that the bot has answered, oldest first: `callback_query_id, data, text, show_alert, answers` …"""
        found = [callback.as_json() for callback in self._bot.callbacks.all()]
        return [c for c in found if c["answers"] and chat_id in (None, c["chat_id"])]

    def deletions(self) -> list[dict[str, Any]]:
        """What the bot has deleted: `chat_id, message_id, from` (None: the bot's own)`, text, deleted_at`."""
        return list(self.sim.inbox.deletions)

    async def wait_for_reply(
        self, act: dict[str, Any], *, containing: str = "", timeout_seconds: float = 60.0
    ) -> dict[str, Any]:
        """The bot's first message in the chat, new or edited since `act` (an answer of `say` or `press`).

        Only a message with the text `containing` counts. Raises TimeoutError that shows what came instead.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                while True:
                    for message in self.sim.inbox.since(act["seq"], act["chat_id"]):
                        if containing in message.current.content.text:
                            return message.as_json()
                    self.sim.inbox.changed.clear()
                    await self.sim.inbox.changed.wait()
        except TimeoutError:
            came = [m.current.content.text for m in self.sim.inbox.since(act["seq"], act["chat_id"])]
            raise TimeoutError(f"no message with {containing!r} within {timeout_seconds} s, but {came}") from None

    async def wait_for_answer(self, act: dict[str, Any], *, timeout_seconds: float = 60.0) -> dict[str, Any]:
        """The bot's answer to a press; raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds):
            while True:
                for answer in self.callback_answers():
                    if answer["callback_query_id"] == act["callback_query_id"]:
                        return answer
                self._bot.callbacks.answered.clear()
                await self._bot.callbacks.answered.wait()

    def _who(self, chat_id: int, given: Person | None) -> Person:
        if given is None and chat_id < 0:
            raise ValueError("say who acts in a group: from_id")
        return chat_id if given is None else given
